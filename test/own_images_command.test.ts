// `nat search` and `nat derive` as a user runs them on a folder of image files: sizes, progress, what a run remembers.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { makeImageFolder, pngOf } from './support/image_files.ts';
import { runProgram } from './support/program.ts';

const out = mkdtempSync(join(tmpdir(), 'nat-own-images-'));
const images = await makeImageFolder(16, 8);
test.after(() => {
  images.remove();
  rmSync(out, { recursive: true, force: true });
});

const RUN = join(out, 'run');
const search = (...more: readonly string[]) =>
  runProgram([
    ...['search', '--data', images.dir, '--out', RUN, '--channels', '2', '--nodes', '4', '--layers', '3'],
    ...['--batch', '4', '--epochs', '1', '--max-steps', '1', '--seed', '3', '--json', ...more],
  ]);

test('nat search and nat derive on a folder of image files of all sizes (seed 3)', async () => {
  const unsized = await search();
  assert.is(unsized.code, 2);
  assert.match(unsized.err, /error: image .* has \d+ x \d+ pixels[,;] .*--image-size\n$/);
  const done = await search('--image-size', '12');
  assert.is(done.code, 0, done.err);
  assert.match(done.err, /"progress":"images read","done":48,"total":72/);
  const { imageSize, dataset } = JSON.parse(readFileSync(join(RUN, 'config.json'), 'utf8'));
  assert.is(imageSize, 12);
  assert.equal(
    [dataset.classes, dataset.channels, dataset.imageSize, dataset.trainImages, dataset.testImages],
    [3, 3, 12, 48, 24],
  );
  const derived = await runProgram([
    'derive',
    '--run',
    RUN,
    '--arch',
    'ResBlock',
    '--candidates',
    '2',
    '--json',
  ]);
  assert.is(derived.code, 0, derived.err);
  assert.is(JSON.parse(derived.out).accuracy.test.images, 24);

  // the same options, but an image is another
  const changed = join(images.dir, 'train/red/red_0.JPEG');
  writeFileSync(
    changed,
    pngOf(12, 12, () => [0, 0, 255]),
  );
  const other = await search('--image-size', '12', '--resume');
  assert.is(other.code, 2);
  assert.match(other.err, /error: .*run: the run was started with other options: dataset\.\S+ is .* there/);
});

test.run();
