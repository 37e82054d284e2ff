// The network that a genotype stands for, as trained from scratch: stem, L cells, global pooling, classifier and,
// for training, an auxiliary head after cell floor(2L/3). Batch norms are affine here and keep running statistics,
// and pools have no batch norm.
import { UserError } from '../../runtime/errors.ts';
import { type Builder, dense, factorizedReduce, type Layer, reluConvNorm, whole } from '../nn/layers.ts';
import type { Network, NetworkOutput, TrainingContext } from '../nn/network.ts';
import { ParameterStore } from '../nn/parameters.ts';
import { add } from '../ops/elementwise/add.ts';
import { concat } from '../ops/elementwise/concat.ts';
import { globalAvgPool } from '../ops/pool/global_avg_pool.ts';
import { Tape, type TapeOptions } from '../core/tape.ts';
import { doubleTape } from '../double/double_tape.ts';
import { imageShape, type Tensor } from '../core/tensor.ts';
import { buildAuxiliaryHead } from './auxiliary_head.ts';
import type { Genotype } from '../arch/genotype.ts';
import { type CellGeometry, cellGeometries, reductionLayers, edgeStride } from './geometry.ts';
import { MACRO_SETTINGS, type SettingName } from './macro_setting.ts';
import { applyOperation, buildOperation, type Operation } from './operations.ts';
import { buildStem } from './stem.ts';

export type { TrainingContext } from '../nn/network.ts';

/**
 * With fewer images than this, the forward pass of a training step with the auxiliary head is computed to twice the
 * precision of f32 (double_tape.ts). The head's last batch norm sees one value per image. Where the values of a
 * channel lie within sqrt(eps) of each other, its gradient magnifies their errors by up to 1 / sqrt(eps), and these
 * channels have the largest gradients of all: with two images, rounding the activations to f32, all else being
 * exact, already puts errors of 1e-4 to 4e-3 on the gradients before it. From 4 images on it is rare that all
 * values of a channel are so near; what remains are ReLUs that switch on the last digit, which matter less the more
 * images there are.
 */
const FEW_IMAGES = 16;

/** A network of cells: which, how many, how wide, for which images. */
export interface CellNetworkConfig {
  readonly genotype: Genotype;
  /** Which stem and which auxiliary head; those of CIFAR-10 unless given. */
  readonly setting?: SettingName;
  readonly channels: number;
  readonly layers: number;
  readonly classes: number;
  readonly imageSize: number;
  /** Of the images: 3 unless given, or 1. */
  readonly imageChannels?: number;
  /** Adds the auxiliary head. */
  readonly auxiliary: boolean;
}

interface NetworkCell {
  readonly geometry: CellGeometry;
  readonly preprocess: readonly [Layer, Layer];
  readonly edges: readonly { readonly operation: Operation; readonly from: number }[];
  readonly concat: readonly number[];
}

/** A network of cells, with the settings that it was built with. */
export interface CellNetwork extends Network {
  readonly config: CellNetworkConfig;
}

/** Whether a network is one of cells, and not hand-crafted. */
export const isCellNetwork = (network: Network): network is CellNetwork => 'config' in network;

/** Declares the network's parameters under the reference's names. Throws UserError where the sizes do not fit. */
export function buildCellNetwork(config: CellNetworkConfig): CellNetwork {
  const { genotype, setting = 'cifar10', channels, layers, classes, imageSize, imageChannels = 3 } = config;
  const macro = MACRO_SETTINGS[setting];
  if (macro.stem === 'three_convs' && channels % 2 !== 0) {
    throw new UserError(`channels: got ${channels}, expected an even number for setting ${setting}`);
  }
  const weights = new ParameterStore('weights', true);
  const statistics = new ParameterStore('running statistics', false);
  const b: Builder = { weights, statistics, affine: true };
  const stem = buildStem(b, macro.stem, channels, { imageChannels, imageSize });
  const geometries = cellGeometries({
    channels,
    layers,
    imageSize: stem.size,
    stemChannels: stem.channels,
    reduceFirst: stem.reduceFirst,
    concatenated: { normal: genotype.normalConcat.length, reduce: genotype.reduceConcat.length },
  });
  const cells = geometries.map((geometry) => buildCell(b, geometry, genotype));
  const auxiliaryAt = reductionLayers(layers)[1]!;
  const { outputChannels, outputSize } = geometries[auxiliaryAt]!;
  const auxiliaryHead = config.auxiliary
    ? buildAuxiliaryHead(b, outputChannels, outputSize, classes, macro.auxiliaryHead)
    : null;
  const classifier = dense(b, 'classifier', geometries.at(-1)!.outputChannels, classes);
  const doubleBelow = auxiliaryHead !== null && macro.auxiliaryHead.secondNorm ? FEW_IMAGES : 0;
  const trainingTape = (images: Tensor, options: TapeOptions): Tape =>
    images.shape[0]! < doubleBelow ? doubleTape(images, options) : new Tape(options);

  function forward(tape: Tape, images: Tensor, context: TrainingContext = {}): NetworkOutput {
    let auxiliary: Tensor | null = null;
    let [before, previous] = stem.forward(tape, images);
    cells.forEach((cell, i) => {
      [before, previous] = [previous, cellForward(tape, cell, before, previous, context)];
      if (i === auxiliaryAt && auxiliaryHead) auxiliary = auxiliaryHead(tape, previous);
    });
    const logits = classifier(tape, tape.apply(globalAvgPool, { x: previous }));
    return { logits, auxiliary };
  }
  return { config, imageChannels, imageSize, classes, trainingTape, weights, statistics, forward };
}

function buildCell(b: Builder, geometry: CellGeometry, genotype: Genotype): NetworkCell {
  const name = `cells.${geometry.index}`;
  const { channels: c, inputChannels, reduceFirst, reduction } = geometry;
  const preprocess = [
    whole(
      reduceFirst
        ? factorizedReduce(b, `${name}.preprocess0`, inputChannels[0], c)
        : reluConvNorm(b, `${name}.preprocess0`, inputChannels[0], c, { kernel: 1 }),
    ),
    whole(reluConvNorm(b, `${name}.preprocess1`, inputChannels[1], c, { kernel: 1 })),
  ] as const;
  const edges = (reduction ? genotype.reduce : genotype.normal).map(([op, from], i) => ({
    operation: buildOperation(b, `${name}._ops.${i}`, op, c, edgeStride(geometry, from), false),
    from,
  }));
  return { geometry, preprocess, edges, concat: reduction ? genotype.reduceConcat : genotype.normalConcat };
}

function cellForward(
  tape: Tape,
  cell: NetworkCell,
  before: Tensor,
  previous: Tensor,
  { dropPath = (_, x) => x }: TrainingContext,
): Tensor {
  const nodes = cell.preprocess.map((layer, i) =>
    materialise(tape, layer(tape, i === 0 ? before : previous)),
  );
  for (let first = 0; first < cell.edges.length; first += 2) {
    const terms = cell.edges.slice(first, first + 2).flatMap(({ operation, from }) => {
      if (operation.kind === 'null') return [];
      if (operation.kind === 'identity') return [nodes[from]!];
      return [dropPath(tape, applyOperation(operation, tape, nodes[from]!))];
    });
    nodes.push(sum(tape, terms, nodes[0]!, cell.geometry.outputSize));
  }
  const outputs = cell.concat.map((node) => nodes[node]!);
  if (outputs.length === 1) return outputs[0]!;
  return tape.apply(concat, Object.fromEntries(outputs.map((x, i) => [`x${i}`, x])));
}

/** A node: the sum of its edges, or zeros where both are null. */
function sum(tape: Tape, terms: readonly Tensor[], like: Tensor, size: number): Tensor {
  const [a, b = null] = terms;
  if (a) return tape.apply(add, { a, b });
  const [n, c] = imageShape('sum', like);
  return tape.zeros('null node', [n, c, size, size]);
}

const materialise = (tape: Tape, x: Tensor): Tensor => (x.affine ? tape.apply(add, { a: x, b: null }) : x);
