/// <reference lib="esnext.disposable" preserve="true" />
// What the mathematics above sees of a GPU: buffers of bytes, kernels called by name, lists of recorded commands. Two
// engines record: GpuEngine (gpu_engine.ts), which is a Device and also runs commands, and PlanEngine (plan_engine.ts),
// which only counts, so that memory, pipelines and arithmetic are known before a run and without a device.
import type { AdapterInfo, AdapterKind } from './adapter_info.ts';
import { UserError } from '../errors.ts';
import { shaderText } from './shader_source.ts';
import { type KernelReflection, reflectKernel, resolveWorkgroupSize } from './wgsl_reflect.ts';

/** A stretch of device memory. Opaque above runtime/. */
export interface Buffer {
  readonly label: string;
  readonly bytes: number;
  /** The part of a program that it belongs to, where the program tells its parts apart. */
  readonly part?: string;
}

/** A part of a buffer as bound to a kernel: `offset` is a multiple of 256. */
export interface Region {
  readonly buffer: Buffer;
  /** In bytes. */
  readonly offset: number;
  readonly bytes: number;
}

/** One call of a kernel: what it reads and writes, and over how many invocations. */
export interface KernelCall {
  /** The shader's file name without .wgsl. */
  readonly kernel: string;
  /** One region per storage binding, by the binding's name in the shader. */
  readonly bind: Readonly<Record<string, Region>>;
  /** Values of `struct Params`. */
  readonly params?: Readonly<Record<string, number>>;
  /** Override constants; those left out keep the shader's defaults. */
  readonly constants?: Readonly<Record<string, number>>;
  /** Invocations wanted, per dimension. A single extent may be of any size; it is folded into x and y. */
  readonly threads: readonly number[];
  /** Multiply-adds of this call, where it is a layer's forward pass. */
  readonly madds?: number;
  /** The kind of that layer; a convolution unless given. */
  readonly layer?: 'convolution' | 'linear';
  /** The part of a program that it belongs to, where the program tells its parts apart. */
  readonly part?: string;
}

/** A recorded command, replayed any number of times. Opaque above runtime/. */
export interface Command {
  readonly kernel: string;
  readonly part?: string;
}

export interface EngineLimits {
  readonly maxBufferBytes: number;
  readonly maxBindingBytes: number;
}

/** Of an adapter that nothing is too large for. */
export const UNLIMITED: EngineLimits = { maxBufferBytes: Infinity, maxBindingBytes: Infinity };

/** What was created and done so far; the proof that a steady loop creates nothing. */
export interface Counters {
  buffers: number;
  bufferBytes: number;
  bindGroups: number;
  pipelines: number;
  shaderModules: number;
  dispatches: number;
  submits: number;
  readbackBytes: number;
}

/** A kernel with its override constants: what a pipeline is compiled from. */
export interface KernelVariant {
  readonly kernel: string;
  readonly constants: Readonly<Record<string, number>>;
}

/** What decides which kernels are recorded, and how: all that a plan needs to know of an adapter. */
export interface Adapter {
  readonly kind: AdapterKind;
  readonly limits: EngineLimits;
}

/** Makes memory and records commands. Nothing runs yet. */
export interface Engine extends Adapter {
  createBuffer(label: string, bytes: number, part?: string): Buffer;
  /** Records one kernel call. */
  record(call: KernelCall): Command;
  /** Records zeroing of a region. */
  recordClear(region: Region): Command;
}

/** Runs what was recorded. */
export interface Runner {
  /** Queues bytes into a region, before everything submitted later. */
  write(region: Region, data: ArrayBufferView<ArrayBuffer>): void;
  /** Has the command lists run in order. */
  submit(...lists: readonly (readonly Command[])[]): void;
}

/** Reads memory back. */
export interface Reader {
  /** The bytes of regions, after everything submitted so far; one round trip per call. */
  read(...regions: readonly Region[]): Promise<Uint8Array<ArrayBuffer>[]>;
}

/** Looks for numbers that are not finite in whatever kernels leave behind. */
export interface NumericsCheck {
  /** Says what is being done, for errors. */
  mark(what: string): void;
  /** Throws RunError where a kernel left such a number since the last time; every readback does the same. */
  inspect(): Promise<void>;
}

/** A time from `begin` to `end`. */
export interface Span {
  readonly begin: number;
  readonly end: number;
}

/** An open device. A call throws RunError where the device was lost or refused an earlier call. */
export interface Device extends Engine, Runner, Reader {
  readonly info: AdapterInfo;
  readonly counters: Counters;
  /** There where numbers are checked (checked_device.ts). */
  readonly numerics?: NumericsCheck | undefined;
  /** Every buffer made so far and not given back. */
  readonly buffers: readonly Buffer[];
  /** Is told of every list of commands as it is submitted; null where nobody wants to know. */
  observer: ((commands: readonly Command[]) => void) | null;
  /**
   * Compiles pipelines in parallel, so that recording finds them ready. Rejects with the compiler's own words.
   * @param first those that run at once: where a driver makes machine code at a kernel's first call, it is made here
   */
  compile(wanted: Iterable<KernelVariant>, first?: ReadonlySet<KernelVariant>): Promise<void>;
  /** Makes the buffer that readbacks of up to this size go through, so that none has to make it later. */
  reserveReadback(bytes: number): void;
  /** Resolves when the queue is idle. */
  idle(): Promise<void>;
  /**
   * When the GPU begins and ends each submission that `work` makes, in milliseconds of its own clock; null where the
   * adapter has no timestamp queries.
   */
  gpuSpans(work: () => Promise<void>): Promise<readonly Span[] | null>;
  /** Throws what the device reported since the last call. */
  check(): void;
  /** Gives memory back at once. What was recorded on it must not be submitted any more; other buffers are left alone. */
  free(...buffers: readonly Buffer[]): void;
  /** Releases the device with all its memory. Later calls throw DeviceLostError. */
  destroy(): void;
  /** The same as `destroy`, for `using engine = await openEngine()`. */
  [Symbol.dispose](): void;
}

export const newCounters = (): Counters => ({
  buffers: 0,
  bufferBytes: 0,
  bindGroups: 0,
  pipelines: 0,
  shaderModules: 0,
  dispatches: 0,
  submits: 0,
  readbackBytes: 0,
});

const reflections = new Map<string, KernelReflection>();

/** The reflection of a shader under shaders/, by file name. */
export function kernelReflection(name: string): KernelReflection {
  let kernel = reflections.get(name);
  if (!kernel) {
    kernel = reflectKernel(name, shaderText(name));
    reflections.set(name, kernel);
  }
  return kernel;
}

/** The key under which a pipeline is cached: kernel and constants. */
export function pipelineKey(name: string, constants: Readonly<Record<string, number>> = {}): string {
  const parts = Object.keys(constants)
    .sort()
    .map((k) => `${k}=${constants[k]}`);
  return parts.length ? `${name}(${parts.join(',')})` : name;
}

const MAX_GROUPS = 65535;

/** Workgroup counts for the invocations wanted. One long dimension is folded: see shaders/lib/grid.wgsl. */
export function workgroups(
  kernel: KernelReflection,
  constants: Readonly<Record<string, number>>,
  threads: readonly number[],
): [number, number, number] {
  const size = resolveWorkgroupSize(kernel, constants);
  const groups = [0, 1, 2].map((d) => Math.ceil((threads[d] ?? 1) / size[d]!)) as [number, number, number];
  if (threads.length === 1 && groups[0] > MAX_GROUPS) {
    if (!kernel.unfolds) {
      throw new UserError(
        `kernel ${kernel.name}: got ${threads[0]} invocations, expected at most ${MAX_GROUPS * size[0]}; ` +
          'use num_workgroups to tell where an invocation stands, or let each do more',
      );
    }
    const x = 32768;
    return [x, Math.ceil(groups[0] / x), 1];
  }
  if (groups.some((g) => g > MAX_GROUPS || !(g >= 1))) {
    throw new Error(
      `internal: ${kernel.name}: ${groups.join('x')} workgroups for threads ${threads.join('x')}`,
    );
  }
  return groups;
}
