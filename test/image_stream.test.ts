// Streaming images: the folder's form, the order of batches, memory that stays bounded, damaged images.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { listImageFolder } from '../src/data/image_folder.ts';
import { type StreamOptions, streamImages } from '../src/data/image_stream.ts';
import type { ImageJob, PreparedImage } from '../src/data/prepare_image.ts';
import { memoryFiles } from './support/memory_files.ts';

async function folderOf(...paths: readonly string[]) {
  const files = memoryFiles();
  for (const path of paths) {
    await files.makeDirectory(path.slice(0, path.lastIndexOf('/')));
    await files.append(path, 'x');
  }
  return files;
}

test('folder: classes by name, images by name, other files left out', async () => {
  const files = await folderOf(
    'd/train/cat/b.png',
    'd/train/cat/a.JPEG',
    'd/train/cat/notes.txt',
    'd/train/ant/1.jpg',
    'd/train/LICENSE',
    'd/val/cat/v.jpeg',
  );
  const folder = await listImageFolder(files, 'd');
  assert.equal(folder.classNames, ['ant', 'cat']);
  const list = ({ count, pathOf, labelOf }: typeof folder.train) =>
    Array.from({ length: count }, (_, i) => [pathOf(i), labelOf(i)]);
  assert.equal(list(folder.train), [
    ['d/train/ant/1.jpg', 0],
    ['d/train/cat/a.JPEG', 1],
    ['d/train/cat/b.png', 1],
  ]);
  assert.equal(list(folder.test), [['d/val/cat/v.jpeg', 1]]);
});

test('folder: another form is refused in one line', async () => {
  const refuses = async (message: RegExp, ...paths: string[]) => {
    const files = await folderOf(...paths);
    const error = await listImageFolder(files, 'd').then(
      () => assert.unreachable(`${paths}`),
      (reported: Error) => reported,
    );
    assert.instance(error, UserError);
    assert.match((error as Error).message, message);
  };
  await refuses(/d\/train is no folder/, 'd/other/a.jpg');
  await refuses(/d\/val is no folder/, 'd/train/a/1.jpg');
  await refuses(/d\/train holds no folder with images/, 'd/train/1.jpg', 'd/val/a/1.jpg');
  await refuses(/d\/train\/a holds no JPEG or PNG/, 'd/train/a/1.txt', 'd/val/a/1.jpg');
  await refuses(/class 'b' of d\/val is not among the training images/, 'd/train/a/1.jpg', 'd/val/b/1.jpg');
});

const SIZE = 2;
const BATCH = 4;

/** A decoder whose image `n` is filled with byte n, in an order of its own, and that counts what is under way. */
function fakeDecoder(damaged: readonly number[] = []) {
  const state = { open: 0, most: 0, begun: 0 };
  const decode = async ({ path }: ImageJob): Promise<PreparedImage> => {
    const n = Number(path);
    state.begun++;
    state.most = Math.max(state.most, ++state.open);
    for (let turns = (7 * n) % 5; turns > 0; turns--) await Promise.resolve();
    state.open--;
    if (damaged.includes(n)) return { damaged: 'no good' };
    return { pixels: new Uint8Array(3 * SIZE * SIZE).fill(n), width: SIZE, height: SIZE };
  };
  return { state, decoder: { decode, close: async () => {} } };
}

function options(count: number, decoder: StreamOptions['decoder'], skipDamaged: boolean, ahead = 2) {
  const reports: string[] = [];
  const stream: StreamOptions = {
    decoder,
    batch: BATCH,
    imageSize: SIZE,
    ahead,
    count,
    jobOf: (i) => ({ path: String(i), size: SIZE, random: null }),
    labelOf: (i) => 100 + i,
    skipDamaged,
    damaged: (path) => reports.push(path),
  };
  return { stream, reports };
}

test('stream: batches in order, the last one filled up with its own images', async () => {
  const { decoder } = fakeDecoder();
  const stream = streamImages(options(10, decoder, false).stream);
  const seen: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    const { images, labels, size, live } = await stream.next();
    const firsts = Array.from({ length: BATCH }, (_, n) => images[n * 3 * SIZE * SIZE]);
    assert.equal(
      Array.from(labels),
      firsts.map((n) => 100 + n!),
    );
    seen.push([firsts, size, live]);
  }
  assert.equal(seen, [
    [[0, 1, 2, 3], 4, 4],
    [[4, 5, 6, 7], 4, 4],
    [[8, 9, 8, 9], 2, 2],
  ]);
  assert.throws(() => stream.next(), /at its end/);
});

test('stream: however many images there are, as many are under way, in the same buffers', async () => {
  for (const ahead of [1, 3]) {
    const { decoder, state } = fakeDecoder();
    const stream = streamImages(options(400, decoder, false, ahead).stream);
    const buffers = new Set<ArrayBufferLike>();
    for (let i = 0; i < 100; i++) {
      const { images } = await stream.next();
      buffers.add(images.buffer);
      assert.ok(state.begun <= (i + 1 + ahead) * BATCH, `${state.begun} begun at batch ${i}`);
    }
    assert.is(buffers.size, ahead + 1);
    assert.ok(state.most <= (ahead + 1) * BATCH, `${state.most} at a time`);
  }
});

test('stream: damaged images are left out and reported, the others come first', async () => {
  const { decoder } = fakeDecoder([1, 4, 5, 6, 7]);
  const { stream: settings, reports } = options(9, decoder, true);
  const stream = streamImages(settings);
  const first = await stream.next();
  assert.equal([first.size, first.live], [4, 3]);
  assert.equal(Array.from(first.labels), [100, 102, 103, 100]);
  assert.equal(
    Array.from({ length: BATCH }, (_, n) => first.images[n * 12]),
    [0, 2, 3, 0],
  );
  const second = await stream.next();
  assert.equal([second.size, second.live], [4, 0]);
  assert.equal((await stream.next()).live, 1);
  assert.equal(reports, ['1', '4', '5', '6', '7']);
});

test('stream: a damaged image that must not be left out is fatal, when its batch is asked for', async () => {
  const { decoder } = fakeDecoder([6]);
  const stream = streamImages(options(12, decoder, false).stream);
  assert.is((await stream.next()).live, 4);
  const error = await stream.next().then(
    () => assert.unreachable('batch 1 holds a damaged image'),
    (reported: Error) => reported,
  );
  assert.instance(error, UserError);
  assert.match((error as Error).message, /^image 6 is damaged: no good; .*--on-damaged skip$/);
  stream.close();
});

test.run();
