// The names that PyTorch's users know the parameters of hand-crafted networks by: torchvision's for ImageNet, those of
// the usual CIFAR-10 code (ResNet: Idelbayev's; MobileNetV2: Liu's; VGG16: torchvision's layers with a smaller head).
// Cell networks, supernets and policies need none of this: their parameters have the reference's names here.
import { CELL_KINDS } from '../../arch/genotype.ts';
import { requireCell } from '../../arch/zoo/find_cell.ts';
import type { NetworkPlan } from '../../networks/hand_crafted/plan.ts';
import { type Blueprint, requirePlan } from '../../networks/registry.ts';
import type { Network } from '../../nn/network.ts';

/** A layer under both names: what stands in front of '.weight', '.bias', '.running_mean' and '.running_var'. */
export interface LayerNames {
  readonly ours: string;
  readonly theirs: string;
  readonly kind: 'conv' | 'norm' | 'linear';
}

/** The convolution and batch norm under one of our prefixes. */
type Unit = readonly [ours: string, conv: string, norm: string];

/** How a family names its layers. */
interface Family {
  readonly stem: readonly [conv: string, norm: string];
  /** Of a block's convolution, by number, or of its projection. @param block counted over the whole network */
  unit(block: BlockPlace, convolution: number | 'projection'): readonly [conv: string, norm: string];
  readonly tail: readonly [conv: string, norm: string];
  readonly classifier: string;
  readonly hidden: readonly string[];
}

interface BlockPlace {
  /** From 0 over the whole network. */
  readonly index: number;
  /** From 0, and the place in it: a stage ends where the next block reduces. */
  readonly stage: number;
  readonly within: number;
  readonly convolutions: number;
  /** Layers of all blocks before, pooling and activations counted: places in one long nn.Sequential. */
  readonly places: number;
}

const none = ['', ''] as const;

const resNet = (classifier: string): Family => ({
  stem: ['conv1', 'bn1'],
  unit({ stage, within }, convolution) {
    const block = `layer${stage + 1}.${within}`;
    if (convolution === 'projection') return [`${block}.downsample.0`, `${block}.downsample.1`];
    return [`${block}.conv${convolution + 1}`, `${block}.bn${convolution + 1}`];
  },
  tail: none,
  classifier,
  hidden: [],
});

/** A block without an expansion begins with its depthwise convolution. */
const mobileNetV2: Family = {
  stem: ['features.0.0', 'features.0.1'],
  unit({ index, convolutions }, convolution) {
    const block = `features.${index + 1}.conv`;
    const last = convolution === convolutions - 1;
    return last
      ? [`${block}.${convolution}`, `${block}.${convolutions}`]
      : [`${block}.${convolution}.0`, `${block}.${convolution}.1`];
  },
  tail: ['features.18.0', 'features.18.1'],
  classifier: 'classifier.1',
  hidden: [],
};

const mobileNetV2Cifar10: Family = {
  stem: ['conv1', 'bn1'],
  unit({ index }, convolution) {
    const block = `layers.${index}`;
    if (convolution === 'projection') return [`${block}.shortcut.0`, `${block}.shortcut.1`];
    return [`${block}.conv${convolution + 1}`, `${block}.bn${convolution + 1}`];
  },
  tail: ['conv2', 'bn2'],
  classifier: 'linear',
  hidden: [],
};

/** Convolution, batch norm and ReLU are three places of `features`, a pooling one. */
const vgg = (hidden: readonly string[]): Family => ({
  stem: none,
  unit({ places }, convolution) {
    const at = places + 3 * (convolution as number);
    return [`features.${at}`, `features.${at + 1}`];
  },
  tail: none,
  classifier: 'classifier.6',
  hidden,
});

const FAMILIES: Readonly<Record<string, Family>> = {
  'ResNet20 cifar10': resNet('linear'),
  'ResNet56 cifar10': resNet('linear'),
  'ResNet18 imagenet': resNet('fc'),
  'ResNet50 imagenet': resNet('fc'),
  'MobileNetV2 cifar10': mobileNetV2Cifar10,
  'MobileNetV2 imagenet': mobileNetV2,
  'VGG16 cifar10': vgg(['classifier.1', 'classifier.4']),
  'VGG16 imagenet': vgg(['classifier.0', 'classifier.3']),
};

/**
 * The layers of a network under both names, in order; null where other code has no such network: cells, and
 * hand-crafted networks whose blocks were transformed.
 */
export function torchNames(
  { network: name, setting, genotype }: Blueprint,
  network: Network,
): LayerNames[] | null {
  if (name === null) return null;
  const plan = requirePlan(name, setting);
  const family = FAMILIES[`${plan.name} ${setting}`];
  const own = requireCell(plan.cell);
  const transformed = CELL_KINDS.some((kind) => JSON.stringify(own[kind]) !== JSON.stringify(genotype[kind]));
  if (!family || transformed) return null;
  const prefixes = network.weights.parameters.flatMap(
    ({ name: key }) => /^(.*)\.conv\.weight$/.exec(key)?.[1] ?? [],
  );
  const units: Unit[] = [];
  const under = (part: string): string[] => prefixes.filter((prefix) => prefix.startsWith(`${part}.`));
  for (const ours of under('stem')) units.push([ours, ...family.stem]);
  placesOf(plan).forEach((place) => {
    // a projection is declared last
    under(`cells.${place.index}`).forEach((ours, i) =>
      units.push([ours, ...family.unit(place, i < place.convolutions ? i : 'projection')]),
    );
  });
  for (const ours of under('tail')) units.push([ours, ...family.tail]);
  return [
    ...units.flatMap(([ours, conv, norm]): LayerNames[] => [
      { ours: `${ours}.conv`, theirs: conv, kind: 'conv' },
      { ours: `${ours}.bn`, theirs: norm, kind: 'norm' },
    ]),
    ...family.hidden.map((theirs, i): LayerNames => ({ ours: `hidden.${i}`, theirs, kind: 'linear' })),
    { ours: 'classifier', theirs: family.classifier, kind: 'linear' },
  ];
}

function placesOf({ blocks }: NetworkPlan): BlockPlace[] {
  let [stage, within, places] = [0, 0, 0];
  return blocks.map((block, index): BlockPlace => {
    if (index > 0 && block.kind === 'reduce') [stage, within] = [stage + 1, 0];
    const layers = block.operations.flat();
    const convolutions = layers.filter(({ op }) => op === 'conv').length;
    const place = { index, stage, within, convolutions, places };
    within++;
    places += 3 * convolutions + (layers.length - convolutions);
    return place;
  });
}

/** Whether a convolution of these names has a bias in their code, which the batch norm behind it makes idle. */
export const hasIdleBias = ({ network }: Blueprint): boolean => network === 'VGG16';

/** Whether their code has the channels in another order (residual_order.ts). */
export const hasResidualOrder = ({ network, setting }: Blueprint): boolean =>
  setting === 'cifar10' && network?.startsWith('ResNet') === true;
