// A whole network as a row of parts, for its picture: what stands before the cells or blocks, these, and the heads.
import type { CellKind } from '../arch/genotype.ts';
import { type CellGeometry, cellGeometries, reductionLayers } from '../networks/geometry.ts';
import type { BlockPlan, LayerPlan } from '../networks/hand_crafted/plan.ts';
import { MACRO_SETTINGS, type MacroSetting } from '../networks/macro_setting.ts';
import { type Blueprint, requirePlan } from '../networks/registry.ts';

/** Sizes of a network that are not those of its setting. */
export interface NetworkSizes {
  /** Of the first cells; cell networks alone. */
  readonly channels?: number | undefined;
  /** Cells; cell networks alone. */
  readonly layers?: number | undefined;
  readonly classes?: number | undefined;
  /** Height and width of the images. */
  readonly imageSize?: number | undefined;
}

/** One box of the picture. */
export interface NetworkPart {
  readonly kind: 'images' | 'stem' | CellKind | 'tail' | 'head';
  /** What it is called, without its number: 'normal cell', 'residual block'. */
  readonly name: string;
  /** Of what leaves it. */
  readonly channels: number;
  /** Height and width of what leaves it; 1 after the pooling. */
  readonly size: number;
}

/** The parts of a network, from its images to its classifier. */
export interface NetworkParts {
  readonly parts: readonly NetworkPart[];
  /** Whether every cell takes the outputs of the two before it. */
  readonly takesTwo: boolean;
  /** After which part the auxiliary head leaves, or null. */
  readonly auxiliaryAfter: number | null;
}

/** Throws UserError for a network that is not known. */
export function networkParts(blueprint: Blueprint, sizes: NetworkSizes = {}): NetworkParts {
  const macro = MACRO_SETTINGS[blueprint.setting];
  return blueprint.network === null
    ? cellNetworkParts(blueprint, macro, sizes)
    : handCraftedParts(macro, blueprint.network, sizes);
}

function cellNetworkParts({ genotype }: Blueprint, macro: MacroSetting, sizes: NetworkSizes): NetworkParts {
  const { channels = macro.channels, layers = macro.layers } = sizes;
  const { classes = macro.classes, imageSize = macro.imageSize } = sizes;
  const threeConvs = macro.stem === 'three_convs';
  const stem = threeConvs
    ? { channels, size: half(half(half(imageSize))) }
    : { channels: 3 * channels, size: imageSize };
  const geometries = cellGeometries({
    channels,
    layers,
    imageSize: stem.size,
    stemChannels: stem.channels,
    reduceFirst: threeConvs,
    concatenated: { normal: genotype.normalConcat.length, reduce: genotype.reduceConcat.length },
  });
  const parts: NetworkPart[] = [
    { kind: 'images', name: 'images', channels: 3, size: imageSize },
    { kind: 'stem', name: threeConvs ? 'stem, 3 convolutions' : 'stem, conv 3×3', ...stem },
    ...geometries.map(cellPart),
    ...headParts(geometries.at(-1)!.outputChannels, [], classes),
  ];
  // after the images and the stem
  return { parts, takesTwo: true, auxiliaryAfter: reductionLayers(layers)[1]! + 2 };
}

const half = (size: number): number => Math.ceil(size / 2);

const cellPart = ({ reduction, outputChannels, outputSize }: CellGeometry): NetworkPart => ({
  kind: reduction ? 'reduce' : 'normal',
  name: reduction ? 'reduction cell' : 'normal cell',
  channels: outputChannels,
  size: outputSize,
});

function headParts(channels: number, hidden: readonly number[], classes: number): NetworkPart[] {
  return [
    ...(hidden.length === 0 ? [{ kind: 'head' as const, name: 'average pooling', channels, size: 1 }] : []),
    ...hidden.map((width) => ({ kind: 'head' as const, name: 'fully connected', channels: width, size: 1 })),
    { kind: 'head', name: 'classifier', channels: classes, size: 1 },
  ];
}

function handCraftedParts(
  macro: MacroSetting,
  network: string,
  { classes = macro.classes, imageSize = macro.imageSize }: NetworkSizes,
): NetworkParts {
  const plan = requirePlan(network, macro.name);
  const parts: NetworkPart[] = [{ kind: 'images', name: 'images', channels: 3, size: imageSize }];
  const add = (kind: NetworkPart['kind'], name: string, channels: number | null, stride: number): void => {
    const { channels: before, size } = parts.at(-1)!;
    parts.push({ kind, name, channels: channels ?? before, size: Math.ceil(size / stride) });
  };
  for (const layer of plan.stem) add('stem', layerName(layer), layerChannels(layer), layer.stride ?? 1);
  for (const block of plan.blocks) {
    const halves = block.kind === 'reduce';
    add(block.kind, halves ? 'halving block' : 'block', blockChannels(block), halves ? 2 : 1);
  }
  for (const layer of plan.tail) add('tail', layerName(layer), layerChannels(layer), layer.stride ?? 1);
  const { channels } = parts.at(-1)!;
  parts.push(...headParts(channels, plan.head.hidden, classes));
  return { parts, takesTwo: false, auxiliaryAfter: null };
}

const layerName = ({ op, kernel }: LayerPlan): string =>
  `${op === 'conv' ? 'conv' : 'max pooling'} ${kernel}×${kernel}`;

const layerChannels = (layer: LayerPlan): number | null =>
  layer.op === 'conv' && layer.channels !== 'same' ? layer.channels : null;

/** Channels of the last convolution that says how many it has. */
const blockChannels = ({ operations }: BlockPlan): number | null =>
  operations.flat().reduce<number | null>((found, layer) => layerChannels(layer) ?? found, null);
