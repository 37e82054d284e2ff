// What runs found as rows of four columns, for other programs: curves, from metrics.jsonl, and results. The columns are
// stable; new kinds of runs bring new names of metrics.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { type JsonObject, parseJsonObject } from '../io/json.ts';
import { readJsonLines } from '../io/json_lines.ts';

/** A value of a line of metrics.jsonl. */
export interface CurvePoint {
  /** The run folder, from the folder that was asked about on; '.' for that itself. */
  readonly run: string;
  readonly phase: string;
  readonly epoch: number;
  /** Null for what belongs to an epoch as a whole. */
  readonly step: number | null;
  readonly metric: string;
  readonly value: number;
}

/** A number that a finished run, or a transformation of an experiment, ended with. */
export interface ResultValue {
  readonly run: string;
  /** Where it stands in the result, joined by dots: 'test.top1'. */
  readonly metric: string;
  readonly value: number;
}

/** Where the runs of an experiment lie. */
const EXPERIMENT_FOLDERS = ['searches', 'trainings'];
const DERIVATIONS = 'derivations';

/** Run folders: the folder itself, or those of the experiment in it. Throws UserError where there are none. */
export async function runsIn(files: Files, dir: string): Promise<string[]> {
  if (await files.exists(`${dir}/config.json`)) return ['.'];
  const runs: string[] = [];
  for (const folder of EXPERIMENT_FOLDERS) {
    if (!(await files.exists(`${dir}/${folder}`))) continue;
    for (const name of (await files.list(`${dir}/${folder}`)).sort()) runs.push(`${folder}/${name}`);
  }
  if (runs.length > 0) return runs;
  throw new UserError(`${dir}: neither a run folder nor that of an experiment with runs; give one of those`);
}

/** The transformations of an experiment, 'derivations/NAME' for the file NAME.json; none where it has none. */
export async function derivationsIn(files: Files, dir: string): Promise<string[]> {
  const folder = `${dir}/${DERIVATIONS}`;
  const entries = (await files.exists(folder)) ? await files.list(folder) : [];
  const names = entries.filter((name) => name.endsWith('.json')).sort();
  return names.map((name) => `${DERIVATIONS}/${name.slice(0, -'.json'.length)}`);
}

/** The folder of one of `runsIn`. */
export const folderOf = (dir: string, run: string): string => (run === '.' ? dir : `${dir}/${run}`);

/** All lines of metrics.jsonl, run by run. A last line that is not whole yet is left out. */
export async function readCurves(files: Files, dir: string): Promise<CurvePoint[]> {
  const points: CurvePoint[] = [];
  for (const run of await runsIn(files, dir)) {
    const path = `${folderOf(dir, run)}/metrics.jsonl`;
    const lines = await readJsonLines(files, path);
    lines.forEach(({ epoch, phase, step = null, ...values }, i) => {
      if (typeof epoch !== 'number' || typeof phase !== 'string') {
        throw new UserError(`${path}, line ${i + 1}: expected an epoch and a phase`);
      }
      for (const [metric, value] of Object.entries(values)) {
        if (typeof value !== 'number') continue;
        points.push({ run, phase, epoch, step: typeof step === 'number' ? step : null, metric, value });
      }
    });
  }
  return points;
}

/** The numbers of result.json of all runs that are finished, and of an experiment's transformations. */
export async function readResults(files: Files, dir: string): Promise<ResultValue[]> {
  const results: ResultValue[] = [];
  const add = async (run: string, path: string): Promise<void> => {
    const result = parseJsonObject(await files.readText(path), path);
    for (const [metric, value] of numbersIn(result)) results.push({ run, metric, value });
  };
  for (const run of await runsIn(files, dir)) {
    const path = `${folderOf(dir, run)}/result.json`;
    if (await files.exists(path)) await add(run, path);
  }
  for (const run of await derivationsIn(files, dir)) await add(run, `${dir}/${run}.json`);
  return results;
}

/** Every number in objects, by the names that lead to it; lists have names of their own to come and are left out. */
function numbersIn(value: JsonObject, prefix = ''): [string, number][] {
  return Object.entries(value).flatMap(([key, inner]): [string, number][] => {
    if (typeof inner === 'number') return [[prefix + key, inner]];
    const isObject = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
    return isObject ? numbersIn(inner as JsonObject, `${prefix}${key}.`) : [];
  });
}

export type RecordFormat = 'csv' | 'jsonl';

/** Rows of the same columns as text: a line of names first in CSV (RFC 4180), lists as JSON; an object a line in JSON lines. */
export function formatRecords<T extends object>(
  columns: readonly (keyof T & string)[],
  rows: readonly T[],
  format: RecordFormat,
): string {
  if (format === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const lines = rows.map((row) => columns.map((column) => cell(row[column])).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}

const cell = (value: unknown): string => {
  const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
