// Uniform slots for kernel parameters. A recorded command's parameters never change, so thousands of them share
// a few buffers; new ones are written to the GPU in one go before the next submission.
import type { Counters } from './engine.ts';

const CHUNK = 64 * 1024;

/** WebGPU's default for the alignment of uniform offsets. */
const SLOT = 256;

/** Bytes of the chunks that hold the parameters of so many commands. */
export const paramChunkBytes = (commands: number): number => Math.ceil(commands / (CHUNK / SLOT)) * CHUNK;

export class ParamChunks {
  private chunk: GPUBuffer | null = null;
  private readonly host = new Uint8Array(CHUNK);
  private used = 0;
  private flushed = 0;
  constructor(
    private readonly device: GPUDevice,
    private readonly counters: Counters,
  ) {}

  /** Puts the bytes of one `Params` struct into a slot of its own. */
  place(bytes: Uint8Array): GPUBufferBinding {
    if (!this.chunk || this.used + bytes.length > CHUNK) {
      this.flush();
      const usage = GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST;
      this.chunk = this.device.createBuffer({ label: 'kernel parameters', size: CHUNK, usage });
      this.counters.buffers++;
      this.counters.bufferBytes += CHUNK;
      this.used = this.flushed = 0;
    }
    const offset = this.used;
    this.host.set(bytes, offset);
    this.used = Math.ceil((offset + bytes.length) / SLOT) * SLOT;
    return { buffer: this.chunk, offset, size: bytes.length };
  }

  /** Sends what was placed since the last flush. */
  flush(): void {
    if (!this.chunk || this.flushed === this.used) return;
    const end = Math.min(this.used, CHUNK);
    this.device.queue.writeBuffer(this.chunk, this.flushed, this.host, this.flushed, end - this.flushed);
    this.flushed = this.used;
  }
}
