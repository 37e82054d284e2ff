// `bench:plot [RESULT.json]`: a result as SVG, beside it; every result where none is named. A benchmark's is its roofline,
// that of `nat benchmark nasbench201` the gains of its methods.
import type { Platform } from '../../runtime/host/platform.ts';
import { defineCommand } from '../../src/cli/command.ts';
import { UserError } from '../../runtime/errors.ts';
import { parseJsonObject } from '../../src/io/json.ts';
import type { BenchmarkResult } from '../../src/benchmark/run.ts';
import { readUserFile } from '../../src/io/user_file.ts';
import { groundTruthSvg } from '../plot/ground_truth.ts';
import { rooflineSvg } from '../plot/roofline.ts';
import { FORMAT, RESULTS } from '../report/result.ts';
import { readResult } from './compare.ts';

export const plot = defineCommand({
  name: 'plot',
  summary: 'draws a result as SVG: its roofline, or what the methods on NAS-Bench-201 gain',
  options: {
    result: {
      type: 'string',
      positional: true,
      placeholder: 'RESULT.json',
      help: `of npm run bench, or of nat benchmark nasbench201 --json (all of ${RESULTS}/)`,
    },
    out: { type: 'string', placeholder: 'FILE', help: 'where the picture goes (beside the result)' },
  },
  async run(platform, options) {
    const results = options.result === undefined ? await drawable(platform) : [options.result];
    if (options.out !== undefined && results.length > 1) {
      throw new UserError(`--out: got one file for ${results.length} results; name the result as well`);
    }
    for (const result of results) {
      const { ending, svg } = await draw(platform, result);
      const out = options.out ?? result.replace(/(\.json)?$/, ending);
      await platform.files.writeAtomic(out, svg);
      platform.terminal.out(`${out}\n`);
    }
  },
});

/** What `nat benchmark nasbench201 --json` prints has methods and what they were judged by. */
const isGroundTruth = (value: object): value is BenchmarkResult => 'methods' in value && 'cells' in value;

async function draw(platform: Platform, path: string): Promise<{ ending: string; svg: string }> {
  const value = parseJsonObject(await readUserFile(platform.files, path, `benchmark results ${path}`), path);
  if (isGroundTruth(value)) return { ending: '.svg', svg: groundTruthSvg(value) };
  return { ending: '.roofline.svg', svg: rooflineSvg(await readResult(platform, path)) };
}

/** The results beside which there are limits; other files of the folder are left alone. */
async function drawable({ files }: Platform): Promise<string[]> {
  const names = (await files.exists(RESULTS)) ? await files.list(RESULTS) : [];
  const found: string[] = [];
  for (const name of names.filter((each) => each.endsWith('.json'))) {
    const path = `${RESULTS}/${name}`;
    const result = parseJsonObject(await files.readText(path), path);
    const { format, limits } = result;
    if ((format === FORMAT && limits) || isGroundTruth(result)) found.push(path);
  }
  if (found.length === 0) throw new UserError(`no results in ${RESULTS}/; make them with npm run bench`);
  return found;
}
