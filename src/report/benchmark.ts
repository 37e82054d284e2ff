// What a report says of a benchmark's folder: every method's figures over the seeds that are finished.
import type { Files } from '../../runtime/host/platform.ts';
import { interval } from '../core/statistics.ts';
import { percent } from '../io/format.ts';
import { type JsonObject, parseJsonObject } from '../io/json.ts';
import { section, table } from './html.ts';
import { numeric, settingsOf } from './parts.ts';
import type { ReportContent } from './content.ts';

/** The report of the folder of `nat benchmark nasbench201 --out`. */
export async function benchmarkContent(
  files: Files,
  dir: string,
  config: JsonObject,
): Promise<ReportContent> {
  const methods = new Map<string, JsonObject[]>();
  const seeds = new Set<string>();
  for (const file of (await files.list(dir)).sort()) {
    const [, method, seed] = /^(.+)\.(\d+)\.json$/.exec(file) ?? [];
    if (method === undefined || seed === undefined) continue;
    const path = `${dir}/${file}`;
    const { figures } = parseJsonObject(await files.readText(path), path);
    if (typeof figures !== 'object' || figures === null) continue;
    methods.set(method, [...(methods.get(method) ?? []), figures as JsonObject]);
    seeds.add(seed);
  }
  const rows = [...methods].map(([name, figures]) => {
    const of = (key: string): number[] =>
      figures.map((each) => each[key]).filter((value) => typeof value === 'number');
    return { name, seeds: figures.length, gain: of('gain'), worse: of('worse'), top: of('topGain') };
  });
  const best = Math.max(...rows.map(({ gain }) => interval(gain).mean));
  const cells = rows.map(({ name, seeds: count, gain, worse, top }) => [
    { text: name },
    ...[points(gain), percent(interval(worse).mean), points(top), String(count)].map(numeric),
  ]);
  return {
    kind: 'Benchmark',
    title: `${String(config['benchmark'])}, ${String(config['table'])}`,
    figures: [
      [String(methods.size), 'methods'],
      [String(seeds.size), 'seeds'],
      ...(Number.isFinite(best) ? [[signed(best), 'largest mean gain, points'] as const] : []),
    ],
    sections: [
      section('Methods', [
        table(
          'Gain of test accuracy in points, mean over seeds with its 95% interval',
          ['method', 'gain, all cells', 'made worse', 'gain, 1,000 best', 'seeds'],
          cells,
          (row) => interval(rows[row]!.gain).mean === best,
        ),
      ]),
      section('Configuration', [settingsOf(config)]),
    ],
  };
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;

function points(values: readonly number[]): string {
  if (values.length === 0) return '';
  const { mean, low, high } = interval(values);
  return low === null || high === null ? signed(mean) : `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
}
