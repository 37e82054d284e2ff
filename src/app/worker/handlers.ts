// All calls, by the part of the worker that answers them.
import { RunError } from '../../../runtime/errors.ts';
import type { CallName } from '../protocol.ts';
import type { App } from './app.ts';
import { environmentHandlers } from './environment.ts';
import type { Handlers } from './serve.ts';

/** What answers the page's calls. */
export function handlersOf(app: App): Handlers {
  const made: Partial<Handlers> = {
    ...environmentHandlers(app),
    runs: async () => [],
    datasets: async () => [],
  };
  const missing = (_: object, name: string) => async () => {
    throw new RunError(`${name}: not there yet`);
  };
  return new Proxy(made, { get: (known, name: CallName) => known[name] ?? missing(known, name) }) as Handlers;
}
