// The curves of a run out of its lines of metrics: one chart for each thing that is measured.
import { html, type TemplateResult } from 'lit-html';
import type { MetricsRow } from '../../../run/observer.ts';
import type { App } from '../app.ts';
import { curveFile } from '../drawings.ts';
import { figure, percent } from '../format.ts';

import type { Term } from '../words/terms.ts';
import type { ChartData } from './chart.ts';
import { pictureButtons } from './take_away.ts';
import { term } from './term.ts';

/** A chart of a run. */
export interface CurveKind {
  readonly id: string;
  readonly title: string;
  readonly term: Term;
  readonly unit: string;
  readonly phase: string;
  /** Column of metrics.jsonl -> its name in the legend. */
  readonly columns: Readonly<Record<string, string>>;
  readonly format: (value: number) => string;
}

export const SEARCH_CURVES: readonly CurveKind[] = [
  {
    id: 'reward',
    title: 'Reward',
    term: 'reward',
    unit: 'gain in accuracy',
    phase: 'policy',
    columns: { reward: 'reward' },
    format: figure,
  },
  {
    id: 'entropy',
    title: 'Entropy',
    term: 'entropy',
    unit: 'nats',
    phase: 'policy',
    columns: { entropy: 'entropy' },
    format: figure,
  },
  {
    id: 'change',
    title: 'Before and after',
    term: 'accuracy',
    unit: 'accuracy of random cells',
    phase: 'policy',
    columns: { accuracyBefore: 'before', accuracyAfter: 'after' },
    format: (value) => percent(value, 0),
  },
  {
    id: 'loss',
    title: 'Loss',
    term: 'loss',
    unit: 'nats, training images',
    phase: 'weights',
    columns: { loss: 'loss' },
    format: figure,
  },
  {
    id: 'accuracy',
    title: 'Accuracy',
    term: 'accuracy',
    unit: 'of training images',
    phase: 'weights',
    columns: { accuracy: 'accuracy' },
    format: (value) => percent(value, 0),
  },
];

export const TRAIN_CURVES: readonly CurveKind[] = [
  {
    id: 'loss',
    title: 'Loss',
    term: 'loss',
    unit: 'nats, training images',
    phase: 'train',
    columns: { loss: 'loss' },
    format: figure,
  },
  {
    id: 'accuracy',
    title: 'Accuracy',
    term: 'accuracy',
    unit: 'of training images',
    phase: 'train',
    columns: { top1: 'accuracy' },
    format: (value) => percent(value, 0),
  },
  {
    id: 'test',
    title: 'Accuracy in the test',
    term: 'accuracy',
    unit: 'of test images, which trained nothing',
    phase: 'test',
    columns: { top1: 'accuracy' },
    format: (value) => percent(value, 0),
  },
];

/** The charts of a kind of run. */
export const curvesOf = (kind: 'search' | 'train'): readonly CurveKind[] =>
  kind === 'search' ? SEARCH_CURVES : TRAIN_CURVES;

const MADE = new WeakMap<readonly MetricsRow[], Map<string, ChartData>>();

/** Rows of a phase as a chart; the same object while the rows are the same, so that nothing is drawn twice. */
export function chartOf(rows: readonly MetricsRow[], kind: CurveKind): ChartData {
  const known = MADE.get(rows) ?? new Map<string, ChartData>();
  MADE.set(rows, known);
  let chart = known.get(kind.id);
  if (!chart) {
    const own = rows.filter(({ phase }) => phase === kind.phase);
    const { x, xName } = placesOf(own);
    const curves = Object.entries(kind.columns).map(([column, name]) => ({
      name,
      y: own.map((row) => (typeof row[column] === 'number' ? row[column] : null)),
    }));
    known.set(kind.id, (chart = { x, xName, curves, format: kind.format }));
  }
  return chart;
}

/** Steps are counted within an epoch; a curve runs through all of them. */
function placesOf(rows: readonly MetricsRow[]): Pick<ChartData, 'x' | 'xName'> {
  if (rows.every(({ step }) => typeof step !== 'number')) {
    return { x: rows.map(({ epoch }) => Number(epoch) + 1), xName: 'epoch' };
  }
  let before = 0;
  let last = 0;
  const x = rows.map(({ step }) => {
    const here = Number(step ?? last);
    if (here <= last) before += last;
    last = here;
    return before + here;
  });
  return { x, xName: 'step' };
}

/** One chart with its title, and as a picture to take away. */
export function curveFigure(
  app: App,
  title: string,
  kind: CurveKind,
  data: ChartData,
  file: string,
): TemplateResult {
  const last = data.curves.map(({ name, y }) => {
    const value = y.at(-1);
    return `${name} ${value === null || value === undefined ? 'none yet' : kind.format(value)}`;
  });
  return html`
    <figure class="curve">
      <figcaption>
        <span>${term(kind.term, title)} <span class="unit">${kind.unit}</span></span>
        <span class="curve-files">
          ${pictureButtons(app, `${file}-${kind.id}`, () => curveFile(`${title}, ${kind.unit}`, data), title)}
        </span>
      </figcaption>
      <nat-chart
        .data=${data}
        role="img"
        aria-label=${`${title} over ${data.xName}s; at last: ${last.join(', ')}`}
      ></nat-chart>
    </figure>
  `;
}
