// Commands on their way to the GPU, submitted in batches: it works on the first while the last are still being encoded.
import type { Counters } from './engine.ts';

export type GpuCommand =
  | {
      readonly kind: 'dispatch';
      readonly kernel: string;
      readonly part?: string;
      readonly pipeline: GPUComputePipeline;
      readonly bindGroup: GPUBindGroup;
      readonly groups: readonly number[];
    }
  | {
      readonly kind: 'clear';
      readonly kernel: string;
      readonly buffer: GPUBuffer;
      readonly offset: number;
      readonly bytes: number;
    };

/** Dispatches of a batch: at 2 to 5 us each their encoding takes far longer than the call to submit. */
const BATCH = 128;

/** What writes time stamps at the beginning and the end of a submission. */
interface Marker {
  begin(encoder: GPUCommandEncoder): void;
  end(encoder: GPUCommandEncoder): void;
}

/** One run through command lists. */
export class Submission {
  private encoder: GPUCommandEncoder;
  private pass: GPUComputePassEncoder | null = null;
  private bound: GPUComputePipeline | null = null;
  private dispatches = 0;

  constructor(
    private readonly device: GPUDevice,
    private readonly counters: Counters,
    private readonly marker: Marker | null,
  ) {
    this.encoder = device.createCommandEncoder();
    marker?.begin(this.encoder);
  }

  add(commands: readonly GpuCommand[]): void {
    for (const command of commands) {
      if (command.kind === 'dispatch') {
        if (this.dispatches === BATCH) {
          this.submitBatch();
          this.encoder = this.device.createCommandEncoder();
        }
        this.pass ??= this.encoder.beginComputePass();
        const { pipeline, bindGroup, groups } = command;
        if (this.bound !== pipeline) this.pass.setPipeline((this.bound = pipeline));
        this.pass.setBindGroup(0, bindGroup);
        this.pass.dispatchWorkgroups(groups[0]!, groups[1], groups[2]);
        this.dispatches++;
      } else {
        this.endPass();
        this.encoder.clearBuffer(command.buffer, command.offset, command.bytes);
      }
    }
  }

  /** Submits the rest. */
  end(): void {
    this.endPass();
    this.marker?.end(this.encoder);
    this.submitBatch();
  }

  private submitBatch(): void {
    this.endPass();
    this.device.queue.submit([this.encoder.finish()]);
    this.counters.dispatches += this.dispatches;
    this.counters.submits++;
    this.dispatches = 0;
  }

  private endPass(): void {
    this.pass?.end();
    this.pass = null;
    this.bound = null;
  }
}
