// How each op of a golden file is run on this engine: from roles and attributes to the op and its inputs.
import type { Device } from '../../runtime/engine/engine.ts';
import { batchNorm } from '../ops/norm/batch_norm.ts';
import { add } from '../ops/elementwise/add.ts';
import { avgPool2d } from '../ops/pool/avg_pool2d.ts';
import { conv2d } from '../ops/conv/conv2d.ts';
import { crossEntropy } from '../ops/loss/cross_entropy.ts';
import { embedding } from '../ops/policy/embedding.ts';
import { factorizedReduceConv } from '../ops/conv/factorized_reduce_conv.ts';
import { globalAvgPool } from '../ops/pool/global_avg_pool.ts';
import { linear } from '../ops/matmul/linear.ts';
import { lstmHidden, lstmState } from '../ops/policy/lstm_cell.ts';
import { maxPool2d } from '../ops/pool/max_pool2d.ts';
import { relu, relu6 } from '../ops/elementwise/unary.ts';
import { softmax } from '../ops/policy/softmax.ts';
import { spmmCsr } from '../ops/matmul/spmm_csr.ts';
import type { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { GoldenOp, GoldenTensors } from './format.ts';
import { upload } from '../core/transfer.ts';
import { cooToCsr } from '../ops/matmul/csr.ts';

/** What a runner works with. */
export interface OpRun {
  readonly tape: Tape;
  readonly engine: Device;
  readonly golden: GoldenTensors;
  readonly attrs: GoldenOp['attrs'];
  /** An input on the GPU, by role; f32 inputs get gradients. */
  input(role: string): Tensor;
  /** The same, or null where the case has no such input. */
  optional(role: string): Tensor | null;
  /** Inputs stacked along the first dimension into one matrix (rows, the rest). */
  stacked(roles: readonly string[]): Tensor;
  /** An input's values on the host. */
  hostInput(role: string): Float32Array<ArrayBuffer>;
  /** A tensor of the file that is no input. */
  constant(name: string): Tensor;
  number(attr: string): number;
  /** A size by dimension, (rows, columns); the file may give one number for both. */
  pair(attr: string): [number, number];
}

/** What a case computed: outputs by role; the first is the one that `grad_output` belongs to. */
type Outputs = Readonly<Record<string, Tensor>>;

/** By the file's op name. */
export const GOLDEN_OPS: Readonly<Record<string, (run: OpRun) => Outputs>> = {
  conv2d: ({ tape, input, pair, number }) => {
    const [dilation, dilationW] = pair('dilation');
    if (dilation !== dilationW) throw new Error(`dilation ${dilation}x${dilationW} differs by dimension`);
    const attrs = { stride: pair('stride'), padding: pair('padding'), dilation, groups: number('groups') };
    return { y: tape.apply(conv2d, { x: input('x'), weight: input('w') }, attrs) };
  },
  max_pool2d: ({ tape, input, number }) => ({
    y: tape.apply(
      maxPool2d,
      { x: input('x') },
      { kernel: number('kernel'), stride: number('stride'), padding: number('padding') },
    ),
  }),
  avg_pool2d: ({ tape, input, number, attrs }) => {
    if (attrs['count_include_pad'] === true) throw new Error('count_include_pad: true is not supported');
    const pool = { kernel: number('kernel'), stride: number('stride'), padding: number('padding') };
    return { y: tape.apply(avgPool2d, { x: input('x') }, pool) };
  },
  batch_norm: ({ tape, input, optional, number, attrs, constant }) => {
    const [runningMean, runningVar] = [attrs['running_mean'], attrs['running_var']].map((name) =>
      typeof name === 'string' ? constant(name) : null,
    ) as [Tensor | null, Tensor | null];
    const inputs = {
      x: input('x'),
      gamma: optional('gamma'),
      beta: optional('beta'),
      runningMean,
      runningVar,
    };
    const settings = {
      training: attrs['training'] === true,
      eps: number('eps'),
      momentum: number('momentum'),
    };
    const y = tape.apply(add, { a: tape.apply(batchNorm, inputs, settings), b: null });
    return {
      y,
      ...(runningMean && { running_mean: runningMean }),
      ...(runningVar && { running_var: runningVar }),
    };
  },
  linear: ({ tape, input, optional }) => ({
    y: tape.apply(linear, { x: input('x'), weight: input('w'), bias: optional('b') }),
  }),
  relu: ({ tape, input }) => ({ y: tape.apply(relu, { x: input('x') }) }),
  relu6: ({ tape, input }) => ({ y: tape.apply(relu6, { x: input('x') }) }),
  global_avg_pool: ({ tape, input }) => ({ y: tape.apply(globalAvgPool, { x: input('x') }) }),
  cross_entropy: ({ tape, input, number }) => {
    const inputs = { logits: input('logits'), target: input('target') };
    return { y: tape.apply(crossEntropy, inputs, { labelSmoothing: number('label_smoothing') }) };
  },
  softmax: ({ tape, input }) => ({ y: tape.apply(softmax, { x: input('x'), mask: null }) }),
  embedding: ({ tape, input }) => ({
    y: tape.apply(embedding, { weight: input('w'), index: input('index') }),
  }),
  spmm: ({ tape, engine, golden, input, hostInput, attrs }) => {
    const [rows, columns] = attrs['shape'] as [number, number];
    const csr = cooToCsr(golden.i32(attrs['indices'] as string), hostInput('values'), rows, columns);
    const vector = (label: string, data: Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>) =>
      upload(engine, label, [data.length], data);
    const matrix = {
      values: vector('values', csr.values),
      rowPointers: vector('row pointers', csr.rowPointers),
      columns: vector('columns', csr.columns),
      transposedValues: vector('transposed values', csr.transposedValues),
      transposedPointers: vector('transposed pointers', csr.transposedPointers),
      transposedColumns: vector('transposed columns', csr.transposedColumns),
    };
    return { y: tape.apply(spmmCsr, { ...matrix, x: input('x'), bias: null }) };
  },
  lstm_cell: ({ tape, input }) => {
    const fromInput = tape.apply(linear, { x: input('x'), weight: input('w_ih'), bias: input('b_ih') });
    const fromHidden = tape.apply(linear, { x: input('h'), weight: input('w_hh'), bias: input('b_hh') });
    const gates = tape.apply(add, { a: fromInput, b: fromHidden });
    const c = tape.apply(lstmState, { gates, c: input('c') });
    return { h: tape.apply(lstmHidden, { gates, c }), c };
  },
  factorized_reduce: ({ tape, input, stacked, optional, attrs }) => {
    const weight = stacked(['conv_1.weight', 'conv_2.weight']);
    const y = tape.apply(factorizedReduceConv, { x: input('x'), weight }, { relu: true });
    const inputs = {
      x: y,
      gamma: optional('bn.weight'),
      beta: optional('bn.bias'),
      runningMean: null,
      runningVar: null,
    };
    const settings = { training: attrs['training'] !== false, eps: 1e-5, momentum: 0.1 };
    return { y: tape.apply(add, { a: tape.apply(batchNorm, inputs, settings), b: null }) };
  },
};
