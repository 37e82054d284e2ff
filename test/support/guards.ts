// A guard behind every buffer: bindings that reach to a buffer's end go on into it, so that what a kernel writes beyond its
// tensor stays to be seen, and what it reads there is NaN.
import * as assert from 'uvu/assert';
import { DeviceWrapper } from '../../runtime/engine/device_wrapper.ts';
import type { Buffer, Command, KernelCall, Region } from '../../runtime/engine/engine.ts';

const GUARD_BYTES = 1024;
/** A NaN of every guard's own: a kernel that copies from one guard into another is seen, too. */
const markOf = (guard: number): number => 0x7fc00000 | (guard & 0x3fffff);

interface Guard {
  readonly label: string;
  readonly region: Region;
  readonly mark: number;
}

export class GuardedDevice extends DeviceWrapper {
  /** What the program has -> the whole, with its guard. */
  private readonly wholes = new WeakMap<Buffer, Buffer>();
  private guards: Guard[] = [];
  private made = 0;

  override createBuffer(label: string, bytes: number, part?: string): Buffer {
    const own = Math.max(16, Math.ceil(bytes / 16) * 16);
    const whole = this.device.createBuffer(label, own + GUARD_BYTES, part);
    const region = { buffer: whole, offset: own, bytes: GUARD_BYTES };
    const mark = markOf(++this.made);
    this.device.write(region, new Uint32Array(GUARD_BYTES / 4).fill(mark));
    this.guards.push({ label, region, mark });
    const buffer = { ...whole, bytes: own };
    this.wholes.set(buffer, whole);
    return buffer;
  }

  override record(call: KernelCall): Command {
    const bind = Object.entries(call.bind).map(([name, region]) => [name, this.reachingIntoGuard(region)]);
    return this.device.record({ ...call, bind: Object.fromEntries(bind) as KernelCall['bind'] });
  }

  private reachingIntoGuard(region: Region): Region {
    const { buffer, offset, bytes } = region;
    const whole = this.wholes.get(buffer);
    const toTheEnd = offset + Math.ceil(bytes / 16) * 16 >= buffer.bytes;
    return whole && toTheEnd ? { buffer: whole, offset, bytes: whole.bytes - offset } : region;
  }

  /** Fails where a guard of a buffer made since the last call was written. */
  async checkGuards(): Promise<void> {
    const looked = this.guards;
    this.guards = [];
    const contents = await this.device.read(...looked.map(({ region }) => region));
    for (const [i, { label, mark }] of looked.entries()) {
      const at = new Uint32Array(contents[i]!.buffer).findIndex((word) => word !== mark);
      assert.is(at, -1, `'${label}' was written ${at + 1} words beyond its end`);
    }
  }
}
