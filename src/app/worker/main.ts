// The page's worker: engine, files and all work. Built into dist/page/worker.js.
import { listAdapters, openEngine } from '../../../runtime/host/browser/host_browser.ts';
import { openPageHost } from '../../../runtime/host/browser/page_host.ts';
import type { Announcement } from '../protocol.ts';
import type { App } from './app.ts';
import { handlersOf } from './handlers.ts';
import { type Port, serve } from './serve.ts';

const port = globalThis as unknown as Port;
// what nothing caught ends this worker, and the page starts another
addEventListener('unhandledrejection', ({ reason }) => reportError(reason));

/** What all tabs that share the runs want to know. */
const SHARED: readonly Announcement['event'][] = ['run', 'removed', 'status', 'metrics'];

async function open(): Promise<ReturnType<typeof handlersOf>> {
  const host = await openPageHost();
  const otherTabs = host.persistent ? new BroadcastChannel('nat-webgpu') : null;
  if (otherTabs) otherTabs.onmessage = ({ data }) => port.postMessage(data as Announcement);
  const app: App = {
    host,
    listAdapters,
    openEngine: () => openEngine(),
    announce(announcement) {
      port.postMessage(announcement);
      if (SHARED.includes(announcement.event)) otherTabs?.postMessage(announcement);
    },
  };
  return handlersOf(app);
}

serve(port, open());
