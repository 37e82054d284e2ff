// The page's side of its worker: calls with answers, announcements, and a worker that is started again where it fails.
import { type Announcement, type Client, ProblemError, type Reply, type Request } from './protocol.ts';

/** What a client needs of a worker. */
export interface WorkerLike {
  postMessage(message: Request): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Reply | Announcement>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** Failures of the worker in a row, with nothing answered in between, after which it is not started again. */
const MOST_FAILURES = 3;

/** A client that can be closed. */
export interface OpenClient extends Client {
  /** Ends the worker, and with it all work; what is not answered yet is rejected. */
  close(): void;
}

/** Starts the worker that lies at `address`: worker.js beside the page's script. */
export const openClient = (address: URL): OpenClient =>
  clientOf(() => new Worker(address, { type: 'module', name: 'nat' }));

/** A client of the workers that `start` makes: one at a time, another where one fails. */
export function clientOf(start: () => WorkerLike): OpenClient {
  const hearers = new Set<(announcement: Announcement) => void>();
  const waiting = new Map<
    number,
    { resolve: (answer: never) => void; reject: (error: ProblemError) => void }
  >();
  let calls = 0;
  let failures = 0;
  /** Why there is no worker any more. */
  let ended: string | null = null;

  const announce = (announcement: Announcement): void => {
    for (const hear of hearers) hear(announcement);
  };
  const rejectAll = (message: string): void => {
    const all = [...waiting.values()];
    waiting.clear();
    for (const { reject } of all) reject(new ProblemError({ message, user: false, setting: null }));
  };
  const receive = ({ data }: MessageEvent<Reply | Announcement>): void => {
    if ('event' in data) return announce(data);
    const call = waiting.get(data.id);
    waiting.delete(data.id);
    failures = 0;
    if ('problem' in data) call?.reject(new ProblemError(data.problem));
    else call?.resolve(data.answer as never);
  };
  const open = (): WorkerLike => {
    const opened = start();
    opened.onmessage = receive;
    opened.onerror = (event) => {
      event.preventDefault();
      opened.terminate();
      failures++;
      const why = event.message ? `: ${event.message}` : ' or could not be loaded';
      if (failures >= MOST_FAILURES) {
        ended = `the page's worker failed${why}; load the page again`;
        rejectAll(ended);
        announce({ event: 'note', run: null, text: ended });
        return;
      }
      const text = `the page's worker failed${why}; it is started again, and runs go on from their last checkpoint`;
      worker = open();
      rejectAll(text);
      announce({ event: 'note', run: null, text });
    };
    return opened;
  };
  let worker = open();

  return {
    call(name, ask) {
      if (ended !== null) {
        return Promise.reject(new ProblemError({ message: ended, user: false, setting: null }));
      }
      return new Promise((resolve, reject) => {
        const id = ++calls;
        waiting.set(id, { resolve, reject });
        worker.postMessage({ id, call: name, ask } as Request);
      });
    },
    listen(hear) {
      hearers.add(hear);
      return () => void hearers.delete(hear);
    },
    close() {
      ended = 'the client is closed';
      worker.terminate();
      rejectAll(ended);
    },
  };
}
