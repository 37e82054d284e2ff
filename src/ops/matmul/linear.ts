// y = x W^T + b. x (N,K), weight (M,K), bias (M) or null -> (N,M). Graph convolutions keep their weight as (K,M):
// weightLayout 'in_out' takes that one, y = x W + b.
//   grad_x = grad_y W       grad_weight = grad_y^T x       grad_bias = sum over rows of grad_y
import { ShapeError } from '../../../runtime/errors.ts';
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { showShape, type Tensor } from '../../core/tensor.ts';
import { recordColumnSum } from './column_sum.ts';
import { matrix, type MatrixView, recordMatmul, transpose } from './matmul.ts';
import { expectShape, matrixShape } from '../shapes.ts';

export type LinearInputs = {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor | null;
};

export interface LinearAttrs {
  /** Whether the weight is (M,K), the default, or (K,M). */
  readonly weightLayout?: 'out_in' | 'in_out';
}

/** W as (M,K), however it is laid out. */
function weightMatrix(weight: Tensor, { weightLayout = 'out_in' }: LinearAttrs): MatrixView {
  return weightLayout === 'out_in' ? matrix(weight) : transpose(matrix(weight));
}

export const linear = defineOp({
  name: 'linear',
  inputs: { x: { grad: true }, weight: { grad: true }, bias: { grad: true } },
  forward(tape: Recorder, { x, weight, bias }: LinearInputs, attrs: LinearAttrs, into: Tensor | null) {
    const [n, k] = matrixShape('linear', 'x', x);
    matrixShape('linear', 'weight', weight);
    const w = weightMatrix(weight, attrs);
    const m = w.rows;
    if (w.columns !== k) {
      throw new ShapeError(
        `linear: got x ${showShape(x.shape)} and weight ${showShape(weight.shape)}, expected ${k} inputs`,
      );
    }
    if (bias) expectShape('linear', 'bias', bias, [m]);
    const y = tape.output('linear', [n, m], into);
    const target = { grad: y, accumulate: false };
    recordMatmul(tape, matrix(x), transpose(w), target, { bias, countMadds: true });
    return { output: y, saved: null };
  },
  backward: perInput({
    x(tape, { inputs, attrs, gradOutput }, target) {
      recordMatmul(tape, matrix(gradOutput), weightMatrix(inputs.weight, attrs), target);
    },
    weight(tape, { inputs, attrs, gradOutput }, target) {
      const [g, x] = [matrix(gradOutput), matrix(inputs.x)];
      if (attrs.weightLayout === 'in_out') recordMatmul(tape, transpose(x), g, target);
      else recordMatmul(tape, transpose(g), x, target);
    },
    bias: (tape, { gradOutput }, target) => recordColumnSum(tape, gradOutput, target),
  }),
});
