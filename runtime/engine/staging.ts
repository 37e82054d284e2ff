// Buffers through which data comes back from the GPU, kept for the next time; sizes are powers of two.
import type { Counters } from './engine.ts';

/** The size of the staging buffer for a readback. */
export function stagingBytes(bytes: number): number {
  let size = 256;
  while (size < bytes) size *= 2;
  return size;
}

export class StagingPool {
  /** Smallest first. */
  private free: GPUBuffer[] = [];

  constructor(
    private readonly device: GPUDevice,
    private readonly counters: Counters,
  ) {}

  /** A buffer of at least `bytes` bytes that can be copied to and mapped for reading. */
  take(bytes: number): GPUBuffer {
    const i = this.free.findIndex((buffer) => buffer.size >= bytes);
    if (i >= 0) return this.free.splice(i, 1)[0]!;
    const size = stagingBytes(bytes);
    this.counters.buffers++;
    this.counters.bufferBytes += size;
    const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    return this.device.createBuffer({ label: 'readback', size, usage });
  }

  /** Gives an unmapped buffer back. */
  give(buffer: GPUBuffer): void {
    this.free = [...this.free, buffer].sort((a, b) => a.size - b.size);
  }
}
