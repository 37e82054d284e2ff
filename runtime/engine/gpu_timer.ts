// The time that submissions take on the GPU itself, by timestamp queries (the feature 'timestamp-query'). An empty
// pass before a submission's commands writes when they begin, one behind them when they end.

import type { Span } from './engine.ts';

/** Submissions that fit one query set; WebGPU allows 4096 queries. */
const MOST_SPANS = 2048;

export class GpuTimer {
  private readonly queries: GPUQuerySet;
  private readonly resolved: GPUBuffer;
  private readonly staging: GPUBuffer;
  private spans = 0;

  constructor(private readonly device: GPUDevice) {
    const size = 2 * MOST_SPANS * BigUint64Array.BYTES_PER_ELEMENT;
    const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    this.queries = device.createQuerySet({ type: 'timestamp', count: 2 * MOST_SPANS });
    this.resolved = device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC });
    this.staging = device.createBuffer({ size, usage: COPY_DST | MAP_READ });
  }

  begin(encoder: GPUCommandEncoder): void {
    if (this.spans === MOST_SPANS)
      throw new Error(`internal: more than ${MOST_SPANS} submissions timed at once`);
    this.mark(encoder, { querySet: this.queries, beginningOfPassWriteIndex: 2 * this.spans });
  }

  end(encoder: GPUCommandEncoder): void {
    this.mark(encoder, { querySet: this.queries, endOfPassWriteIndex: 2 * this.spans + 1 });
    this.spans++;
  }

  private mark(encoder: GPUCommandEncoder, timestampWrites: GPUComputePassTimestampWrites): void {
    encoder.beginComputePass({ timestampWrites }).end();
  }

  /** Milliseconds at which the submissions since this was last asked began and ended, from the first one on. */
  async take(): Promise<Span[]> {
    const count = 2 * this.spans;
    if (count === 0) return [];
    this.spans = 0;
    const encoder = this.device.createCommandEncoder();
    encoder.resolveQuerySet(this.queries, 0, count, this.resolved, 0);
    encoder.copyBufferToBuffer(this.resolved, 0, this.staging, 0, 8 * count);
    this.device.queue.submit([encoder.finish()]);
    await this.staging.mapAsync(GPUMapMode.READ, 0, 8 * count);
    const times = new BigUint64Array(this.staging.getMappedRange(0, 8 * count));
    const milliseconds = (i: number): number => Number(times[i]! - times[0]!) / 1e6;
    const spans = Array.from({ length: count / 2 }, (_, i) => ({
      begin: milliseconds(2 * i),
      end: milliseconds(2 * i + 1),
    }));
    this.staging.unmap();
    return spans;
  }

  destroy(): void {
    for (const resource of [this.queries, this.resolved, this.staging]) resource.destroy();
  }
}
