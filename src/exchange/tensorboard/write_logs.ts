// Runs as TensorBoard reads them: a folder for each, with one event file of its curves, its settings and its cells.
import type { Files } from '../../../runtime/host/platform.ts';
import { genotypeFromJson } from '../../arch/genotype_file.ts';
import { drawGenotype } from '../../draw/cell.ts';
import { type JsonObject, parseJsonObject } from '../../io/json.ts';
import { curvesOf, type RunCurve } from '../../run/curves.ts';
import { type CurvePoint, folderOf, readCurves, runsIn } from '../../run/records.ts';
import { readTimes } from '../../run/times.ts';
import { eventFile, imageEvent, scalarEvent, textEvent, versionEvent } from './events.ts';

/** What files of a run are texts. */
const TEXTS = ['config.json', 'environment.json', 'result.json'];

/** Makes a PNG of an SVG picture. */
export type Png = (svg: string) => Uint8Array<ArrayBuffer>;

/**
 * Writes the runs in `dir` (a run folder, or that of an experiment) into `logs`; whatever a run wrote there before is
 * replaced, so the same call shows how far a run has come. Resolves to the names of the runs.
 * @param png null where pictures are to be left out
 */
export async function writeTensorBoard(
  files: Files,
  dir: string,
  logs: string,
  png: Png | null,
): Promise<string[]> {
  const values = await readCurves(files, dir);
  const names: string[] = [];
  for (const run of await runsIn(files, dir)) {
    const folder = folderOf(dir, run);
    const name = run === '.' ? lastName(dir) : run;
    const own = values.filter((value) => value.run === run);
    const seconds = secondsOf(own, await readTimes(files, folder));
    const events = [
      versionEvent,
      ...(await textsOf(files, folder)),
      ...(png ? await picturesOf(files, folder, png) : []),
      ...curvesOf(own).flatMap((curve) => scalarsOf(curve, seconds)),
    ];
    await files.makeDirectory(`${logs}/${name}`);
    await files.writeAtomic(`${logs}/${name}/events.out.tfevents.0.nat`, eventFile(events));
    names.push(name);
  }
  return names;
}

const lastName = (path: string): string => path.split(/[/\\]/).findLast((part) => /[^.]/.test(part)) ?? 'run';

const lineOf = ({ epoch, phase, step }: CurvePoint): string => `${epoch} ${phase} ${step}`;

/** When each line was written, from the run's beginning; for one that has no time, that of the line before it. */
function secondsOf(values: readonly CurvePoint[], times: ReadonlyMap<string, number>): Map<string, number> {
  let now = 0;
  return new Map(
    values.map((value) => {
      now = times.get(lineOf(value)) ?? now;
      return [lineOf(value), now / 1000];
    }),
  );
}

const scalarsOf = ({ phase, metric, points }: RunCurve, seconds: ReadonlyMap<string, number>) =>
  points.map(({ x, y, point }) => scalarEvent(`${phase}/${metric}`, x, y, seconds.get(lineOf(point))!));

async function textsOf(files: Files, folder: string) {
  const events = [];
  for (const name of TEXTS) {
    if (!(await files.exists(`${folder}/${name}`))) continue;
    const text = await files.readText(`${folder}/${name}`);
    events.push(textEvent(name.replace('.json', ''), `\`\`\`json\n${text}\n\`\`\``));
  }
  return events;
}

/** The cells of the architecture that a training trains. */
async function picturesOf(files: Files, folder: string, png: Png) {
  const path = `${folder}/config.json`;
  const { blueprint } = parseJsonObject(await files.readText(path), path);
  if (typeof blueprint !== 'object' || blueprint === null) return [];
  const genotype = genotypeFromJson((blueprint as JsonObject)['genotype'], path);
  const bytes = png(drawGenotype(genotype, { theme: 'light' }));
  return [imageEvent('cells', bytes, pngSize(bytes))];
}

/** By the file's first chunk, which begins after 16 bytes. */
function pngSize(bytes: Uint8Array<ArrayBuffer>): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
