// Where the library runs: Node or Deno. Modules that need Node are loaded when something of theirs is asked for;
// host_browser.ts has the same functions for pages.

import { browserGpu } from './browser/gpu_browser.ts';
import type { GpuEngine } from '../engine/gpu_engine.ts';
import type { GpuProvider, OpenOptions } from '../engine/gpu_provider.ts';
import { openEngine } from '../engine/open_engine.ts';
import type { Platform } from './platform.ts';

/** Adapters: the platform's own WebGPU where it has one (Deno), else Dawn's in Node. */
export async function hostGpu(): Promise<GpuProvider> {
  if (globalThis.navigator?.gpu) return browserGpu();
  const { nodeGpu } = await import('./node/node.ts');
  return nodeGpu();
}

/**
 * An engine on the best adapter, or on the best of those that `options.name` describes. Throws RunError where there
 * is no adapter, UserError where none fits.
 */
export async function openHostEngine(options: OpenOptions = {}): Promise<GpuEngine> {
  return openEngine(await hostGpu(), options);
}

/** Files on the disk, the files that come with the library, a clock. */
export async function hostPlatform(): Promise<Platform> {
  const { nodePlatform } = await import('./node/node.ts');
  return nodePlatform();
}
