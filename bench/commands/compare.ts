// `bench:compare A.json B.json`: two results, their ratios, and which differences exceed the noise.
import type { Platform } from '../../runtime/host/platform.ts';
import { defineCommand } from '../../src/cli/command.ts';
import { UserError } from '../../runtime/errors.ts';
import { readUserFile } from '../../src/io/user_file.ts';
import { compareResults, formatComparison } from '../report/compare.ts';
import { type BenchResult, parseResult } from '../report/result.ts';

export async function readResult({ files }: Platform, path: string): Promise<BenchResult> {
  return parseResult(await readUserFile(files, path, `benchmark results ${path}`), path);
}

export const compare = defineCommand({
  name: 'compare',
  summary: 'compares two results: ratios, and which differences exceed the noise',
  options: {
    a: {
      type: 'string',
      positional: true,
      required: true,
      placeholder: 'A.json',
      help: 'what to compare with',
    },
    b: { type: 'string', positional: true, required: true, placeholder: 'B.json', help: 'what is compared' },
    json: { type: 'boolean', help: 'print JSON instead of a table' },
  },
  async run(platform, options) {
    const a = await readResult(platform, options.a);
    const b = await readResult(platform, options.b);
    const compared = compareResults(a, b);
    if (compared.rows.length === 0) {
      throw new UserError(`${options.a} and ${options.b} have no benchmark of the same sizes in common`);
    }
    platform.terminal.out(options.json ? `${JSON.stringify(compared)}\n` : formatComparison(a, b));
  },
});
