// Random numbers made on the GPU from the same streams as on the host: src/core/rng.ts.
import { ShapeError } from '../../runtime/errors.ts';
import type { Command, Engine } from '../../runtime/engine/engine.ts';
import { type RngState, seedKey } from '../core/rng.ts';
import { numel, type Tensor } from '../core/tensor.ts';

export type Distribution =
  /** In [low, high); the host's bits for a range around 0 and for [0, 1). */
  | { readonly kind: 'uniform'; readonly low: number; readonly high: number }
  | { readonly kind: 'normal'; readonly mean: number; readonly std: number };

const TWO_TO_32 = 2 ** 32;

/**
 * Records filling `y`: its elements are the words of the stream from `from.position` on, which is a multiple of 4.
 * They use up `randomWords(numel)` words.
 */
export function recordRandom(engine: Engine, y: Tensor, distribution: Distribution, from: RngState): Command {
  const { seed, stream, position } = from;
  if (position % 4 !== 0) throw new ShapeError(`random: got position ${position}, expected a multiple of 4`);
  const [keyLow, keyHigh] = seedKey(seed);
  const block = position / 4;
  const n = numel(y.shape);
  const [center, spread] =
    distribution.kind === 'uniform'
      ? [(distribution.low + distribution.high) / 2, (distribution.high - distribution.low) / 2]
      : [distribution.mean, distribution.std];
  return engine.record({
    kernel: 'random',
    bind: { y },
    params: {
      n,
      block_low: block >>> 0,
      block_high: Math.floor(block / TWO_TO_32),
      stream,
      key_low: keyLow,
      key_high: keyHigh,
      center,
      spread,
    },
    constants: { KIND: distribution.kind === 'normal' ? 1 : 0 },
    threads: [Math.ceil(n / 4)],
  });
}

/** How far a stream moves when it fills `n` elements. */
export const randomWords = (n: number): number => Math.ceil(n / 4) * 4;
