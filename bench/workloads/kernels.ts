// The kernels that are measured: the library's own layers and ops, at the sizes of the paper's supernet (20 channels,
// 32x32) and at a few others where another kernel takes over.
import { poolLayer } from '../../src/networks/operations.ts';
import {
  type Builder,
  conv,
  dense,
  factorizedReduce,
  type Layer,
  norm,
  sequence,
} from '../../src/nn/layers.ts';
import { add } from '../../src/ops/elementwise/add.ts';
import { concat } from '../../src/ops/elementwise/concat.ts';
import { crossEntropy } from '../../src/ops/loss/cross_entropy.ts';
import { globalAvgPool } from '../../src/ops/pool/global_avg_pool.ts';
import { softmax } from '../../src/ops/policy/softmax.ts';
import type { Tape } from '../../src/core/tape.ts';
import type { Shape, Tensor } from '../../src/core/tensor.ts';
import { type LayerCase, layerWorkload, type Pass } from './record_layer.ts';
import { optimizerWorkloads } from './optimizers.ts';
import { randomGraph } from './random_graph.ts';
import type { Workload } from './workload.ts';

const SINGLE: readonly Pass[] = ['forward', 'backward'];
const ALL: readonly Pass[] = ['forward', 'backward', 'forward and backward'];

/** One layer on one input. */
const layerCase = (
  name: string,
  input: Shape,
  build: (b: Builder) => Layer,
  gradientsReadInputs = true,
): LayerCase => ({
  name,
  inputs: [input],
  gradientsReadInputs,
  build(builder) {
    const layer = build(builder);
    return (tape, [x]) => layer(tape, x!);
  },
});

const C = 20;

function convolutions(image: Shape, batch: number): LayerCase[] {
  const plain = (name: string, options: Parameters<typeof conv>[4]) =>
    layerCase(name, image, (b) => conv(b, 'conv', C, C, options));
  const depthwise = (name: string, options: Parameters<typeof conv>[4]) =>
    plain(name, { ...options, groups: C });
  return [
    plain('conv2d 3x3', { kernel: 3 }),
    plain('conv2d 1x1', { kernel: 1 }),
    plain('conv2d 5x5', { kernel: 5 }),
    plain('conv2d 3x3 stride 2', { kernel: 3, stride: 2 }),
    layerCase('conv2d 3x3 64 channels', [batch, 64, 8, 8], (b) => conv(b, 'conv', 64, 64, { kernel: 3 })),
    depthwise('depthwise 3x3', { kernel: 3 }),
    depthwise('depthwise 5x5', { kernel: 5 }),
    depthwise('depthwise 3x3 dilated', { kernel: 3, dilation: 2 }),
    depthwise('depthwise 5x5 dilated', { kernel: 5, dilation: 2 }),
    depthwise('depthwise 3x3 stride 2', { kernel: 3, stride: 2 }),
    depthwise('depthwise 5x5 stride 2', { kernel: 5, stride: 2 }),
    depthwise('depthwise 3x3 dilated stride 2', { kernel: 3, dilation: 2, stride: 2 }),
    depthwise('depthwise 5x5 dilated stride 2', { kernel: 5, dilation: 2, stride: 2 }),
    layerCase('separable conv 3x3', image, (b) =>
      sequence(
        conv(b, 'depthwise', C, C, { kernel: 3, groups: C }),
        conv(b, 'pointwise', C, C, { kernel: 1 }),
      ),
    ),
    // its batch norm has a row of its own
    layerCase('factorized reduce', image, (b) => factorizedReduce(b, 'reduce', C, C).raw),
  ];
}

/** A layer whose batch norm is applied and written, as other libraries do it. */
function written(layer: (tape: Tape, x: Tensor) => Tensor): Layer {
  return (tape, x) => tape.apply(add, { a: layer(tape, x), b: null });
}

function others(image: Shape, batch: number): LayerCase[] {
  const pool = (kind: 'max_pool' | 'avg_pool', name: string, stride: number) =>
    layerCase(name, image, () => poolLayer(kind, 3, stride), false);
  return [
    { ...layerCase('batch norm', image, (b) => written(norm(b, 'norm', C))), reads: 2 },
    pool('max_pool', 'max pool 3x3', 1),
    pool('max_pool', 'max pool 3x3 stride 2', 2),
    pool('avg_pool', 'average pool 3x3', 1),
    pool('avg_pool', 'average pool 3x3 stride 2', 2),
    layerCase('global average pool', image, () => (tape, x) => tape.apply(globalAvgPool, { x }), false),
    {
      name: 'concat of 4',
      inputs: [image, image, image, image],
      gradientsReadInputs: false,
      build: () => (tape, xs) => tape.apply(concat, Object.fromEntries(xs.map((x, i) => [`x${i}`, x]))),
    },
    layerCase('linear 4096 to 512', [batch, 4096], (b) => dense(b, 'linear', 4096, 512)),
    randomGraph('spmm 1024 rows of 8', { rows: 1024, perRow: 8, features: 64 }),
    layerCase('softmax of 1024', [1024, 64], () => (tape, x) => tape.apply(softmax, { x })),
    {
      name: 'cross-entropy of 10 classes',
      inputs: [[batch, 10]],
      gradientsReadInputs: true,
      build(_, constant) {
        const target = constant(
          [batch],
          Int32Array.from({ length: batch }, (_, i) => i % 10),
        );
        return (tape, [logits]) =>
          tape.apply(crossEntropy, { logits: logits!, target }, { labelSmoothing: 0 });
      },
    },
  ];
}

/** A node of a cell: the sum of two edges. Its gradient is handed on, without a kernel. */
const sum = (image: Shape): LayerCase => ({
  name: 'add of two',
  inputs: [image, image],
  gradientsReadInputs: false,
  build:
    () =>
    (tape, [a, b]) =>
      tape.apply(add, { a: a!, b: b! }),
});

/** With both gradients in one, as other libraries are measured. */
const WHOLE = ['conv2d 3x3', 'separable conv 3x3'];

/** The paper's. With few images, time on a software adapter goes into beginning a call and not into the kernel. */
const BATCH = 64;

/** Every kernel's. */
export function kernelWorkloads(batch = BATCH): Workload[] {
  const image = [batch, C, 32, 32];
  const layers = [...convolutions(image, batch), ...others(image, batch)];
  return [
    ...layers.flatMap((layer) =>
      (WHOLE.includes(layer.name) ? ALL : SINGLE).map((pass) => layerWorkload(layer, pass)),
    ),
    layerWorkload(sum(image), 'forward'),
    ...optimizerWorkloads(),
  ];
}
