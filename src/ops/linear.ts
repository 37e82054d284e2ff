// y = x W^T + b. x (N,K), weight (M,K), bias (M) or null -> (N,M).
//   grad_x = grad_y W       grad_weight = grad_y^T x       grad_bias = sum over rows of grad_y
import { defineOp } from '../op.ts';
import type { Tape } from '../tape.ts';
import type { Tensor } from '../tensor.ts';
import { matrix, recordMatmul, transpose } from './matmul.ts';
import { expectShape, matrixShape } from './shapes.ts';

export interface LinearInputs extends Record<string, Tensor | null> {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor | null;
}

export const linear = defineOp({
  name: 'linear',
  forward(tape: Tape, { x, weight, bias }: LinearInputs, _attrs: object) {
    const [n, k] = matrixShape('linear', 'x', x);
    const [m] = matrixShape('linear', 'weight', weight);
    expectShape('linear', 'weight', weight, [m, k]);
    if (bias) expectShape('linear', 'bias', bias, [m]);
    const y = tape.output('linear', [n, m]);
    const target = { grad: y, accumulate: false };
    recordMatmul(tape, matrix(x), transpose(matrix(weight)), target, { bias, countMadds: true });
    return { output: y, saved: null };
  },
  backward: {
    x(tape, { inputs, gradOutput }, target) {
      recordMatmul(tape, matrix(gradOutput), matrix(inputs.weight), target);
    },
    weight(tape, { inputs, gradOutput }, target) {
      recordMatmul(tape, transpose(matrix(gradOutput)), matrix(inputs.x), target);
    },
    bias(tape, { gradOutput }, { grad, accumulate }) {
      const [rows, columns] = gradOutput.shape as [number, number];
      tape.dispatch('column_sum', {
        bind: { x: gradOutput, y: grad },
        params: { rows, columns, accumulate: Number(accumulate) },
        threads: [columns],
      });
    },
  },
});
