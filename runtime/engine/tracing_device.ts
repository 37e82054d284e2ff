// A device that can tell, of a stretch of work, every command in the order in which the GPU ran it, and when. Each command
// is then a submission of its own; the numbers are those of the device beneath.
import { DeviceWrapper } from './device_wrapper.ts';
import type { Command, KernelCall, Span } from './engine.ts';

/** A command as it ran. */
export interface TracedCommand {
  readonly kernel: string;
  /** Null for a clear. */
  readonly call: KernelCall | null;
  /** In milliseconds of the GPU's clock; null where it has none. */
  readonly time: Span | null;
}

export class TracingDevice extends DeviceWrapper {
  private readonly calls = new WeakMap<Command, KernelCall>();
  private traced: Command[] | null = null;

  override record(call: KernelCall): Command {
    const command = super.record(call);
    this.calls.set(command, call);
    return command;
  }

  override submit(...lists: readonly (readonly Command[])[]): void {
    if (!this.traced) return super.submit(...lists);
    for (const command of lists.flat()) {
      this.traced.push(command);
      super.submit([command]);
    }
  }

  /** Every command that `work` submits. */
  async trace(work: () => Promise<void>): Promise<TracedCommand[]> {
    const commands: Command[] = [];
    await this.idle();
    this.traced = commands;
    let spans: readonly Span[] | null;
    let ran = false;
    const watched = async (): Promise<void> => {
      ran = true;
      await work();
    };
    try {
      spans = await this.gpuSpans(watched);
      // without a clock nothing has run yet
      if (!ran) await work();
    } finally {
      this.traced = null;
    }
    await this.idle();
    return commands.map((command, i) => ({
      kernel: command.kernel,
      call: this.calls.get(command) ?? null,
      time: spans?.[i] ?? null,
    }));
  }
}
