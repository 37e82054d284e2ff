// Counting an evaluation by class, exactly: which class was predicted for the images of each, and what it cost.
import type { Engine } from '../../../runtime/engine/engine.ts';
import { createTensor } from '../../core/allocator.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { expectIndices, expectShape, matrixShape } from '../shapes.ts';

/** Running counts of an evaluation over K classes. */
export interface EvaluationCounts {
  /**
   * (K,K), u32: images of a class (row) by the class predicted (column); those with logits that are no numbers are in
   * none.
   */
  readonly confusion: Tensor;
  /** (K,2), u32: images of a class, and those whose class was among the five best. */
  readonly totals: Tensor;
  /** (K): sums of cross-entropy. */
  readonly losses: Tensor;
  /** (1), u32: how many rows of the next batch are images; the rest is padding. */
  readonly live: Tensor;
}

export function allocateEvaluationCounts(engine: Engine, classes: number): EvaluationCounts {
  return {
    confusion: createTensor(engine, 'confusion', [classes, classes], 'u32'),
    totals: createTensor(engine, 'totals by class', [classes, 2], 'u32'),
    losses: createTensor(engine, 'losses by class', [classes], 'f32'),
    live: createTensor(engine, 'live rows', [1], 'u32'),
  };
}

/** Records adding the first `counts.live` rows of logits (N,K), classes (N), to the counts. */
export function recordEvaluationCounts(
  tape: Recorder,
  logits: Tensor,
  target: Tensor,
  counts: EvaluationCounts,
): void {
  const [n, k] = matrixShape('evaluationCounts', 'logits', logits);
  expectIndices('evaluationCounts', 'target', target);
  expectShape('evaluationCounts', 'target', target, [n]);
  expectShape('evaluationCounts', 'confusion', counts.confusion, [k, k]);
  const { confusion, totals, losses, live } = counts;
  tape.dispatch('evaluation_counts', {
    bind: { logits, target_class: target, live, confusion, totals, losses },
    params: { n, k },
    threads: [k],
  });
}
