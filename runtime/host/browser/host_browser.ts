// Where the library runs: a page or a worker. The same functions as in host.ts.

import type { AdapterInfo, OpenOptions } from '../../engine/adapter_info.ts';
import type { Device } from '../../engine/engine.ts';
import { openEngine as openOn } from '../../engine/open_engine.ts';
import { browserGpu } from './gpu_browser.ts';
import { type BrowserPlatform, browserPlatform } from './platform_browser.ts';

/** The browser's adapter; an empty list where it offers none. */
export const listAdapters = (): Promise<AdapterInfo[]> => browserGpu().listAdapters();

/** An engine on the browser's adapter. Throws RunError where it has none, UserError where `options.name` is another. */
export const openEngine = (options: OpenOptions = {}): Promise<Device> => openOn(browserGpu(), options);

/** Files in memory, the files that come with the library, a clock. */
export const hostPlatform = async (): Promise<BrowserPlatform> => browserPlatform();
