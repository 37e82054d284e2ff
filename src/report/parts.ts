// What reports of all kinds of runs are made of: curves, cells, candidates, costs, settings.
import { type CellKind, CELL_KINDS, type Genotype } from '../arch/genotype.ts';
import { genotypeFromJson } from '../arch/genotype_file.ts';
import { interval } from '../core/statistics.ts';
import type { CandidateRecord } from '../derive/candidate_records.ts';
import { drawGenotype } from '../draw/cell.ts';
import { type Curve, drawCurves } from '../draw/curves.ts';
import { drawTransformation } from '../draw/transformation.ts';
import { millions, percent } from '../io/format.ts';
import type { JsonObject } from '../io/json.ts';
import { curvesOf, type RunCurve } from '../run/curves.ts';
import type { CurvePoint } from '../run/records.ts';
import { escapeHtml, facts, figure, table } from './html.ts';

/** What a report says of metrics whose names do not say it themselves. */
const METRIC_NAMES: Readonly<Record<string, string>> = {
  loss: 'loss',
  accuracy: 'accuracy (%)',
  top1: 'top-1 accuracy (%)',
  top5: 'top-5 accuracy (%)',
  reward: 'reward (points)',
  baseline: 'baseline of the reward (points)',
  accuracyBefore: 'accuracy before the transformation (%)',
  accuracyAfter: 'accuracy after the transformation (%)',
  logProb: 'log probability of what was drawn',
  entropy: 'entropy of the policy (nats)',
  lr: 'learning rate',
};

/** Metrics that are shares, and shown in percent. */
const SHARES = ['accuracy', 'top1', 'top5', 'reward', 'baseline', 'accuracyBefore', 'accuracyAfter'];

/** Metrics that belong into one chart, under the name of the chart. */
const TOGETHER: Readonly<Record<string, string>> = {
  accuracyBefore: 'accuracy under the policy (%)',
  accuracyAfter: 'accuracy under the policy (%)',
};

/** Numbers that do not change over a run, and say nothing as curves. */
const NO_CURVES = ['images'];

/** Charts of all metrics, over epochs: one a metric, a curve for every phase, and the mean over runs with its interval. */
export function chartsOf(values: readonly CurvePoint[]): string[] {
  const charts = new Map<string, Map<string, RunCurve[]>>();
  for (const curve of curvesOf(values)) {
    if (NO_CURVES.includes(curve.metric)) continue;
    const title = TOGETHER[curve.metric] ?? METRIC_NAMES[curve.metric] ?? curve.metric;
    const series = charts.get(title) ?? new Map<string, RunCurve[]>();
    charts.set(title, series);
    const name = TOGETHER[curve.metric] ? curve.metric.replace('accuracy', '').toLowerCase() : curve.phase;
    series.set(name, [...(series.get(name) ?? []), curve]);
  }
  const figures = [...charts].map(([title, series]) => {
    const curves = [...series].map(([name, runs]) => meanCurve(name, runs));
    const svg = drawCurves(curves, {
      xLabel: 'epoch',
      yLabel: title,
      width: 400,
      height: 230,
      standalone: false,
    });
    return `<figure class="scroll" tabindex="0" aria-label="${escapeHtml(title)}">${svg}</figure>`;
  });
  return figures.length === 0 ? [] : [`<div class="charts">\n${figures.join('\n')}\n</div>`];
}

/** Over epochs; of several runs their mean, with the 95% interval, where all have a value. */
function meanCurve(name: string, runs: readonly RunCurve[]): Curve {
  const scale = SHARES.includes(runs[0]!.metric) ? 100 : 1;
  const byPlace = new Map<number, number[]>();
  for (const { points, unit } of runs) {
    const stepsAnEpoch = Math.max(1, ...points.map(({ point }) => point.step ?? 0));
    for (const { x, y } of points) {
      const epoch = unit === 'epoch' ? x : x / stepsAnEpoch;
      byPlace.set(epoch, [...(byPlace.get(epoch) ?? []), scale * y]);
    }
  }
  const places = [...byPlace].filter(([, ys]) => ys.length === runs.length).sort(([a], [b]) => a - b);
  const points = places.map(([x, ys]) => {
    const { mean, low, high } = interval(ys);
    return { x, y: mean, ...(low === null || high === null ? {} : { low, high }) };
  });
  return { name: runs.length === 1 ? name : `${name}, ${runs.length} runs`, points };
}

/** A transformation in the form of `nat derive --json`. */
export interface RecordedTransformation {
  readonly before: Genotype;
  readonly after: Genotype;
  readonly json: JsonObject;
}

/** Throws UserError, opened by `label`, for what is none. */
export const readTransformation = (json: JsonObject, label: string): RecordedTransformation => ({
  before: genotypeFromJson(json['input'], `${label}: input`),
  after: genotypeFromJson(json['output'], `${label}: output`),
  json,
});

/** Both cells before and after. */
export function transformationFigure({ before, after }: RecordedTransformation): string {
  const name = before.name ?? 'the architecture';
  const svg = drawTransformation(before, { ...after, name: `${name}, transformed` }, { standalone: false });
  return figure(svg, `${name} before and after, with what became of its edges`);
}

/** Both cells of an architecture. */
export const cellsFigure = (genotype: Genotype): string =>
  figure(
    drawGenotype(genotype, { standalone: false }),
    `the cells of ${genotype.name ?? 'the architecture'}`,
  );

const pair = (value: unknown): { before: number; after: number } | null => {
  const { before, after } = (value ?? {}) as JsonObject;
  return typeof before === 'number' && typeof after === 'number' ? { before, after } : null;
};

/** Accuracies and costs before and after. */
export function transformationTable({ json }: RecordedTransformation): string {
  const accuracy = (json['accuracy'] ?? {}) as JsonObject;
  const images = (of: unknown): string => String((of as JsonObject | undefined)?.['images'] ?? 'the');
  const million = (value: number): string => `${millions(value, 2)} M`;
  const rows = [
    [`accuracy on ${images(accuracy['selection'])} images that chose`, accuracy['selection'], percent],
    [`accuracy on ${images(accuracy['test'])} test images`, accuracy['test'], percent],
    ['parameters', json['params'], million],
    ['multiply-adds', json['madds'], million],
    ['latency', json['latency'], (value: number) => `${value.toFixed(2)} ms`],
  ] as const;
  const cells = rows.flatMap(([name, value, show]) => {
    const found = pair(value);
    if (!found) return [];
    return [[{ text: name }, numeric(show(found.before)), numeric(show(found.after))]];
  });
  return table(
    'Accuracies under the shared weights; costs of the CIFAR-10 network (36 channels, 20 cells)',
    ['', 'before', 'after'],
    cells,
  );
}

export const numeric = (text: string) => ({ text, numeric: true });

/** All transformations that were drawn, the chosen one emphasised. */
export function candidatesTable(candidates: readonly CandidateRecord[]): string {
  const rows = candidates.map(({ candidate, chosen, accuracy, params, madds, changed }) => [
    { text: `${candidate + 1}${chosen ? ', chosen' : ''}` },
    ...[percent(accuracy), String(changed), millions(params, 2), millions(madds, 1)].map(numeric),
  ]);
  return table(
    'Drawn transformations, in their order',
    ['candidate', 'accuracy, choosing', 'edges changed', 'parameters (M)', 'multiply-adds (M)'],
    rows,
    (row) => candidates[row]!.chosen,
  );
}

/** Settings by name; objects by the names that lead to a value. Genotypes are pictures elsewhere and left out. */
export function settingsOf(value: JsonObject): string {
  const pairs = flattened(value).map(([name, inner]) => {
    const short = typeof inner === 'number' ? Number(inner.toPrecision(6)) : inner;
    const text = typeof short === 'string' ? short : JSON.stringify(short);
    return [name, text.length > 80 ? `${text.slice(0, 79)}…` : text] as const;
  });
  return facts(pairs);
}

const IN_PICTURES = ['genotype', ...CELL_KINDS.flatMap((kind: CellKind) => [kind, `${kind}_concat`])];

function flattened(value: JsonObject, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
    if (IN_PICTURES.includes(key)) return [];
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isObject ? flattened(inner as JsonObject, `${prefix}${key}.`) : [[prefix + key, inner]];
  });
}

/** The most important figures, large. */
export const tiles = (figures: readonly (readonly [value: string, name: string])[]): string =>
  figures.length === 0
    ? ''
    : `<ul class="tiles">${figures
        .map(([value, name]) => `<li><b>${escapeHtml(value)}</b><span>${escapeHtml(name)}</span></li>`)
        .join('')}</ul>`;
