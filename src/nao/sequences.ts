// Sequences of tokens in memory: a row for the token before the first, then a row for every place, each with the tokens
// of all sequences. So the encoder's tokens and those that the decoder has read before them are parts of one tensor.
import type { Engine } from '../../runtime/engine/engine.ts';
import { createTensor } from '../core/allocator.ts';
import { type Step, writesOnly } from '../core/step.ts';
import { type Tensor, tensorAt } from '../core/tensor.ts';
import type { TokenLayout } from './tokens.ts';

/** Tensors begin at multiples of 256 bytes, so that many tokens are a whole row. */
export const SEQUENCES_MULTIPLE = 64;

export interface Sequences {
  /** How many there are, a multiple of 64. */
  readonly count: number;
  /** The first and all rows but the last, i32 (T*N): for every token that before it. */
  readonly before: Tensor;
  /** All rows but the first, i32 (T*N). */
  readonly tokens: Tensor;
  /** One row, i32 (N); row 0 stands before the first token. */
  row(index: number): Tensor;
  /** Writes these sequences; where there are fewer, the last is repeated. */
  write(sequences: readonly ArrayLike<number>[]): Step;
  /** The sequences of what was read back of `tokens`. */
  split(tokens: ArrayLike<number>): number[][];
}

/** Throws where the count is no multiple of 64. */
export function allocateSequences(
  engine: Engine,
  label: string,
  { places, start }: TokenLayout,
  count: number,
): Sequences {
  if (count % SEQUENCES_MULTIPLE !== 0) {
    throw new Error(`${label}: got ${count} sequences, expected a multiple of ${SEQUENCES_MULTIPLE}`);
  }
  const length = places.length;
  const all = createTensor(engine, label, [(length + 1) * count], 'i32');
  const rows = (first: number, number: number): Tensor =>
    tensorAt(all.buffer, 4 * first * count, [number * count], 'i32');
  return {
    count,
    before: rows(0, length),
    tokens: rows(1, length),
    row: (index) => rows(index, 1),
    write(sequences) {
      const data = new Int32Array((length + 1) * count).fill(start);
      for (let i = 0; i < count; i++) {
        const sequence = sequences[Math.min(i, sequences.length - 1)]!;
        for (let t = 0; t < length; t++) data[(t + 1) * count + i] = sequence[t]!;
      }
      return writesOnly({ region: all, data });
    },
    split: (tokens) =>
      Array.from({ length: count }, (_, i) => Array.from({ length }, (_unused, t) => tokens[t * count + i]!)),
  };
}
