// A device that looks at whatever kernels leave behind: after each call follows one that searches its results for
// numbers that are not finite. The numbers themselves are those of the device beneath.
import { RunError } from '../errors.ts';
import { DeviceWrapper } from './device_wrapper.ts';
import {
  type Command,
  type Device,
  type KernelCall,
  kernelReflection,
  type NumericsCheck,
  type Region,
} from './engine.ts';

const KERNEL = 'not_finite';
const WORKGROUP = 64;
/** Invocations that share the elements of a large result. */
const MOST_INVOCATIONS = 64 * 1024;

/** A result of a kernel call, for the message about it. */
interface Result {
  readonly call: KernelCall;
  readonly binding: string;
  readonly region: Region;
}

export class CheckedDevice extends DeviceWrapper implements NumericsCheck {
  /** What the checking kernel writes: the number of a result in `results` plus 1, and which of its elements. */
  private readonly found: Region;
  private readonly clearFound: Command;
  private readonly results: Result[] = [];
  private readonly checks = new WeakMap<Command, readonly Command[]>();
  private doing = '';

  constructor(device: Device) {
    super(device);
    this.found = { buffer: device.createBuffer('numbers that are not finite', 8), offset: 0, bytes: 8 };
    this.clearFound = device.recordClear(this.found);
  }

  override get numerics(): NumericsCheck {
    return this;
  }

  override record(call: KernelCall): Command {
    const command = this.device.record(call);
    const results = kernelReflection(call.kernel).bindings.filter(
      ({ kind, float }) => kind === 'read_write' && float,
    );
    const checks = results.map(({ name }) => this.recordCheck(call, name, call.bind[name]!));
    this.checks.set(command, checks);
    return command;
  }

  private recordCheck(call: KernelCall, binding: string, region: Region): Command {
    this.results.push({ call, binding, region });
    const n = region.bytes / 4;
    return this.device.record({
      kernel: KERNEL,
      bind: { x: region, found: this.found },
      params: { n, call: this.results.length },
      threads: [Math.min(MOST_INVOCATIONS, Math.ceil(n / WORKGROUP) * WORKGROUP)],
    });
  }

  /** Throws RunError for floating-point numbers that are not finite. */
  override write(region: Region, data: ArrayBufferView<ArrayBuffer>): void {
    if (data instanceof Float32Array) {
      const at = data.findIndex((value) => !Number.isFinite(value));
      if (at >= 0) {
        throw this.problem(`element ${at} of what is written to '${region.buffer.label}' is ${data[at]}`);
      }
    }
    this.device.write(region, data);
  }

  override submit(...lists: readonly (readonly Command[])[]): void {
    const checked = lists.map((list) =>
      list.flatMap((command) => [command, ...(this.checks.get(command) ?? [])]),
    );
    this.device.submit(...checked);
  }

  override async read(...regions: readonly Region[]): Promise<Uint8Array<ArrayBuffer>[]> {
    const results = await this.device.read(...regions, this.found);
    this.report(results.pop()!);
    return results;
  }

  mark(what: string): void {
    this.doing = what;
  }

  async inspect(): Promise<void> {
    this.report((await this.device.read(this.found))[0]!);
  }

  private report(bytes: Uint8Array<ArrayBuffer>): void {
    const [number, fromEnd] = new Uint32Array(bytes.buffer, 0, 2);
    if (number === 0) return;
    this.device.submit([this.clearFound]);
    const { call, binding, region } = this.results[number! - 1]!;
    const part = call.part === undefined ? '' : `, ${call.part}`;
    throw this.problem(
      `kernel ${call.kernel}${part} left a number that is not finite: element ${region.bytes / 4 - fromEnd!} ` +
        `of ${binding}, in '${region.buffer.label}'`,
    );
  }

  private problem(what: string): RunError {
    return new RunError(this.doing ? `${this.doing}: ${what}` : what);
  }
}
