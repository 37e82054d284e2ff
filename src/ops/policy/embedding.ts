// Rows of a table: weight (V,E), index (R) of i32 from 0 to V-1 -> (R,E).
//   y[r] = weight[index[r]]        grad_weight[v] = sum of grad_y[r] over the rows with index[r] = v
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { expectShape, matrixShape } from '../shapes.ts';

export type EmbeddingInputs = {
  readonly weight: Tensor;
  readonly index: Tensor;
};

export const embedding = defineOp({
  name: 'embedding',
  inputs: { weight: { grad: true }, index: { dtype: 'i32' } },
  forward(tape: Recorder, { weight, index }: EmbeddingInputs, _attrs: object, into: Tensor | null) {
    const [, width] = matrixShape('embedding', 'weight', weight);
    const rows = index.shape[0]!;
    expectShape('embedding', 'index', index, [rows]);
    const y = tape.output('embedding', [rows, width], into);
    tape.dispatch('embedding', {
      bind: { weight, index, y },
      params: { rows, width },
      threads: [rows * width],
    });
    return { output: y, saved: null };
  },
  backward: perInput({
    weight(tape, { inputs: { weight, index }, gradOutput }, { grad, accumulate }) {
      const [entries, width] = weight.shape as [number, number];
      tape.dispatch('embedding_grad', {
        bind: { grad_y: gradOutput, index, grad_weight: grad },
        params: { entries, rows: index.shape[0]!, width, accumulate: Number(accumulate) },
        threads: [entries * width],
      });
    },
  }),
});
