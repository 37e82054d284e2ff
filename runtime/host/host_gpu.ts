// Adapters in Node and Deno.

import type { GpuProvider } from '../engine/gpu_provider.ts';
import { browserGpu } from './browser/gpu_browser.ts';

/** Adapters: the platform's own WebGPU where it has one (Deno), else Dawn's in Node. */
export async function hostGpu(): Promise<GpuProvider> {
  if (globalThis.navigator?.gpu) return browserGpu();
  const { nodeGpu } = await import('./node/node.ts');
  return nodeGpu();
}
