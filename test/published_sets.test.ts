// CIFAR-100 and Fashion-MNIST as they are fetched: small sets of the same form, from a server of the test's own.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RunError } from '../runtime/errors.ts';
import { nodePlatform } from '../runtime/host/node/platform_node.ts';
import { loadImages } from '../src/data/load.ts';
import { bringPublished, cifar100, fashionMnist, type PublishedSet } from '../src/data/published_sets.ts';
import { buildTar } from './support/tar_builder.ts';

const nodeFiles = nodePlatform().files;

const published = (bytes: Uint8Array) => ({
  sha256: createHash('sha256').update(bytes).digest('hex'),
  bytes: bytes.length,
});

const record = (fine: number): number[] => [
  0,
  fine,
  ...Array.from({ length: 3072 }, (_, i) => (i + fine) & 255),
];
const TRAIN = Uint8Array.from([...record(7), ...record(99)]);
const TEST = Uint8Array.from(record(3));
const NAMES = new TextEncoder().encode(
  `${Array.from({ length: 100 }, (_, i) => `name_${i}`).join('\n')}\n\n`,
);
const ARCHIVE = gzipSync(
  buildTar([
    { name: 'cifar-100-binary/coarse_label_names.txt', bytes: NAMES },
    { name: 'cifar-100-binary/fine_label_names.txt', bytes: NAMES },
    { name: 'cifar-100-binary/test.bin', bytes: TEST },
    { name: 'cifar-100-binary/train.bin', bytes: TRAIN },
  ]),
);

const idx = (shape: readonly number[], data: readonly number[]): Uint8Array =>
  gzipSync(Uint8Array.from([0, 0, 8, shape.length, ...shape.flatMap((n) => [0, 0, 0, n]), ...data]));
const FASHION: Readonly<Record<string, Uint8Array>> = {
  'train-images-idx3-ubyte.gz': idx([2, 1, 1], [5, 6]),
  'train-labels-idx1-ubyte.gz': idx([2], [1, 0]),
  't10k-images-idx3-ubyte.gz': idx([1, 1, 1], [7]),
  't10k-labels-idx1-ubyte.gz': idx([1], [1]),
};

const smallCifar = (url: string): PublishedSet =>
  cifar100(url, published(ARCHIVE), { train: published(TRAIN).sha256, test: published(TEST).sha256 });
const smallFashion = (url: string): PublishedSet =>
  fashionMnist(
    url,
    Object.fromEntries(Object.entries(FASHION).map(([name, bytes]) => [name, published(bytes)])),
  );

/** Runs with a folder and a server of these files; `asked` is what it was asked for. */
async function withServer(
  served: Readonly<Record<string, Uint8Array>>,
  body: (place: { url: string; dir: string; asked: string[] }) => Promise<void>,
): Promise<void> {
  const asked: string[] = [];
  const server = createServer(({ url }, response) => {
    const name = url!.slice(url!.lastIndexOf('/') + 1);
    asked.push(name);
    if (served[name]) response.writeHead(200).end(served[name]);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const folder = mkdtempSync(join(tmpdir(), 'nat-published-'));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/data`;
    await body({ url, dir: join(folder, 'set'), asked });
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  }
}

async function bring(dir: string, set: PublishedSet, signal = new AbortController().signal) {
  const notes: string[] = [];
  const note = (text: string): void => void notes.push(text);
  const written = await bringPublished(nodeFiles, dir, set, { signal, note, onProgress: () => {} });
  return { written, notes };
}

async function failure(action: Promise<unknown>): Promise<string> {
  const error: unknown = await action.then(
    () => assert.unreachable('nothing was thrown'),
    (reason) => reason,
  );
  assert.instance(error, RunError);
  return (error as Error).message;
}

const load = (dir: string) => loadImages({ files: nodeFiles, readAsset: async () => new Uint8Array(0) }, dir);

test('CIFAR-100: what is wanted of the archive is put there, and read', () =>
  withServer({ 'cifar-100-binary.tar.gz': ARCHIVE }, async ({ url, dir, asked }) => {
    const { written } = await bring(dir, smallCifar(url));
    assert.equal(written, ['train.bin', 'test.bin', 'fine_label_names.txt']);
    assert.equal(readdirSync(dir).sort(), ['fine_label_names.txt', 'test.bin', 'train.bin']);
    const { train, test: held, classNames } = await load(dir);
    assert.equal([...train.labels, ...held.labels], [7, 99, 3]);
    assert.is(classNames[99], 'name_99');
    assert.equal((await bring(dir, smallCifar(url))).written, []);
    assert.is(asked.length, 1);
    writeFileSync(join(dir, 'test.bin'), TEST.subarray(1));
    const again = await bring(dir, smallCifar(url));
    assert.equal(again, {
      written: ['test.bin'],
      notes: ['test.bin is not the published one; it is written again'],
    });
    assert.equal(new Uint8Array(readFileSync(join(dir, 'test.bin'))), TEST);
  }));

test('Fashion-MNIST: its four files stay packed, and only those that are missing are fetched', () =>
  withServer(FASHION, async ({ url, dir, asked }) => {
    assert.equal((await bring(dir, smallFashion(url))).written, Object.keys(FASHION));
    const { train, test: held } = await load(dir);
    assert.equal([...train.images, ...train.labels, ...held.images, ...held.labels], [5, 6, 1, 0, 7, 1]);
    rmSync(join(dir, 't10k-labels-idx1-ubyte.gz'));
    asked.length = 0;
    assert.equal((await bring(dir, smallFashion(url))).written, ['t10k-labels-idx1-ubyte.gz']);
    assert.equal(asked, ['t10k-labels-idx1-ubyte.gz']);
  }));

test('what cannot be had, is another file, or is interrupted is said in one line; what was whole stays', async () => {
  const { 't10k-images-idx3-ubyte.gz': _, ...some } = FASHION;
  await withServer(some, async ({ url, dir }) => {
    assert.match(
      await failure(bring(dir, smallFashion(url))),
      /^data: Fashion-MNIST cannot be brought: .*t10k-images.* \(HTTP status 404\); check the network, or put train-/,
    );
    assert.equal(readdirSync(dir).filter((name) => name.startsWith('train-')).length, 2);
  });
  await withServer({ 'cifar-100-binary.tar.gz': ARCHIVE.subarray(1) }, async ({ url, dir }) => {
    assert.match(
      await failure(bring(dir, smallCifar(url))),
      /CIFAR-100 cannot be brought: .* sent another file/,
    );
  });
  const half = gzipSync(buildTar([{ name: 'cifar-100-binary/train.bin', bytes: TRAIN }]));
  await withServer({ 'cifar-100-binary.tar.gz': half }, async ({ url, dir }) => {
    const digests = { train: published(TRAIN).sha256, test: published(TEST).sha256 };
    const set = cifar100(url, published(half), digests);
    assert.is(
      await failure(bring(dir, set)),
      'data: what was fetched holds no test.bin, fine_label_names.txt',
    );
    const other = cifar100(url, published(half), { ...digests, train: digests.test });
    assert.is(
      await failure(bring(dir, other)),
      'data: the train.bin that was fetched is not the published one',
    );
  });
  await withServer(FASHION, async ({ url, dir }) => {
    const message = await failure(bring(dir, smallFashion(url), AbortSignal.abort()));
    assert.is(message, 'data: interrupted; the same command goes on from here');
  });
});

test.run();
