// Where the library runs: Node or Deno. Modules that need Node are loaded when something of theirs is asked for;
// host_browser.ts has the same functions for pages. No type of WebGPU stands in them, so that whoever uses the library
// needs none.

import type { AdapterInfo, OpenOptions } from '../engine/adapter_info.ts';
import type { Device } from '../engine/engine.ts';
import { openEngine as openOn } from '../engine/open_engine.ts';
import { hostGpu } from './host_gpu.ts';
import type { LibraryPlatform } from './platform.ts';

/** Every adapter found, best first; an empty list where there is none. */
export async function listAdapters(): Promise<AdapterInfo[]> {
  return (await hostGpu()).listAdapters();
}

/**
 * An engine on the best adapter, or on the best of those that `options.name` describes. Throws RunError where there
 * is no adapter, UserError where none fits.
 */
export async function openEngine(options: OpenOptions = {}): Promise<Device> {
  return openOn(await hostGpu(), options);
}

/** Files on the disk, the files that come with the library, a clock. */
export async function hostPlatform(): Promise<LibraryPlatform> {
  const { nodePlatform } = await import('./node/node.ts');
  return nodePlatform();
}
