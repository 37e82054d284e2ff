// Where the library runs: a page or a worker. The same functions as in host.ts.

import { browserGpu } from './gpu_browser.ts';
import type { GpuEngine } from '../../engine/gpu_engine.ts';
import type { GpuProvider, OpenOptions } from '../../engine/gpu_provider.ts';
import { openEngine } from '../../engine/open_engine.ts';
import { type BrowserPlatform, browserPlatform } from './platform_browser.ts';

/** The browser's adapter. */
export const hostGpu = async (): Promise<GpuProvider> => browserGpu();

/** An engine on the browser's adapter. Throws RunError where it has none, UserError where `options.name` is another. */
export const openHostEngine = async (options: OpenOptions = {}): Promise<GpuEngine> =>
  openEngine(browserGpu(), options);

/** Files in memory, the files that come with the library, a clock. */
export const hostPlatform = async (): Promise<BrowserPlatform> => browserPlatform();
