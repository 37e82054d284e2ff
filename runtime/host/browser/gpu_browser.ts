// WebGPU where the platform itself brings it: `navigator.gpu` in browsers and in Deno.

import { RunError } from '../../errors.ts';
import {
  describeAdapter,
  type GpuProvider,
  matchesName,
  noSuchAdapter,
  type OpenedAdapter,
} from '../../engine/gpu_provider.ts';

async function request(): Promise<OpenedAdapter | undefined> {
  const adapter = await globalThis.navigator?.gpu?.requestAdapter({ powerPreference: 'high-performance' });
  return adapter ? { adapter, info: describeAdapter(adapter, {}) } : undefined;
}

/** The platform chooses the adapter; a name can only be checked against its choice. */
export function browserGpu(): GpuProvider {
  return {
    async listAdapters() {
      const opened = await request();
      return opened ? [opened.info] : [];
    },
    async open({ name } = {}) {
      const opened = await request();
      if (!opened) {
        throw new RunError(
          'this browser offers no WebGPU adapter; use a current one with WebGPU and hardware acceleration on ' +
            '(Chromium on Linux: --enable-unsafe-webgpu)',
        );
      }
      if (name !== undefined && !matchesName(opened.info, name)) throw noSuchAdapter(name, [opened.info]);
      return opened;
    },
  };
}
