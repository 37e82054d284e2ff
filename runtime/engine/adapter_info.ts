// Plain facts about a WebGPU adapter, as shown to users and kept in every result.

/** Kinds that differ in which kernels are fast; see README, Architecture. */
export type AdapterKind = 'gpu' | 'llvmpipe' | 'swiftshader' | 'null';

/**
 * Kernels exist in two forms where adapters differ in kind. 'tiled': many small invocations that share tiles in
 * workgroup memory, for GPUs. 'registers': few invocations, each with much in registers and no barrier, for software
 * adapters.
 */
export type KernelForm = 'tiled' | 'registers';

/** The one place where the form is chosen; an engine that says it is of another kind gets that kind's kernels. */
export const kernelForm = (kind: AdapterKind): KernelForm => (kind === 'gpu' ? 'tiled' : 'registers');

/** Whether it takes the processors that the program runs on. */
export const computesOnProcessors = (kind: AdapterKind): boolean =>
  kind === 'llvmpipe' || kind === 'swiftshader';

/** An adapter as its driver describes it, in plain facts. */
export interface AdapterInfo {
  readonly kind: AdapterKind;
  /** What a user calls it: 'NVIDIA H100', 'llvmpipe (LLVM 19.1.7, 256 bits)'. */
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
  /** The Vulkan driver's manifest, where one was chosen. */
  readonly driver?: string;
  readonly limits: Readonly<Record<string, number>>;
  readonly features: readonly string[];
  /** Dawn toggles that were switched on, if any. */
  readonly toggles?: readonly string[];
}

/** Which adapter to open, and how. */
export interface OpenOptions {
  /** Part of an adapter's kind, name, vendor, architecture or description; the best adapter where left out. */
  readonly name?: string;
  /** Dawn toggles to switch on, e.g. 'skip_validation'; without effect outside Node. */
  readonly toggles?: readonly string[];
}
