// How the policy's mind changes while one watches: the mean probability of each action over the edges of the cell on
// screen, each time that it was asked.
import type { EdgeProbabilities } from '../../protocol.ts';
import { percent } from '../format.ts';
import type { ChartData } from './chart.ts';
import type { CurveKind } from './curves.ts';
import { ACTION_WORDS } from './edge_panel.ts';

/** The chart of it. */
export const TENDENCY: CurveKind = {
  id: 'actions',
  title: 'Actions',
  term: 'policy',
  unit: 'mean probability on this cell',
  phase: 'policy',
  columns: {},
  format: (value) => percent(value, 0),
};

/** What was heard of one run. */
export class Tendency {
  #x: number[] = [];
  #names: readonly string[] = [];
  #means: number[][] = [];

  /** @param share how far the run was, 0 to 1 */
  note(share: number, { actions, values }: EdgeProbabilities): void {
    const x = 100 * share;
    if (values.length === 0 || x <= (this.#x.at(-1) ?? -1)) return;
    this.#names = actions.map((action) => ACTION_WORDS[action] ?? action);
    this.#x = [...this.#x, x];
    const means = actions.map(
      (_, i) => values.reduce((sum, edge) => sum + (edge[i] ?? 0), 0) / values.length,
    );
    this.#means = [...this.#means, means];
    this.#chart = null;
  }

  #chart: ChartData | null = null;

  /** The same object until something is noted. */
  get chart(): ChartData {
    return (this.#chart ??= {
      x: this.#x,
      xName: '% of the run',
      curves: this.#names.map((name, i) => ({ name, y: this.#means.map((means) => means[i] ?? null) })),
      format: TENDENCY.format,
    });
  }
}
