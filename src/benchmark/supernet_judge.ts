// What accuracies under shared weights, and costs that need no training at all, know of the accuracies of networks
// trained on their own.
import { progressOrStop, type RunObserver } from '../run/observer.ts';
import { bootstrap, type Estimate } from './bootstrap.ts';
import { networkCosts } from './cost.ts';
import { kendallTau, spearmanRho } from './rank_correlation.ts';
import { pause } from './run.ts';
import { parseCell } from './space.ts';
import type { SupernetRunResult } from './supernet_run.ts';
import { ACCURACIES, type BenchmarkTable } from './table.ts';
import { chanceOverlap, topOverlap } from './top_overlap.ts';

/** Of the cells, that count as the best. */
const TOP_SHARE = 0.1;

export interface Agreement {
  readonly predictor: string;
  /** The column of the table that it predicts. */
  readonly column: (typeof ACCURACIES)[number];
  /** Kendall's tau-b and Spearman's rho, with their 95% bootstrap intervals. */
  readonly kendall: Estimate;
  readonly spearman: Estimate;
  /** Kendall's tau-b among the half of the cells that are the best by the column. */
  readonly kendall_best_half: Estimate;
  /** Share of the column's best tenth that is in the predictor's. */
  readonly top_tenth: number;
}

/** What `nat benchmark nasbench201 --supernet --json` prints. */
export interface SupernetBenchmarkResult {
  readonly table: string;
  readonly seed: number;
  readonly supernet: SupernetRunResult;
  readonly agreement: readonly Agreement[];
  /** Between what the overlap of the best tenths lies by chance, in 95 of 100 cases. */
  readonly top_tenth_by_chance: { readonly low: number; readonly high: number };
}

/**
 * Compares a finished run with a table. Throws Interrupted once the user has asked to stop.
 * @param seed of the bootstrap
 */
export async function judgeSupernet(
  supernet: SupernetRunResult,
  table: BenchmarkTable,
  seed: number,
  observer: Pick<RunObserver, 'progress' | 'interrupted'>,
): Promise<SupernetBenchmarkResult> {
  const cells = supernet.cells.map(({ architecture }) => parseCell(architecture, 'result'));
  const costs = networkCosts();
  const columnOf = (name: Agreement['column']): number[] => cells.map((cell) => table[name][cell]!);
  const predictors = {
    'shared weights': supernet.cells.map(({ accuracy }) => accuracy),
    parameters: cells.map((cell) => costs[cell]!.params),
    'multiply-adds': cells.map((cell) => costs[cell]!.madds),
    // what twelve epochs of training of every network on its own know
    validation12: columnOf('validation12'),
  };
  const rows = Object.entries(predictors).flatMap(([predictor, values]) => {
    const columns = predictor === 'validation12' ? (['test200'] as const) : ACCURACIES;
    return columns.map((column) => ({ predictor, values, column }));
  });
  const agreement: Agreement[] = [];
  for (const { predictor, values, column } of rows) {
    agreement.push(agreementOf(predictor, values, column, columnOf(column), seed));
    await pause();
    progressOrStop(observer, { label: 'comparison', done: agreement.length, total: rows.length });
  }
  const top_tenth_by_chance = chanceOverlap(cells.length, topCount(cells.length));
  return { table: table.name, seed, supernet, agreement, top_tenth_by_chance };
}

const topCount = (cells: number): number => Math.max(1, Math.round(TOP_SHARE * cells));

function agreementOf(
  predictor: string,
  predicted: readonly number[],
  column: Agreement['column'],
  actual: readonly number[],
  seed: number,
): Agreement {
  const among =
    (correlation: typeof kendallTau, cells: readonly number[]) =>
    (drawn: readonly number[]): number | null => {
      const chosen = drawn.map((i) => cells[i]!);
      return correlation(
        chosen.map((cell) => predicted[cell]!),
        chosen.map((cell) => actual[cell]!),
      );
    };
  const all = Array.from(actual, (_, i) => i);
  const bestHalf = all
    .toSorted((a, b) => actual[b]! - actual[a]! || a - b)
    .slice(0, Math.ceil(all.length / 2));
  const estimate = (correlation: typeof kendallTau, cells: readonly number[]): Estimate =>
    bootstrap(cells.length, seed, among(correlation, cells));
  return {
    predictor,
    column,
    kendall: estimate(kendallTau, all),
    spearman: estimate(spearmanRho, all),
    kendall_best_half: estimate(kendallTau, bestHalf),
    top_tenth: topOverlap(predicted, actual, topCount(all.length)),
  };
}
