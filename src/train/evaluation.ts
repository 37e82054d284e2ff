// What the counts of an evaluation say: accuracy as a whole and by class.
import { RunError } from '../errors.ts';

export interface ClassResult {
  readonly images: number;
  readonly top1: number;
  readonly top5: number;
}

export interface EvaluationResult {
  /** Images that were counted. */
  readonly images: number;
  /** Mean cross-entropy, without label smoothing. */
  readonly loss: number;
  /** Share of the images whose class has the best logit, or one of the five best. */
  readonly top1: number;
  readonly top5: number;
  readonly classes: readonly ClassResult[];
  /** Row by row: images of a class by the class that was predicted. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * @param confusion (K,K): images of a class (row) by predicted class (column)
 * @param top5 (K): images whose class was among the five best
 * @param losses (K): sums of cross-entropy
 * Throws RunError where a loss is not a number.
 */
export function summarizeCounts(
  confusion: Uint32Array,
  top5: Uint32Array,
  losses: Float32Array,
): EvaluationResult {
  const k = top5.length;
  const rows = Array.from({ length: k }, (_, t) => Array.from(confusion.subarray(t * k, (t + 1) * k)));
  const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
  const perClass = rows.map((row) => sum(row));
  const images = sum(perClass);
  const loss = sum(losses) / images;
  if (!Number.isFinite(loss)) {
    throw new RunError(`evaluation: the loss is ${loss}; the network's weights have diverged`);
  }
  const share = (hits: number, of: number): number => (of > 0 ? hits / of : 0);
  return {
    images,
    loss,
    top1: share(sum(rows.map((row, t) => row[t]!)), images),
    top5: share(sum(top5), images),
    classes: perClass.map((count, t) => ({
      images: count,
      top1: share(rows[t]![t]!, count),
      top5: share(top5[t]!, count),
    })),
    confusion: rows,
  };
}
