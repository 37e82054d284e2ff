// What the page's worker keeps and reads without a GPU: data sets, records of runs, help for browsers, ground truth.
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { PageHost } from '../runtime/host/browser/page_host.ts';
import { type MemoryFiles, memoryFiles } from '../runtime/host/memory_files.ts';
import type { Announcement, RunRecord } from '../src/app/protocol.ts';
import type { App } from '../src/app/worker/app.ts';
import { helpFor } from '../src/app/worker/browser_help.ts';
import { datasetHandlers } from '../src/app/worker/datasets.ts';
import { FinishedRuns } from '../src/app/worker/finished.ts';
import { groundTruthHandlers } from '../src/app/worker/ground_truth.ts';
import { readRecords, writeRecord } from '../src/app/worker/records.ts';
import { RunQueue } from '../src/app/worker/run_queue.ts';
import { runHandlers } from '../src/app/worker/runs.ts';
import { reportStatus } from '../src/app/worker/status.ts';
import { loadCifar10 } from '../src/data/cifar10.ts';
import { createRng } from '../src/core/rng.ts';
import { serializeSafetensors } from '../src/io/safetensors.ts';
import { reportOf } from '../src/report/report.ts';
import { ALL_STRINGS, mean, plainTransformations, readBenchmarkTable } from './support/benchmark.ts';
import { readRepositoryFile } from './support/repository.ts';
import { FILE_NAMES, smallFiles } from './support/small_cifar10.ts';
import { buildTar } from './support/tar_builder.ts';

const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'not refused',
    (error: Error) => error.message,
  );

function appWith(files: MemoryFiles): App & { readonly said: Announcement[] } {
  const said: Announcement[] = [];
  const readAsset = async (path: string) => readRepositoryFile(`src/benchmark/${path}`);
  return {
    said,
    host: { files, readAsset } as unknown as PageHost,
    listAdapters: async () => [],
    openEngine: () => Promise.reject(new Error('no engine in this test')),
    announce: (announcement) => void said.push(announcement),
  };
}

const six = (): File[] => [...smallFiles()].map(([name, bytes]) => new File([bytes], name));

test('data sets: six files or their archive are kept whole, and anything less not at all', async () => {
  const files = memoryFiles();
  const data = datasetHandlers(appWith(files));
  const made = await data.importDataset({ name: 'my images', files: six() });
  assert.equal([made.images, made.testImages, made.bytes], [50, 10, 60 * 3073]);
  const folder = [...smallFiles()].map(([name, bytes]) => ({ name: `cifar-10-batches-bin/${name}`, bytes }));
  const other = { name: 'batches.meta.txt', bytes: Uint8Array.of(1) };
  const archive = new File([gzipSync(buildTar([other, ...folder]))], 'cifar-10-binary.tar.gz');
  await data.importDataset({ name: 'archive', files: [archive] });
  assert.equal(await loadCifar10(files, 'datasets/archive'), await loadCifar10(files, 'datasets/my images'));
  assert.equal(
    (await data.datasets({})).map(({ name }) => name),
    ['sample', 'archive', 'my images'],
  );

  const wrong = (given: readonly File[], name = 'wrong') =>
    refusal(data.importDataset({ name, files: given }));
  assert.match(await wrong(six().slice(1)), /^data_batch_1\.bin missing: give the archive/);
  assert.match(await wrong([new File(['x'], 'photo.jpg')]), /^photo\.jpg: expected data_batch_1\.bin/);
  assert.match(await wrong([new File(['x'], FILE_NAMES[0]!)]), /not a CIFAR-10 binary file: got 1 bytes/);
  assert.match(await wrong([new File(['no gzip'], 'a.tar.gz')]), /^archive a\.tar\.gz: cannot be unpacked/);
  const cut = gzipSync(buildTar(folder).slice(0, 40_000));
  assert.match(await wrong([new File([cut], 'b.tar.gz')]), /ends in the middle/);
  assert.match(await wrong(six(), 'archive'), /there already/);
  assert.match(await wrong(six(), 'sample'), /there already/);
  assert.match(await wrong(six(), '../runs'), /expected a name of letters/);
  assert.not.ok(await files.exists('datasets/wrong'));
  await data.removeDataset({ name: 'archive' });
  assert.is((await data.datasets({})).length, 2);
});

const record = (id: string, created: number): RunRecord => ({
  ...{ id, name: id, created, state: 'done', error: null, progress: 1, digest: null, adapter: null },
  request: { kind: 'search', preset: 'quick', settings: {}, arch: 'DARTS' },
});

test('records: in the order in which runs were made; a damaged one is a failed run', async () => {
  const files = memoryFiles();
  await writeRecord(files, record('b', 1));
  await writeRecord(files, record('a', 2));
  await writeRecord(files, record('c', 3));
  await files.writeAtomic('runs/c/record.json', '{"id": "c", "na');
  await files.makeDirectory('runs/empty');
  const [damaged, ...whole] = await readRecords(files);
  assert.equal(whole, [record('b', 1), record('a', 2)]);
  assert.equal([damaged!.id, damaged!.state], ['c', 'failed']);
  assert.match(damaged!.error!, /^runs\/c\/record\.json: .*delete the run$/);
});

test('a run of the page is reported on as the same folder is in Node, by its name there', async () => {
  const files = memoryFiles();
  const app = appWith(files);
  await writeRecord(files, { ...record('a', 1), name: 'Search <1>' });
  const rows = [0.25, 0.5].map((reward, epoch) => ({ epoch, phase: 'policy', step: 1, reward }));
  await files.writeAtomic('runs/a/config.json', JSON.stringify({ seed: 7, layers: 3 }));
  await files.writeAtomic('runs/a/metrics.jsonl', rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const queue = new RunQueue(app, async () => undefined);
  const { report } = runHandlers(app, queue, async () => undefined);
  const page = await report({ run: 'a' });
  assert.is(page, await reportOf(files, 'runs/a', 'Search <1>'));
  assert.match(page, /Search &(lt|#60);1/);
  assert.not.match(page, 'Search <1>');
  assert.match(await refusal(Promise.resolve(report({ run: 'b' }))), /^run 'b' is not here any more/);
});

test('status: shares of the whole job, told ten times a second at most and at the end of each part', () => {
  let now = 0;
  const told: { progress: number; done: number; stepsPerSecond: number | null }[] = [];
  const status = reportStatus(
    'x',
    100,
    0.25,
    () => now,
    (said) => void told.push(said),
  );
  assert.is(status.share(), 0.25);
  // 50 of the job's 100 steps were done before, and each takes 20 ms
  for (let done = 1; done <= 50; done++) {
    now += 20;
    status.progress({
      label: 'epoch 1/1 weights',
      done,
      total: 50,
      ahead: [{ phase: 'weights', steps: 50 - done }],
    });
  }
  assert.is(status.share(), 1);
  assert.equal(
    told.map(({ done }) => done),
    [1, 6, 11, 16, 21, 26, 31, 36, 41, 46, 50],
  );
  assert.is(told[1]!.progress, 0.56);
  now += 20;
  status.progress({ label: 'test', done: 1, total: 1, ahead: [] });
  assert.ok(Math.abs(told.at(-1)!.stepsPerSecond! - 49 / 1.0) < 2, String(told.at(-1)!.stepsPerSecond));
});

const AGENTS: readonly (readonly [string, RegExp])[] = [
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
    /^this Chrome offers.*chrome:\/\/flags\/#enable-unsafe-webgpu/,
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0',
    /^this Edge offers.*edge:\/\/gpu/,
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    /^this Firefox offers.*about:config/,
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
    /^this Firefox offers.*from version 141 on/,
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15',
    /^this Safari offers.*from version 26 on/,
  ],
  ['Lynx/2.9', /^this browser offers.*use a current Chrome/],
];

test('help: what to do in each browser, in one line', () => {
  for (const [agent, expected] of AGENTS) {
    assert.match(helpFor(agent, true), expected);
    assert.match(helpFor(agent, false), /plain HTTP.*localhost/);
  }
});

test('ground truth: places and means by plain enumeration; a policy that keeps everything answers the cell (seed 11)', async () => {
  const files = memoryFiles();
  const app = appWith(files);
  const { groundTruth } = groundTruthHandlers(app, new FinishedRuns(app));
  const { test200, validation12 } = readBenchmarkTable();
  const number = 9341;
  const cell = ALL_STRINGS[number]!;
  const before = await groundTruth({ cell });
  assert.equal([before.policy, before.policyBestOf10], [null, null]);
  assert.is(before.landscape.length, 15_625);
  assert.is(before.input.accuracy, test200[number]);
  assert.is(before.input.rank, 1 + test200.filter((accuracy) => accuracy > test200[number]!).length);
  const reached = plainTransformations(number);
  const tests = reached.map((each) => test200[each]!);
  assert.ok(Math.abs(before.random.accuracy - mean(tests)) < 1e-9);
  assert.is(before.oracle.accuracy, Math.max(...tests));
  // best of ten by validation, drawn often: within four standard errors
  const rng = createRng(11, 0);
  const draws = Array.from({ length: 20_000 }, () => {
    const ten = Array.from({ length: 10 }, () => reached[rng.int(reached.length)]!);
    return test200[ten.reduce((a, b) => (validation12[b]! > validation12[a]! ? b : a))]!;
  });
  const average = mean(draws);
  const error = Math.sqrt(mean(draws.map((each) => (each - average) ** 2)) / draws.length);
  assert.ok(Math.abs(before.randomBestOf10.accuracy - average) < 4 * error, `${average} +- ${error}`);

  // eight edges of null, keep and skip: a policy that would keep them all
  const keep = Float32Array.from({ length: 15_625 * 24 }, (_, i) => (i % 3 === 1 ? 0.8 : 0.1));
  await files.makeDirectory('ground_truth');
  const tensor = { dtype: 'F32', shape: [15_625, 24], data: keep } as const;
  await files.writeAtomic(
    'ground_truth/probabilities.safetensors',
    serializeSafetensors({ probabilities: tensor }),
  );
  const after = await groundTruth({ cell });
  assert.equal(after.policy, after.input);
  assert.ok(after.policyBestOf10!.accuracy > 0);
  assert.match(await refusal(groundTruth({ cell: '|x|' })), /^cell: '\|x\|' is no cell/);
});

test.run();
