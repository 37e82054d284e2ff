// Mean and deviation of the channels of many images, from sums that are whole numbers far below 2^53: exact in any order.

/** Sums over pixels per channel. */
export interface PixelSums {
  pixels: number;
  readonly sum: number[];
  readonly squares: number[];
}

export function emptyPixelSums(channels: number): PixelSums {
  const zeros = (): number[] => Array.from({ length: channels }, () => 0);
  return { pixels: 0, sum: zeros(), squares: zeros() };
}

/** Adds images (N,C,H,W). @param pixels of an image: H * W */
export function addPixels(sums: PixelSums, images: Uint8Array, pixels: number): void {
  const channels = sums.sum.length;
  for (let start = 0; start < images.length; start += pixels) {
    const channel = (start / pixels) % channels;
    let sum = 0;
    let squares = 0;
    for (let i = start; i < start + pixels; i++) {
      const value = images[i]!;
      sum += value;
      squares += value * value;
    }
    sums.sum[channel]! += sum;
    sums.squares[channel]! += squares;
  }
  sums.pixels += images.length / channels;
}

/** Mean and population deviation per channel, pixels scaled to 0..1. */
export function meanAndDeviation({ pixels, sum, squares }: PixelSums) {
  const mean = sum.map((value) => value / pixels / 255);
  const variance = squares.map((value, c) => value / pixels / (255 * 255) - mean[c]! * mean[c]!);
  return { mean, deviation: variance.map(Math.sqrt) };
}
