// Uniform slots for kernel parameters. A recorded command's parameters never change, so commands whose parameters
// are the same bytes share a slot, and thousands of slots a few buffers; new ones are written to the GPU in one go
// before the next submission.
import type { Counters } from './engine.ts';

const CHUNK = 64 * 1024;

/** WebGPU's default for the alignment of uniform offsets. */
const SLOT = 256;

/** Bytes of the chunks that hold so many different parameters. */
export const paramChunkBytes = (slots: number): number => Math.ceil(slots / (CHUNK / SLOT)) * CHUNK;

const latin1 = new TextDecoder('latin1');

/** Equal for equal bytes. */
export const paramKey = (bytes: Uint8Array): string => latin1.decode(bytes);

export class ParamChunks {
  private chunk: GPUBuffer | null = null;
  private readonly host = new Uint8Array(CHUNK);
  private used = 0;
  private flushed = 0;
  private readonly slots = new Map<string, GPUBufferBinding>();
  /** Whether something was placed since the last flush. */
  pending = false;

  constructor(
    private readonly device: GPUDevice,
    private readonly counters: Counters,
  ) {}

  /** The slot that holds the bytes of one `Params` struct. */
  place(bytes: Uint8Array): GPUBufferBinding {
    const key = paramKey(bytes);
    const known = this.slots.get(key);
    if (known) return known;
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
    const slot = { buffer: this.chunk, offset, size: bytes.length };
    this.slots.set(key, slot);
    this.pending = true;
    return slot;
  }

  /** Sends what was placed since the last flush. */
  flush(): void {
    if (!this.chunk || this.flushed === this.used) return;
    const end = Math.min(this.used, CHUNK);
    this.device.queue.writeBuffer(this.chunk, this.flushed, this.host, this.flushed, end - this.flushed);
    this.flushed = this.used;
    this.pending = false;
  }
}
