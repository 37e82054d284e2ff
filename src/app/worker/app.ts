// What the parts of the worker share.
import type { AdapterInfo } from '../../../runtime/engine/adapter_info.ts';
import type { Device } from '../../../runtime/engine/engine.ts';
import type { PageHost } from '../../../runtime/host/browser/page_host.ts';
import type { Announcement } from '../protocol.ts';

/** The browser, an engine, and the page that hears. */
export interface App {
  readonly host: PageHost;
  listAdapters(): Promise<AdapterInfo[]>;
  /** Throws RunError where the browser has no adapter. */
  openEngine(): Promise<Device>;
  announce(announcement: Announcement): void;
}
