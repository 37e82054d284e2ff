// The network that a genotype stands for, as trained from scratch: stem, L cells, global pooling, classifier and,
// for training, an auxiliary head after cell floor(2L/3). Batch norms are affine here and keep running statistics,
// and pools have no batch norm (REFERENCE "Training a found architecture from scratch").
import {
  type Builder,
  conv,
  dense,
  factorizedReduce,
  type Layer,
  norm,
  reluConvNorm,
  sequence,
} from '../nn/layers.ts';
import { ParameterStore } from '../nn/parameters.ts';
import { add } from '../ops/add.ts';
import { avgPool2d } from '../ops/avg_pool2d.ts';
import { concat } from '../ops/concat.ts';
import { globalAvgPool } from '../ops/global_avg_pool.ts';
import { widen } from '../ops/refine.ts';
import type { Tape } from '../tape.ts';
import { imageShape, type Tensor } from '../tensor.ts';
import type { Genotype } from './genotype.ts';
import { type CellGeometry, cellGeometries, reductionLayers } from './geometry.ts';
import { buildOperation, type Operation } from './operations.ts';
import { edgeStride } from './supernet_model.ts';

/**
 * With fewer images than this, the forward pass of a training step with the auxiliary head is computed to twice the
 * precision of f32. The head's last batch norm sees one value per image. Where the values of a channel lie within
 * sqrt(eps) of each other, its gradient magnifies errors of theirs by up to 1 / sqrt(eps), and these channels have
 * the largest gradients of all: two images and the rounding of the activations, done perfectly, already put 1e-4
 * to 4e-3 on the gradients before it. From 4 images on it is rare that all values of a channel are so near.
 */
const FEW_IMAGES = 8;

export interface CellNetworkConfig {
  readonly genotype: Genotype;
  readonly channels: number;
  readonly layers: number;
  readonly classes: number;
  readonly imageSize: number;
  /** Adds the auxiliary head. */
  readonly auxiliary: boolean;
}

interface NetworkCell {
  readonly geometry: CellGeometry;
  readonly preprocess: readonly [Layer, Layer];
  readonly edges: readonly { readonly operation: Operation; readonly from: number }[];
  readonly concat: readonly number[];
}

/** What a training step does to the network besides running it. */
export interface TrainingContext {
  /** Drops whole images of a path: called on the result of every edge but identities and null ones, as in DARTS. */
  dropPath?(tape: Tape, x: Tensor): Tensor;
}

export interface CellNetwork {
  readonly config: CellNetworkConfig;
  readonly weights: ParameterStore;
  /** Running means and variances. */
  readonly statistics: ParameterStore;
  /** Records the network: images (N,3,H,W) -> logits (N,classes), and those of the auxiliary head if it has one. */
  forward(
    tape: Tape,
    images: Tensor,
    context?: TrainingContext,
  ): { logits: Tensor; auxiliary: Tensor | null };
}

/** Declares the network's parameters under the reference's names. */
export function buildCellNetwork(config: CellNetworkConfig): CellNetwork {
  const { genotype, channels, layers, classes, imageSize } = config;
  const weights = new ParameterStore('weights', true);
  const statistics = new ParameterStore('running statistics', false);
  const b: Builder = { weights, statistics, affine: true };
  const stemChannels = 3 * channels;
  const stem = sequence(conv(b, 'stem.0', 3, stemChannels, { kernel: 3 }), norm(b, 'stem.1', stemChannels));
  const concatenated = { normal: genotype.normalConcat.length, reduce: genotype.reduceConcat.length };
  const geometries = cellGeometries({ channels, layers, imageSize, stemChannels, concatenated });
  const cells = geometries.map((geometry) => buildCell(b, geometry, genotype));
  const auxiliaryAt = reductionLayers(layers)[1]!;
  const auxiliaryHead = config.auxiliary
    ? buildAuxiliaryHead(b, geometries[auxiliaryAt]!.outputChannels, classes)
    : null;
  const classifier = dense(b, 'classifier', geometries.at(-1)!.outputChannels, classes);

  function forward(tape: Tape, images: Tensor, context: TrainingContext = {}) {
    let auxiliary: Tensor | null = null;
    const few = auxiliaryHead && tape.training && images.shape[0]! < FEW_IMAGES;
    let before = stem(tape, few ? widen(tape, images) : images);
    let previous = before;
    cells.forEach((cell, i) => {
      [before, previous] = [previous, cellForward(tape, cell, before, previous, context)];
      if (i === auxiliaryAt && auxiliaryHead) auxiliary = auxiliaryHead(tape, previous);
    });
    const logits = classifier(tape, tape.apply(globalAvgPool, { x: previous }, {}));
    return { logits, auxiliary };
  }
  return { config, weights, statistics, forward };
}

function buildCell(b: Builder, geometry: CellGeometry, genotype: Genotype): NetworkCell {
  const name = `cells.${geometry.index}`;
  const { channels: c, inputChannels, reduceFirst, reduction } = geometry;
  const preprocess = [
    reduceFirst
      ? factorizedReduce(b, `${name}.preprocess0`, inputChannels[0], c)
      : reluConvNorm(b, `${name}.preprocess0`, inputChannels[0], c, { kernel: 1 }),
    reluConvNorm(b, `${name}.preprocess1`, inputChannels[1], c, { kernel: 1 }),
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
      return [dropPath(tape, operation.layer(tape, nodes[from]!))];
    });
    nodes.push(sum(tape, terms, nodes[0]!, cell.geometry.outputSize));
  }
  const inputs = Object.fromEntries(cell.concat.map((node, i) => [`x${i}`, nodes[node]!]));
  return tape.apply(concat, inputs, { mask: cell.concat.map(() => true) });
}

/** A node: the sum of its edges, or zeros where both are null. */
function sum(tape: Tape, terms: readonly Tensor[], like: Tensor, size: number): Tensor {
  const [a, b = null] = terms;
  if (a) return tape.apply(add, { a, b }, {});
  const [n, c] = imageShape('sum', like);
  const zeros = tape.alloc('null node', [n, c, size, size]);
  tape.clear(zeros);
  return like.low ? widen(tape, zeros) : zeros;
}

const materialise = (tape: Tape, x: Tensor): Tensor =>
  x.affine ? tape.apply(add, { a: x, b: null }, {}) : x;

/** ReLU, 5x5 average pooling (stride 3), 1x1 conv to 128, BN, ReLU, 2x2 conv to 768, BN, ReLU, linear. For 8x8 inputs. */
function buildAuxiliaryHead(b: Builder, c: number, classes: number): Layer {
  const name = 'auxiliary_head';
  const features = sequence(
    conv(b, `${name}.features.2`, c, 128, { kernel: 1 }),
    norm(b, `${name}.features.3`, 128),
    conv(b, `${name}.features.5`, 128, 768, { kernel: 2, padding: [0, 0], relu: true }),
    norm(b, `${name}.features.6`, 768),
  );
  const classifier = dense(b, `${name}.classifier`, 768, classes);
  return (tape, x) => {
    const active = tape.apply(add, { a: x, b: null }, { relu: true });
    const pooled = tape.apply(avgPool2d, { x: active }, { kernel: 5, stride: 3, padding: 0 });
    const y = tape.apply(add, { a: features(tape, pooled), b: null }, { relu: true });
    return classifier(tape, tape.reshape(y, [x.shape[0]!, 768]));
  };
}
