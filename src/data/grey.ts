// Images that are grey in all their pixels need one channel.
import type { ImageSet } from './dataset.ts';

interface Parts {
  readonly train: ImageSet;
  readonly test: ImageSet;
}

/** One channel of coloured images (N,3,S,S) where all images of both parts are grey, or the images as they are. */
export function withoutColour(
  { train, test }: Parts,
  imageSize: number,
): Parts & { readonly channels: 1 | 3 } {
  const plane = imageSize * imageSize;
  if (![train, test].every(({ images }) => isGrey(images, plane))) return { train, test, channels: 3 };
  return { train: firstChannel(train, plane), test: firstChannel(test, plane), channels: 1 };
}

function isGrey(images: Uint8Array, plane: number): boolean {
  for (let image = 0; image < images.length; image += 3 * plane) {
    for (let i = image; i < image + plane; i++) {
      if (images[i] !== images[i + plane] || images[i] !== images[i + 2 * plane]) return false;
    }
  }
  return true;
}

function firstChannel({ images, labels }: ImageSet, plane: number): ImageSet {
  const grey = new Uint8Array(images.length / 3);
  labels.forEach((_, n) => {
    grey.set(images.subarray(3 * n * plane, (3 * n + 1) * plane), n * plane);
  });
  return { images: grey, labels };
}
