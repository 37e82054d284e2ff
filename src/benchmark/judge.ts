// What a method's choices are worth: test accuracies after full training, and costs, of the cells before and after.
import type { Cost } from '../networks/cost.ts';
import { networkCosts } from './cost.ts';
import { meanOf } from '../core/statistics.ts';
import type { BenchmarkTable } from './table.ts';
import { bestTransformations } from './transformations.ts';

/** Cells that count as the best of a table. */
const TOP_CELLS = 1000;

/** Means over the cells that judge, of one seed. */
export interface Figures {
  /** Test accuracy after less that before, in percentage points. */
  readonly gain: number;
  /** The largest gain that transformations can have there. */
  readonly oracleGain: number;
  /** Share of cells with a lower test accuracy than before. */
  readonly worse: number;
  /** The gain of those that are among the table's 1,000 best cells. */
  readonly topGain: number;
  /** Change of parameters and multiply-adds relative to the cell's own: -0.2 where a fifth is saved. */
  readonly params: number;
  readonly madds: number;
}

/** Judges what became of `before`, cell by cell. */
export type Judge = (before: Int32Array, after: Int32Array) => Figures;

/** Everything that depends on the table alone is worked out once. */
export function createJudge({ test200 }: BenchmarkTable): Judge {
  const best = bestTransformations(test200);
  const top = bestCells(test200);
  const costs = networkCosts();
  return (before, after) => {
    const pairs = Array.from(before, (cell, i) => [cell, after[i]!] as const);
    const gainOf = ([cell, chosen]: readonly [number, number]): number => test200[chosen]! - test200[cell]!;
    const change = (part: keyof Cost) =>
      meanOf(pairs.map(([cell, chosen]) => costs[chosen]![part] / costs[cell]![part] - 1));
    return {
      gain: meanOf(pairs.map(gainOf)),
      oracleGain: meanOf(pairs.map(([cell]) => gainOf([cell, best[cell]!]))),
      worse: pairs.filter((pair) => gainOf(pair) < 0).length / pairs.length,
      topGain: meanOf(pairs.filter(([cell]) => top.has(cell)).map(gainOf)),
      params: change('params'),
      madds: change('madds'),
    };
  };
}

/** The cells of the highest test accuracies; among equals those of the lowest numbers. */
function bestCells(test200: Float64Array): Set<number> {
  const cells = Array.from(test200.keys()).sort((a, b) => test200[b]! - test200[a]! || a - b);
  return new Set(cells.slice(0, TOP_CELLS));
}
