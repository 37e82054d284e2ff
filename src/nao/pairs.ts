// The latest pairs of architecture and accuracy that a search has seen. They lie in device memory, which a checkpoint
// holds, and the host keeps a copy.
import type { Engine, Reader, Region, Runner } from '../../runtime/engine/engine.ts';
import { createTensor } from '../core/allocator.ts';
import { download } from '../core/transfer.ts';
import { ranks } from './normalise.ts';
import type { TokenLayout } from './tokens.ts';
import type { Pair } from './training.ts';

/** An architecture's tokens and its accuracy, 0 to 1. */
export interface SeenPair {
  readonly tokens: readonly number[];
  readonly accuracy: number;
}

export class PairMemory {
  /** (capacity, tokens and accuracy): pair i stands in row i mod capacity. */
  readonly region: Region;
  private readonly width: number;
  private rows: Float32Array<ArrayBuffer> | null = null;

  constructor(
    engine: Engine,
    { places }: TokenLayout,
    readonly capacity: number,
  ) {
    this.width = places.length + 1;
    this.region = createTensor(engine, 'pairs of architecture and accuracy', [capacity * this.width]);
  }

  /**
   * Adds pairs after the first `count`, and returns the latest that there is room for with their accuracies as ranks.
   * What an earlier run left in the region is read where this one begins in its midst.
   */
  async add(device: Reader & Runner, count: number, pairs: readonly SeenPair[]): Promise<Pair[]> {
    const { capacity, width, region } = this;
    const { buffer, offset, bytes } = region;
    const rows = (this.rows ??= (
      await download(device, { buffer, offset, bytes, shape: [bytes / 4], dtype: 'f32' })
    )[0] as Float32Array<ArrayBuffer>);
    pairs.forEach(({ tokens, accuracy }, i) => {
      const at = ((count + i) % capacity) * width;
      rows.set([...tokens, accuracy], at);
      device.write({ buffer, offset: offset + 4 * at, bytes: 4 * width }, rows.slice(at, at + width));
    });
    const known = Math.min(count + pairs.length, capacity);
    const all = Array.from({ length: known }, (_, i) => rows.subarray(i * width, (i + 1) * width));
    const accuracies = ranks(all.map((row) => row[width - 1]!));
    return all.map((row, i) => ({ tokens: row.subarray(0, width - 1), accuracy: accuracies[i]! }));
  }
}
