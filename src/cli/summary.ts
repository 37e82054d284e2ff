// What a run has measured so far, as lines above its bar: a sparkline for each metric worth watching, and its last value.
import { sparkline } from '../draw/sparkline.ts';
import type { MetricsRow } from '../run/observer.ts';
import type { Style } from './layout.ts';

/** Metrics that are shown, in this order, of whatever phases have them. */
const SHOWN = ['loss', 'accuracy', 'top1', 'reward', 'entropy'];

/** More lines would leave little of the screen. */
const MOST_LINES = 6;

/** A terminal with less columns shows the bar alone. */
export const SUMMARY_COLUMNS = 80;

/** Characters of a sparkline. */
const WIDTH = 40;

/** Values of a series that are kept; neighbours are merged where there are more. */
const KEPT = 4096;

export interface Summary {
  /** Takes in a line of metrics.jsonl. */
  add(row: MetricsRow): void;
  /** Nothing before two values of a metric are there. */
  lines(style: Style): string[];
}

export function createSummary(): Summary {
  const series = new Map<string, { readonly metric: string; values: number[]; last: number }>();
  return {
    add({ phase, ...row }) {
      for (const metric of SHOWN) {
        const value = row[metric];
        if (typeof value !== 'number') continue;
        const name = `${String(phase)} ${metric}`;
        const known = series.get(name) ?? { metric, values: [], last: value };
        series.set(name, known);
        known.values.push(value);
        known.last = value;
        if (known.values.length > KEPT) known.values = merged(known.values);
      }
    },
    lines({ dim }) {
      const long = [...series].filter(([, { values }]) => values.length > 1);
      const order = long.sort(([, a], [, b]) => SHOWN.indexOf(a.metric) - SHOWN.indexOf(b.metric));
      return order.slice(0, MOST_LINES).map(([name, { values, last }]) => {
        const curve = sparkline(values, WIDTH).padEnd(WIDTH);
        return `${dim(name.slice(0, 20).padEnd(20))} ${curve} ${Number(last.toPrecision(4))}`;
      });
    },
  };
}

const merged = (values: readonly number[]): number[] =>
  Array.from({ length: Math.ceil(values.length / 2) }, (_, i) => {
    const [a, b = a] = [values[2 * i]!, values[2 * i + 1]];
    return (a + b) / 2;
  });
