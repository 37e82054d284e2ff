// What the counts of an evaluation say: accuracy as a whole and by class.

export interface ClassResult {
  readonly images: number;
  readonly top1: number;
  readonly top5: number;
}

export interface EvaluationResult {
  /** Images that were counted. */
  readonly images: number;
  /** Mean cross-entropy, without label smoothing; null where logits were not numbers, which is a wrong answer. */
  readonly loss: number | null;
  /** Share of the images whose class has the best logit, or one of the five best. */
  readonly top1: number;
  readonly top5: number;
  readonly classes: readonly ClassResult[];
  /** Row by row: images of a class by the class that was predicted. */
  readonly confusion: readonly (readonly number[])[];
}

/** Takes the counts of ops/loss/evaluation_counts.ts: (K,K), (K,2) and (K). */
export function summarizeCounts(
  confusion: Uint32Array,
  totals: Uint32Array,
  losses: Float32Array,
): EvaluationResult {
  const k = losses.length;
  const rows = Array.from({ length: k }, (_, t) => Array.from(confusion.subarray(t * k, (t + 1) * k)));
  const perClass = rows.map((row, t) => ({
    images: totals[2 * t]!,
    hits: row[t]!,
    five: totals[2 * t + 1]!,
  }));
  const sum = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
  const share = (hits: number, of: number): number => (of > 0 ? hits / of : 0);
  const images = sum(perClass.map(({ images: count }) => count));
  const answered = sum(confusion);
  const loss = sum(losses) / images;
  return {
    images,
    loss: answered === images && Number.isFinite(loss) ? loss : null,
    top1: share(sum(perClass.map(({ hits }) => hits)), images),
    top5: share(sum(perClass.map(({ five }) => five)), images),
    classes: perClass.map(({ images: count, hits, five }) => ({
      images: count,
      top1: share(hits, count),
      top5: share(five, count),
    })),
    confusion: rows,
  };
}
