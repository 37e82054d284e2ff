// Mean cross-entropy of logits (N,K) against classes (N), with label smoothing s; a scalar (1).
//   loss = 1/N sum_i [ (1 - s) (lse_i - x_it) + s/K sum_j (lse_i - x_ij) ]
//   grad_x_ij = grad_loss/N (softmax_ij - (1 - s) [j = t_i] - s/K)
// `metrics` (4), if given, grows by the loss sum, the top-1 and top-5 hits and the number of rows, in a fixed order, or
// is made of them.
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { expectShape, matrixShape } from '../shapes.ts';

export type CrossEntropyInputs = {
  readonly logits: Tensor;
  /** i32, 0 to K-1. */
  readonly target: Tensor;
};

export interface CrossEntropyAttrs {
  /** Share of the target that all classes divide; 0 unless given. */
  readonly labelSmoothing?: number;
  /** Receives loss sum, top-1 hits, top-5 hits, rows. */
  readonly metrics?: Tensor;
  /** Whether they are added to what is there, as they are unless given, or take its place. */
  readonly accumulate?: boolean;
}

export const crossEntropy = defineOp({
  name: 'crossEntropy',
  inputs: { logits: { grad: true }, target: { dtype: 'i32' } },
  forward(
    tape: Recorder,
    { logits, target }: CrossEntropyInputs,
    { labelSmoothing = 0, metrics, accumulate = true }: CrossEntropyAttrs,
    into: Tensor | null,
  ) {
    const [n, k] = matrixShape('crossEntropy', 'logits', logits);
    expectShape('crossEntropy', 'target', target, [n]);
    if (metrics) expectShape('crossEntropy', 'metrics', metrics, [4]);
    const loss = tape.output('crossEntropy', [1], into);
    const rows = tape.training ? tape.alloc('rows', [4, n]) : tape.scratch('rows', [4, n]);
    const unused = metrics ? null : tape.scratch('unused', [4]);
    tape.dispatch('cross_entropy', {
      bind: { logits, target_class: target, rows, loss, metrics: metrics ?? unused! },
      params: {
        n,
        k,
        label_smoothing: labelSmoothing,
        has_metrics: Number(metrics !== undefined),
        accumulate: Number(accumulate),
      },
      threads: [1],
    });
    if (unused) tape.release(unused);
    if (!tape.training) tape.release(rows);
    return { output: loss, saved: rows };
  },
  backward: perInput({
    logits(tape, { inputs, attrs, saved: rows, gradOutput }, { grad, accumulate }) {
      const { logits, target } = inputs;
      const [n, k] = logits.shape as [number, number];
      tape.dispatch('cross_entropy_grad', {
        bind: { logits, target_class: target, rows, grad_loss: gradOutput, grad_logits: grad },
        params: { n, k, label_smoothing: attrs.labelSmoothing ?? 0, accumulate: Number(accumulate) },
        threads: [n * k],
      });
    },
  }),
});
