// `bench:plot [RESULT.json]`: the roofline of a result as SVG, beside it; of every result where none is named.
import type { Platform } from '../../runtime/host/platform.ts';
import { defineCommand } from '../../src/cli/command.ts';
import { UserError } from '../../runtime/errors.ts';
import { parseJsonObject } from '../../src/io/json.ts';
import { rooflineSvg } from '../plot/roofline.ts';
import { FORMAT, RESULTS } from '../report/result.ts';
import { readResult } from './compare.ts';

export const plot = defineCommand({
  name: 'plot',
  summary: 'draws the roofline of a result as SVG',
  options: {
    result: {
      type: 'string',
      positional: true,
      placeholder: 'RESULT.json',
      help: `a result of npm run bench (all of ${RESULTS}/)`,
    },
    out: { type: 'string', placeholder: 'FILE', help: 'where the picture goes (RESULT.roofline.svg)' },
  },
  async run(platform, options) {
    const results = options.result === undefined ? await drawable(platform) : [options.result];
    if (options.out !== undefined && results.length > 1) {
      throw new UserError(`--out: got one file for ${results.length} results; name the result as well`);
    }
    for (const result of results) {
      const out = options.out ?? result.replace(/(\.json)?$/, '.roofline.svg');
      await platform.files.writeAtomic(out, rooflineSvg(await readResult(platform, result)));
      platform.terminal.out(`${out}\n`);
    }
  },
});

/** The results beside which there are limits; other files of the folder are left alone. */
async function drawable({ files }: Platform): Promise<string[]> {
  const names = (await files.exists(RESULTS)) ? await files.list(RESULTS) : [];
  const found: string[] = [];
  for (const name of names.filter((each) => each.endsWith('.json'))) {
    const path = `${RESULTS}/${name}`;
    const { format, limits } = parseJsonObject(await files.readText(path), path);
    if (format === FORMAT && limits) found.push(path);
  }
  if (found.length === 0) throw new UserError(`no results in ${RESULTS}/; make them with npm run bench`);
  return found;
}
