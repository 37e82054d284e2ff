// A guard behind every buffer: bindings that reach to a buffer's end go on into it, so that what a kernel writes beyond its
// tensor stays to be seen, and what it reads there is NaN.
import * as assert from 'uvu/assert';
import type { Buffer, KernelCall, Region } from '../../runtime/engine/engine.ts';
import type { GpuEngine } from '../../runtime/engine/gpu_engine.ts';

const GUARD_BYTES = 1024;
/** A NaN of every guard's own: a kernel that copies from one guard into another is seen, too. */
const markOf = (guard: number): number => 0x7fc00000 | (guard & 0x3fffff);

export interface GuardedEngine {
  readonly engine: GpuEngine;
  /** Fails where a guard of a buffer made since the last call was written. */
  checkGuards(): Promise<void>;
}

export function withGuards(engine: GpuEngine): GuardedEngine {
  /** What the program has -> the whole, with its guard. */
  const wholes = new WeakMap<Buffer, Buffer>();
  let guards: { readonly label: string; readonly region: Region; readonly mark: number }[] = [];
  let made = 0;

  const createBuffer = (label: string, bytes: number, part?: string): Buffer => {
    const own = Math.max(16, Math.ceil(bytes / 16) * 16);
    const whole = engine.createBuffer(label, own + GUARD_BYTES, part);
    const region = { buffer: whole, offset: own, bytes: GUARD_BYTES };
    const mark = markOf(++made);
    engine.write(region, new Uint32Array(GUARD_BYTES / 4).fill(mark));
    guards.push({ label, region, mark });
    const buffer = { ...whole, bytes: own };
    wholes.set(buffer, whole);
    return buffer;
  };
  const reachingIntoGuard = (region: Region): Region => {
    const { buffer, offset, bytes } = region;
    const whole = wholes.get(buffer);
    const toTheEnd = offset + Math.ceil(bytes / 16) * 16 >= buffer.bytes;
    return whole && toTheEnd ? { buffer: whole, offset, bytes: whole.bytes - offset } : region;
  };
  const record = (call: KernelCall) => {
    const bind = Object.entries(call.bind).map(([name, region]) => [name, reachingIntoGuard(region)]);
    return engine.record({ ...call, bind: Object.fromEntries(bind) as KernelCall['bind'] });
  };
  const replaced: Readonly<Record<PropertyKey, unknown>> = { createBuffer, record };
  const proxy = new Proxy(engine, {
    get(target, name) {
      if (name in replaced) return replaced[name];
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    engine: proxy,
    async checkGuards() {
      const looked = guards;
      guards = [];
      const contents = await engine.read(...looked.map(({ region }) => region));
      for (const [i, { label, mark }] of looked.entries()) {
        const at = new Uint32Array(contents[i]!.buffer).findIndex((word) => word !== mark);
        assert.is(at, -1, `'${label}' was written ${at + 1} words beyond its end`);
      }
    },
  };
}
