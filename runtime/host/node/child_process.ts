// Work in a process of its own, so that its end, however it comes, ends nobody else, and the caller's loop stays free.
import { fork } from 'node:child_process';
import { RunError } from '../../errors.ts';

/** Characters kept of what a child writes on standard error. */
const LAST_WORDS = 2000;

/** From the child, any number of times, then an answer. */
type FromChild = { readonly say: unknown } | { readonly answer: unknown };

export interface ChildWork<Answer> {
  /** Rejects with RunError where the process ended without an answer. */
  readonly answer: Promise<Answer>;
  /** Asks it to end early; it still answers. */
  stop(): void;
}

/**
 * Starts the script in a process of its own, and hands it the request.
 * @param name the script's bundle, beside this one
 * @param hear what the child says on its way
 */
export function startChild<Said, Answer>(
  name: string,
  request: unknown,
  hear: (said: Said) => void,
): ChildWork<Answer> {
  // a signal from the terminal goes to the whole group: the child is told by its parent alone
  const child = fork(new URL(name, import.meta.url), [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
  });
  /** The end of what it wrote on standard error: why it died, where it did. */
  let words = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS);
  });
  const answer = new Promise<Answer>((resolve, reject) => {
    child.on('message', (message: FromChild) => {
      if ('answer' in message) resolve(message.answer as Answer);
      else hear(message.say as Said);
    });
    child.on('error', (error) => reject(new RunError(`the process for the job: ${error.message}`)));
    child.on('exit', (code, signal) => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const said = words.trim().split('\n').at(-1)!;
      reject(new RunError(`the process for the job ended without an answer (${how})${said && `: ${said}`}`));
    });
  });
  child.send({ request });
  return { answer, stop: () => void child.send({ stop: true }, () => {}) };
}

/**
 * The other end: answers the one request of this process, then ends it. Ends at once where the parent is gone.
 * @param work `stopped` tells whether an early end was asked for
 */
export function answerParent<Request, Said, Answer>(
  work: (request: Request, say: (said: Said) => void, stopped: () => boolean) => Promise<Answer>,
): void {
  let stop = false;
  const send = (message: FromChild): Promise<void> =>
    new Promise((resolve) => void process.send!(message, () => resolve()));
  process.on('disconnect', () => process.exit(1));
  process.on('message', (message: { request?: Request; stop?: true }) => {
    if (message.stop) stop = true;
    if (message.request === undefined) return;
    void work(
      message.request,
      (said) => void send({ say: said }),
      () => stop,
    )
      .then((answer) => send({ answer }))
      .then(() => process.exit(0));
  });
}
