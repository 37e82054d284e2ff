// The WebGPU of whatever runs the library: the platform's own where there is one (Deno), else Dawn in Node.

import { browserGpu } from './gpu_browser.ts';
import type { GpuProvider } from './gpu_provider.ts';

export async function hostGpu(): Promise<GpuProvider> {
  if (globalThis.navigator?.gpu) return browserGpu();
  const { nodeGpu } = await import('./gpu_node.ts');
  return nodeGpu();
}
