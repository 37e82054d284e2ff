// Images for steps: what they show makes no difference to the time.
import type { ImageSet } from '../../src/data/dataset.ts';
import { IMAGE_BYTES } from '../../src/data/cifar10.ts';

/** Bytes that look random, and classes in turn. */
export function syntheticImages(count: number): ImageSet {
  const images = new Uint8Array(count * IMAGE_BYTES);
  let state = 1;
  for (let i = 0; i < images.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    images[i] = state >>> 24;
  }
  return { images, labels: Uint8Array.from({ length: count }, (_, i) => i % 10) };
}
