// Calls of the page, each to its handler, and the answer or the problem back.
import { oneLine, UserError } from '../../../runtime/errors.ts';
import { SettingError } from '../../settings/setting.ts';
import type { Announcement, CallName, Calls, Problem, Reply, Request } from '../protocol.ts';

/** The worker's end of the channel to the page. */
export interface Port {
  postMessage(message: Reply | Announcement): void;
  onmessage: ((event: MessageEvent<Request>) => void) | null;
}

/** What answers some of the page's calls. */
export type Handlers<N extends CallName = CallName> = {
  readonly [K in N]: (ask: Calls[K]['ask']) => Promise<Calls[K]['answer']>;
};

/** Answers calls, several at a time; those that come while `opening` has not ended wait for it. */
export function serve(port: Port, opening: Promise<Handlers>): void {
  const answer = async ({ id, call, ask }: Request): Promise<void> => {
    try {
      const handle = (await opening)[call] as (asked: unknown) => Promise<unknown>;
      port.postMessage({ id, answer: await handle(ask) });
    } catch (error) {
      port.postMessage({ id, problem: problemOf(error) });
    }
  };
  port.onmessage = ({ data }) => void answer(data);
}

/** An error as it goes to the page, which has words of its own for the options that its message names. */
export function problemOf(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const setting = error instanceof SettingError ? error.setting : null;
  return { message: oneLine(message), user: error instanceof UserError, setting };
}
