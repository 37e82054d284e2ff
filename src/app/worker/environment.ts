// What this browser can do, and what to do where it cannot.
import { computesOnProcessors } from '../../../runtime/engine/adapter_info.ts';
import type { Environment } from '../protocol.ts';
import type { App } from './app.ts';
import { helpFor } from './browser_help.ts';
import type { Handlers } from './serve.ts';

export const environmentHandlers = (app: App): Handlers<'environment'> => ({
  environment: () => environmentOf(app),
});

async function environmentOf({ host, listAdapters }: App): Promise<Environment> {
  const [info] = await listAdapters();
  const storage = await host.storage();
  const common = { persistent: host.persistent, storage };
  if (!info) return { adapter: null, help: helpFor(host.userAgent, host.secure), ...common };
  const { maxBufferSize = 0, maxStorageBufferBindingSize = 0 } = info.limits;
  return {
    adapter: {
      name: info.name,
      software: computesOnProcessors(info.kind),
      features: info.features,
      maxBufferSize,
      maxStorageBufferBindingSize,
    },
    help: null,
    ...common,
  };
}
