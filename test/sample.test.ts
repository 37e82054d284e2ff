import { readdirSync, statSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEVIATION, MEAN, labelCounts } from '../src/data/cifar10.ts';
import { addPixels, emptyPixelSums, meanAndDeviation } from '../src/data/pixel_sums.ts';
import { parseSample } from '../src/data/sample.ts';
import { readRepositoryFile, repositoryRoot } from './support/repository.ts';

const folder = 'src/data/sample/';
const sample = parseSample(readRepositoryFile(`${folder}train.bin`), readRepositoryFile(`${folder}test.bin`));

test('sample: 100 training and 25 test images of each class', () => {
  assert.equal(labelCounts(sample.train.labels), Array(10).fill(100));
  assert.equal(labelCounts(sample.test.labels), Array(10).fill(25));
});

test('sample: begins with the first images of the original files', () => {
  // frog, truck, truck, deer, automobile ...; cat, ship, ship, airplane, frog ...
  assert.equal([...sample.train.labels.subarray(0, 10)], [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]);
  assert.equal([...sample.test.labels.subarray(0, 10)], [3, 8, 8, 0, 6, 6, 1, 6, 3, 1]);
  assert.equal([...sample.train.images.subarray(0, 3)], [59, 43, 50]);
  assert.equal([...sample.test.images.subarray(0, 3)], [158, 159, 165]);
});

test('sample: mean and deviation lie near those of the full set', () => {
  // 1,000 images: the mean of image means has a standard error of about 0.005
  for (const { images } of [sample.train, sample.test]) {
    const sums = emptyPixelSums(3);
    addPixels(sums, images, 1024);
    const { mean, deviation } = meanAndDeviation(sums);
    for (let channel = 0; channel < 3; channel++) {
      assert.ok(Math.abs(mean[channel] - MEAN[channel]) < 0.03, `mean ${mean}`);
      assert.ok(Math.abs(deviation[channel] - DEVIATION[channel]) < 0.03, `deviation ${deviation}`);
    }
  }
});

test('sample: no image occurs twice', () => {
  const seen = new Set<string>();
  for (const { images } of [sample.train, sample.test]) {
    for (let start = 0; start < images.length; start += 3072) {
      seen.add(Buffer.from(images.subarray(start, start + 3072)).toString('latin1'));
    }
  }
  assert.is(seen.size, 1250);
});

test('sample: takes at most 4 MB', () => {
  const url = new URL(folder, repositoryRoot);
  const bytes = readdirSync(url).reduce((sum, name) => sum + statSync(new URL(name, url)).size, 0);
  assert.ok(bytes <= 4_000_000, `${bytes} bytes`);
});

test.run();
