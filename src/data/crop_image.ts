// Cutting a square out of an image and bringing it to size: at random for training (Szegedy et al., "Going deeper
// with convolutions", section 6, as torchvision's RandomResizedCrop), from the centre for evaluation. Sampling is
// bilinear with the filter widened where the image shrinks.
import { exponential } from '../core/math.ts';
import type { Rng } from '../core/rng.ts';
import type { Pixels } from './decode_image.ts';

/** A rectangle of the image, in pixels, not necessarily whole. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Share of the image's area that a random crop has, and the range of its width / height. */
const AREA = [0.08, 1] as const;
const LOG_RATIO = 0.28768207245178085; // log(4/3)
const ATTEMPTS = 10;
/** Evaluation resizes the shorter side to 256 where the network sees 224. */
const CENTER_SHARE = 224 / 256;

/** Where a random crop lies. */
export function randomBox(width: number, height: number, rng: Rng): Box {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const area = width * height * (AREA[0] + (AREA[1] - AREA[0]) * rng.uniform());
    const ratio = exponential(LOG_RATIO * (2 * rng.uniform() - 1));
    const w = Math.round(Math.sqrt(area * ratio));
    const h = Math.round(Math.sqrt(area / ratio));
    if (w > 0 && h > 0 && w <= width && h <= height) {
      return { left: rng.int(width - w + 1), top: rng.int(height - h + 1), width: w, height: h };
    }
  }
  // the centre, as square as the allowed ratios demand
  const w = Math.min(width, Math.round((height * 4) / 3));
  const h = Math.min(height, Math.round((width * 4) / 3));
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}

/** The square in the middle that remains where the shorter side is resized to size * 256 / 224, then cropped to size. */
export function centerBox(width: number, height: number, size: number): Box {
  const shorter = Math.round(size / CENTER_SHARE);
  const short = Math.min(width, height);
  const resized = (side: number) => Math.floor((side * shorter) / short);
  const along = (side: number) => {
    const pixel = side / resized(side);
    return { start: Math.round((resized(side) - size) / 2) * pixel, length: size * pixel };
  };
  const [x, y] = [along(width), along(height)];
  return { left: x.start, top: y.start, width: x.length, height: y.length };
}

/** The largest square in the middle. */
export function squareBox(width: number, height: number): Box {
  const side = Math.min(width, height);
  return {
    left: Math.floor((width - side) / 2),
    top: Math.floor((height - side) / 2),
    width: side,
    height: side,
  };
}

/** Weights of consecutive source pixels, for every output pixel along one side. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: readonly Float64Array[];
}

/** @param limits the source pixels that may be used */
function tapsAlong(start: number, length: number, size: number, limits: readonly [number, number]): Taps {
  const scale = length / size;
  const support = Math.max(scale, 1);
  const first = new Int32Array(size);
  const weights = Array.from({ length: size }, (_, i) => {
    const center = start + (i + 0.5) * scale;
    const from = Math.min(Math.max(Math.floor(center - support + 0.5), limits[0]), limits[1] - 1);
    const to = Math.max(Math.min(Math.floor(center + support + 0.5), limits[1]), from + 1);
    first[i] = from;
    const row = Float64Array.from({ length: to - from }, (__, j) =>
      Math.max(0, 1 - Math.abs(from + j + 0.5 - center) / support),
    );
    const sum = row.reduce((a, b) => a + b, 0);
    return sum > 0 ? row.map((weight) => weight / sum) : row.fill(1 / row.length);
  });
  return { first, weights };
}

/**
 * Samples a box of an image as (3,size,size) bytes.
 * @param inside whether pixels beyond the box are out of reach, as if it had been cut out first
 */
export function sampleBox(image: Pixels, box: Box, size: number, inside: boolean): Uint8Array<ArrayBuffer> {
  const { width, height, channels, data } = image;
  const xLimits = inside ? ([box.left, box.left + box.width] as const) : ([0, width] as const);
  const yLimits = inside ? ([box.top, box.top + box.height] as const) : ([0, height] as const);
  const across = tapsAlong(box.left, box.width, size, xLimits);
  const down = tapsAlong(box.top, box.height, size, yLimits);
  const firstRow = Math.min(...down.first);
  const lastRow = Math.max(...down.weights.map((weights, i) => down.first[i]! + weights.length));
  const rows = lastRow - firstRow;

  // across: (3,rows,size), then down: (3,size,size), rounded to bytes after each
  const middle = new Uint8Array(3 * rows * size);
  for (let row = 0; row < rows; row++) {
    const line = (firstRow + row) * width;
    for (let x = 0; x < size; x++) {
      const weights = across.weights[x]!;
      const from = (line + across.first[x]!) * channels;
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let j = 0; j < weights.length; j++) sum += weights[j]! * data[from + j * channels + c]!;
        middle[(c * rows + row) * size + x] = Math.floor(sum + 0.5);
      }
    }
  }
  const out = new Uint8Array(3 * size * size);
  for (let y = 0; y < size; y++) {
    const weights = down.weights[y]!;
    for (let c = 0; c < 3; c++) {
      const from = (c * rows + down.first[y]! - firstRow) * size;
      for (let x = 0; x < size; x++) {
        let sum = 0;
        for (let j = 0; j < weights.length; j++) sum += weights[j]! * middle[from + j * size + x]!;
        out[(c * size + y) * size + x] = Math.floor(sum + 0.5);
      }
    }
  }
  return out;
}
