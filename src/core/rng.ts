// Random numbers as a pure function of a counter: Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy
// as 1, 2, 3", SC 2011). A stream is a seed, a stream number and a position, so a run resumes at the exact draw,
// and one stream never disturbs another. shaders/random/lib/philox.wgsl gives the same bits on the GPU.
import { UserError } from '../../runtime/errors.ts';

/** Every purpose that draws random numbers has its own stream; the numbers are part of a checkpoint's meaning. */
export const STREAM = {
  init: 0,
  shuffleTrain: 1,
  shuffleValid: 2,
  augment: 3,
  weightsArchitecture: 4,
  policyArchitecture: 5,
  actions: 6,
  derive: 7,
  split: 8,
  dropPath: 9,
  dropout: 10,
  imageCrop: 11,
  experimentArchitecture: 12,
  resample: 13,
  pairs: 14,
} as const;

export type Counter = readonly [number, number, number, number];
export type Key = readonly [number, number];

const ROUNDS = 10;
const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const TWO_TO_32 = 0x100000000;

/** The upper 32 bits of a 32 x 32 bit product, by 16-bit halves: every partial sum stays below 2^32. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return aHigh * bHigh + (middle >>> 16) + (carry >>> 16);
}

/** Four u32 words from a counter of four u32 words and a key of two. */
export function philox4x32(counter: Counter, key: Key): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + WEYL_0) >>> 0;
    k1 = (k1 + WEYL_1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** The key of a seed, for host streams and kernels alike. Throws UserError unless 0 <= seed < 2^53 is an integer. */
export function seedKey(seed: number): Key {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new UserError(`seed: expected an integer from 0 to ${Number.MAX_SAFE_INTEGER}, got ${seed}`);
  }
  return [seed >>> 0, Math.floor(seed / TWO_TO_32)];
}

/** Where a stream stands: plain data for a checkpoint. `position` counts the u32 words drawn so far. */
export interface RngState {
  readonly seed: number;
  readonly stream: number;
  readonly position: number;
}

/** A stream of random numbers, the same on every host. */
export interface Rng {
  /** The next 32 random bits, as an integer in [0, 2^32). */
  nextU32(): number;
  /** A multiple of 2^-24 in [0, 1): exact in f32, so host and GPU agree. */
  uniform(): number;
  /** An unbiased integer in [0, n), 1 <= n <= 2^32; draws again where the last, incomplete range of n was hit. */
  int(n: number): number;
  /** Fisher-Yates, in place; n - 1 calls of int(). */
  shuffle(values: Int32Array | Uint32Array): void;
  state(): RngState;
}

/** The stream at a position: word i is word i mod 4 of philox4x32([floor(i / 4), stream, 0], key of the seed). */
export function createRng(seed: number, stream: number, position = 0): Rng {
  const key = seedKey(seed);
  let block = -1;
  let words: readonly number[] = [];

  function nextU32(): number {
    const wanted = Math.floor(position / 4);
    if (wanted !== block) {
      words = philox4x32([wanted >>> 0, Math.floor(wanted / TWO_TO_32), stream, 0], key);
      block = wanted;
    }
    return words[position++ % 4];
  }

  function int(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > TWO_TO_32) {
      throw new RangeError(`rng.int: expected an integer from 1 to 2^32, got ${n}`);
    }
    const limit = TWO_TO_32 - (TWO_TO_32 % n);
    let word = nextU32();
    while (word >= limit) word = nextU32();
    return word % n;
  }

  function shuffle(values: Int32Array | Uint32Array): void {
    for (let last = values.length - 1; last > 0; last--) {
      const other = int(last + 1);
      const moved = values[last];
      values[last] = values[other];
      values[other] = moved;
    }
  }

  return {
    nextU32,
    uniform: () => (nextU32() >>> 8) * 2 ** -24,
    int,
    shuffle,
    state: () => ({ seed, stream, position }),
  };
}

/** Random words that one step of a run may draw from a stream before it reaches those of the next. */
const WORDS_PER_STEP = 2 ** 16;

/** A stream's numbers for one step: they follow from the seed and the step's number alone. */
export const stepRng = (seed: number, stream: number, step: number): Rng =>
  createRng(seed, stream, step * WORDS_PER_STEP);
