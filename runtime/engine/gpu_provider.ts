// Where adapters come from, the same for Node, Deno and browsers: what was found, which is taken and why.

import { UserError } from '../errors.ts';
import type { AdapterInfo, AdapterKind, OpenOptions } from './adapter_info.ts';

/**
 * Toggles that trade checks for time: Dawn no longer checks the calls that it gets, and kernels no longer keep their
 * indices inside a buffer. A wrong program then crashes or computes nonsense instead of ending with an error.
 */
export const FAST_UNCHECKED = ['skip_validation', 'disable_robustness'] as const;

/** What some drivers need done differently; each is left out where WebGPU's own way is a good one. */
export interface DriverHooks {
  /** Waits for the GPU, which has so many kernel calls to run; hands on what `done` settles to. */
  readonly wait?: <T>(done: Promise<T>, calls: number) => Promise<T>;
  /** Opens a second device to translate kernels on (code_generation.ts); null where there is no more than one. */
  readonly secondDevice?: () => Promise<GPUDevice | null>;
}

export interface OpenedAdapter {
  readonly adapter: GPUAdapter;
  readonly info: AdapterInfo;
  readonly hooks?: DriverHooks;
}

export interface GpuProvider {
  /** Every adapter found, best first; an empty list where there is none. */
  listAdapters(): Promise<AdapterInfo[]>;
  /**
   * The best adapter, or the best of those that `name` describes. Throws RunError where there is no adapter at
   * all (with what to do about it), UserError where none fits `name`.
   */
  open(options?: OpenOptions): Promise<OpenedAdapter>;
}

const RANK: readonly AdapterKind[] = ['gpu', 'llvmpipe', 'swiftshader', 'null'];

/** Orders adapters by how fast their kind is; within a kind the given order stays. */
export function bestFirst<T extends { readonly info: AdapterInfo }>(adapters: readonly T[]): T[] {
  return adapters.toSorted((a, b) => RANK.indexOf(a.info.kind) - RANK.indexOf(b.info.kind));
}

export function matchesName(info: AdapterInfo, name: string): boolean {
  const facts = [info.kind, info.name, info.vendor, info.architecture, info.description];
  return facts.some((fact) => fact.toLowerCase().includes(name.toLowerCase()));
}

/** Why this adapter is the one taken, in a few words for a log line. */
export function explainChoice(info: AdapterInfo, name?: string): string {
  if (name) return `asked for by the name '${name}'`;
  switch (info.kind) {
    case 'gpu':
      return 'the best hardware GPU found';
    case 'llvmpipe':
      return 'no hardware GPU found; the fastest software driver';
    case 'swiftshader':
      return 'no hardware GPU and no llvmpipe found';
    case 'null':
      return 'asked for; it computes nothing';
  }
}

export function noSuchAdapter(name: string, found: readonly AdapterInfo[]): UserError {
  const names = found.map((info) => `'${info.name}'`).join(', ') || 'none';
  return new UserError(
    `adapter '${name}' not found; available: ${names} (and 'null', which computes nothing)`,
  );
}

/** The plain facts of a WebGPU adapter. `name` is the system's own name for it, where that is known. */
export function describeAdapter(
  adapter: GPUAdapter,
  extra: { name?: string; driver?: string; toggles?: readonly string[] },
): AdapterInfo {
  const { vendor, architecture, device, description } = adapter.info;
  const limits: Record<string, number> = {};
  // the limits are accessors of the prototype, which Object.entries does not see
  for (const key in adapter.limits) {
    const value = adapter.limits[key as keyof GPUSupportedLimits];
    if (typeof value === 'number') limits[key] = value;
  }
  return {
    kind: adapterKind(adapter),
    name: extra.name || description || device || `${vendor} ${architecture}`.trim() || 'unnamed adapter',
    vendor,
    architecture,
    description,
    ...(extra.driver ? { driver: extra.driver } : {}),
    limits,
    features: [...adapter.features].sort(),
    ...(extra.toggles?.length ? { toggles: extra.toggles } : {}),
  };
}

function adapterKind(adapter: GPUAdapter): AdapterKind {
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info;
  const words = `${vendor} ${architecture} ${device} ${description}`.toLowerCase();
  if (words.includes('swiftshader')) return 'swiftshader';
  if (words.includes('null-backend')) return 'null';
  // other software adapters are like llvmpipe in what is fast on them
  return words.includes('llvmpipe') || isFallbackAdapter ? 'llvmpipe' : 'gpu';
}
