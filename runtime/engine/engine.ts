// What the mathematics above sees of a GPU: buffers of bytes, kernels called by name, lists of recorded
// commands. Two engines implement it: GpuEngine (gpu_engine.ts) runs commands; PlanEngine (plan_engine.ts)
// only counts, so that memory, pipelines and arithmetic are known before a run and without a device.
import type { AdapterKind } from './adapter_info.ts';
import { shaderText } from './shader_source.ts';
import { type KernelReflection, reflectKernel, resolveWorkgroupSize } from './wgsl_reflect.ts';

/** A stretch of device memory. Opaque above runtime/. */
export interface Buffer {
  readonly label: string;
  readonly bytes: number;
}

/** A part of a buffer as bound to a kernel: `offset` is a multiple of 256. */
export interface Region {
  readonly buffer: Buffer;
  /** In bytes. */
  readonly offset: number;
  readonly bytes: number;
}

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
  /** Multiply-adds of this call, where it is a convolution or a matrix product. */
  readonly madds?: number;
}

/** A recorded command, replayed any number of times. Opaque above runtime/. */
export interface Command {
  readonly kernel: string;
}

export interface EngineLimits {
  readonly maxBufferBytes: number;
  readonly maxBindingBytes: number;
}

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

export interface Engine {
  readonly kind: AdapterKind;
  readonly limits: EngineLimits;
  readonly counters: Counters;
  createBuffer(label: string, bytes: number): Buffer;
  /** Records one kernel call. Nothing runs yet. */
  record(call: KernelCall): Command;
  /** Records zeroing of a region. */
  recordClear(region: Region): Command;
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
