// The hypotheses of an experiment, tested in the order that was fixed before it ran.
import { signFlipTest } from '../core/statistics.ts';
import type { Hypothesis } from './definition.ts';
import { type Difference, difference } from './statistics.ts';
import type { Row } from './table.ts';

/** A hypothesis is taken as shown where the p-value of its contrary is not above this. */
const LEVEL = 0.05;

export interface TestedHypothesis extends Hypothesis {
  /** Between the methods' accuracies, one a seed. */
  readonly difference: Difference;
  /** One-sided, of the exact sign-flip test on the differences plus the margin. */
  readonly p: number;
  /** Null where one of the same architecture before it does not hold: it is not tested then. */
  readonly holds: boolean | null;
}

/**
 * Tests each hypothesis about an architecture where all before it hold, so that they may be wrong together as often as
 * one alone (fixed-sequence testing).
 */
export function testHypotheses(hypotheses: readonly Hypothesis[], rows: readonly Row[]): TestedHypothesis[] {
  const failed = new Set<string>();
  return hypotheses.map((hypothesis) => {
    const { architecture, margin } = hypothesis;
    const [first, second] = (['method', 'over'] as const).map((side) => valuesOf(hypothesis, side, rows));
    const between = difference(first!, second!);
    const p = signFlipTest(between.values.map((value) => value + margin / 100)).greater;
    const holds = failed.has(architecture) ? null : p <= LEVEL;
    if (holds === false) failed.add(architecture);
    return { ...hypothesis, difference: between, p, holds };
  });
}

function valuesOf(hypothesis: Hypothesis, side: 'method' | 'over', rows: readonly Row[]): readonly number[] {
  const { architecture, accuracy } = hypothesis;
  const row = rows.find((each) => each.architecture === architecture && each.method === hypothesis[side])!;
  const values = accuracy === 'top1' ? row.top1 : row.shared;
  if (!values) throw new Error(`internal: ${architecture}, ${hypothesis[side]} has no accuracy to compare`);
  return values.values;
}
