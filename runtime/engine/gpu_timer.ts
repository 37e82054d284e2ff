// The time that submissions take on the GPU itself, by timestamp queries (the feature 'timestamp-query'). An empty
// pass before a submission's commands writes when they begin, one behind them when they end.

import type { Span } from './engine.ts';

/** Submissions that fit one query set; WebGPU allows 4096 queries. */
const MOST_SPANS = 2048;

/** Queries, and where their results go. */
interface QuerySet {
  readonly queries: GPUQuerySet;
  readonly resolved: GPUBuffer;
  readonly staging: GPUBuffer;
}

export class GpuTimer {
  /** Another one where those before it are full. */
  private readonly sets: QuerySet[] = [];
  private spans = 0;

  constructor(private readonly device: GPUDevice) {}

  begin(encoder: GPUCommandEncoder): void {
    const { queries } = (this.sets[Math.floor(this.spans / MOST_SPANS)] ??= this.createSet());
    this.mark(encoder, { querySet: queries, beginningOfPassWriteIndex: 2 * (this.spans % MOST_SPANS) });
  }

  end(encoder: GPUCommandEncoder): void {
    const { queries } = this.sets[Math.floor(this.spans / MOST_SPANS)]!;
    this.mark(encoder, { querySet: queries, endOfPassWriteIndex: 2 * (this.spans % MOST_SPANS) + 1 });
    this.spans++;
  }

  private createSet(): QuerySet {
    const size = 2 * MOST_SPANS * BigUint64Array.BYTES_PER_ELEMENT;
    const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    return {
      queries: this.device.createQuerySet({ type: 'timestamp', count: 2 * MOST_SPANS }),
      resolved: this.device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC }),
      staging: this.device.createBuffer({ size, usage: COPY_DST | MAP_READ }),
    };
  }

  private mark(encoder: GPUCommandEncoder, timestampWrites: GPUComputePassTimestampWrites): void {
    encoder.beginComputePass({ timestampWrites }).end();
  }

  /** Milliseconds at which the submissions since this was last asked began and ended, from the first one on. */
  async take(): Promise<Span[]> {
    const times: bigint[] = [];
    for (let left = 2 * this.spans, i = 0; left > 0; left -= 2 * MOST_SPANS, i++) {
      times.push(...(await this.read(this.sets[i]!, Math.min(left, 2 * MOST_SPANS))));
    }
    this.spans = 0;
    const milliseconds = (i: number): number => Number(times[i]! - times[0]!) / 1e6;
    return Array.from({ length: times.length / 2 }, (_, i) => ({
      begin: milliseconds(2 * i),
      end: milliseconds(2 * i + 1),
    }));
  }

  private async read({ queries, resolved, staging }: QuerySet, count: number): Promise<bigint[]> {
    const encoder = this.device.createCommandEncoder();
    encoder.resolveQuerySet(queries, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count);
    this.device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ, 0, 8 * count);
    const times = [...new BigUint64Array(staging.getMappedRange(0, 8 * count))];
    staging.unmap();
    return times;
  }

  destroy(): void {
    for (const set of this.sets) for (const resource of Object.values(set)) resource.destroy();
  }
}
