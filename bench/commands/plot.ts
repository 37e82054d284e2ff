// `bench:plot RESULT.json`: the roofline of a result as SVG, beside it.
import { defineCommand } from '../../src/cli/command.ts';
import { UserError } from '../../src/errors.ts';
import { rooflineSvg } from '../plot/roofline.ts';
import { readResult } from './compare.ts';

export const plot = defineCommand({
  name: 'plot',
  summary: 'draws the roofline of a result as SVG',
  options: {
    result: {
      type: 'string',
      positional: true,
      required: true,
      placeholder: 'RESULT.json',
      help: 'a result of npm run bench',
    },
    out: { type: 'string', placeholder: 'FILE', help: 'where the picture goes (RESULT.roofline.svg)' },
  },
  async run(platform, options) {
    const { result } = options;
    const out = options.out ?? result.replace(/\.json$/, '.roofline.svg');
    if (out === result) throw new UserError(`${result}: expected the name of a result, ending in .json`);
    await platform.files.writeAtomic(out, rooflineSvg(await readResult(platform, result)));
    platform.terminal.out(`${out}\n`);
  },
});
