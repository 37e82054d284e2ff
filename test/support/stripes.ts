// A small grey data set that is unlike CIFAR-10 in all: 9 x 9 images of four classes: stripes along or across, all
// bright, all dark; and noise.
import { createRng } from '../../src/core/rng.ts';
import { type Dataset, defineDataset, type ImageSet } from '../../src/data/dataset.ts';

const SIZE = 9;
const CLASS_NAMES = ['along', 'across', 'bright', 'dark'];

function stripes(count: number, seed: number): ImageSet {
  const rng = createRng(seed, 0);
  const images = new Uint8Array(count * SIZE * SIZE);
  const labels = Uint8Array.from({ length: count }, (_, n) => n % CLASS_NAMES.length);
  labels.forEach((label, n) => {
    for (let i = 0; i < SIZE * SIZE; i++) {
      const at = label === 0 ? Math.floor(i / SIZE) : i % SIZE;
      const bright = label < 2 ? at % 2 === 0 : label === 2;
      images[n * SIZE * SIZE + i] = (bright ? 180 : 20) + rng.int(60);
    }
  });
  return { images, labels };
}

/** @param seed of the noise */
export const stripedImages = (train: number, test: number, seed: number): Dataset =>
  defineDataset({
    classNames: CLASS_NAMES,
    channels: 1,
    imageSize: SIZE,
    train: stripes(train, seed),
    test: stripes(test, seed + 1),
  });
