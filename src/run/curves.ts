// Curves of a run over one axis: metrics.jsonl counts steps anew in every epoch.
import type { CurvePoint } from './records.ts';

/** All values of a metric of a run. */
export interface RunCurve {
  /** As in `CurvePoint`. */
  readonly run: string;
  readonly phase: string;
  readonly metric: string;
  /** What `x` counts: steps of the phase since the run began, or epochs where a value belongs to a whole one. */
  readonly unit: 'step' | 'epoch';
  readonly points: readonly { readonly x: number; readonly y: number; readonly point: CurvePoint }[];
}

/** The values grouped by run, phase and metric, in the order in which these first came. */
export function curvesOf(values: readonly CurvePoint[]): RunCurve[] {
  // an epoch has as many steps as its longest one had
  const lengths = new Map<string, number>();
  for (const { run, phase, step } of values) {
    const key = `${run} ${phase}`;
    lengths.set(key, Math.max(lengths.get(key) ?? 0, step ?? 0));
  }
  const curves = new Map<string, RunCurve & { points: RunCurve['points'][number][] }>();
  for (const value of values) {
    const { run, phase, metric, epoch, step } = value;
    const key = `${run} ${phase} ${metric}`;
    const unit = step === null ? 'epoch' : 'step';
    let curve = curves.get(key);
    if (!curve) curves.set(key, (curve = { run, phase, metric, unit, points: [] }));
    const x = step === null ? epoch + 1 : epoch * lengths.get(`${run} ${phase}`)! + step;
    curve.points.push({ x, y: value.value, point: value });
  }
  return [...curves.values()];
}
