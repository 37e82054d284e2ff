// The page's side of the worker, with workers that are played: answers, problems, announcements, failures.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clientOf, type WorkerLike } from '../src/app/client.ts';
import type { Announcement, Reply, Request } from '../src/app/protocol.ts';
import { problemOf, serve } from '../src/app/worker/serve.ts';
import { RunError, UserError } from '../runtime/errors.ts';
import { SettingError } from '../src/settings/setting.ts';

/** A worker that keeps what it is asked, and says what a test wants. */
class PlayedWorker implements WorkerLike {
  asked: Request[] = [];
  ended = false;
  onmessage: WorkerLike['onmessage'] = null;
  onerror: WorkerLike['onerror'] = null;
  postMessage(message: Request): void {
    this.asked.push(message);
  }
  terminate(): void {
    this.ended = true;
  }
  say(data: Reply | Announcement): void {
    this.onmessage!({ data } as MessageEvent<Reply | Announcement>);
  }
  fail(message: string): void {
    this.onerror!({ message, preventDefault() {} } as ErrorEvent);
  }
}

function play() {
  const workers: PlayedWorker[] = [];
  const client = clientOf(() => {
    const worker = new PlayedWorker();
    workers.push(worker);
    return worker;
  });
  const heard: Announcement[] = [];
  return { client, workers, heard, stop: client.listen((said) => void heard.push(said)) };
}

/** The message that a promise is rejected with. */
const refusal = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'not refused',
    (error: Error) => error.message,
  );

test('answers and problems go to the calls that asked, whatever their order', async () => {
  const { client, workers } = play();
  const runs = client.call('runs', {});
  const removed = client.call('remove', { run: 'x' });
  const [first, second] = workers[0]!.asked;
  assert.equal([first!.call, second!.call], ['runs', 'remove']);
  workers[0]!.say({ id: second!.id, problem: { message: 'no such run', user: true, setting: null } });
  workers[0]!.say({ id: first!.id, answer: [] });
  assert.equal(await runs, []);
  assert.is(await refusal(removed), 'no such run');
});

test('announcements are heard until nobody listens any more', () => {
  const { workers, heard, stop } = play();
  const said = { event: 'lesson', done: 1, total: 2 } as const;
  workers[0]!.say(said);
  stop();
  workers[0]!.say(said);
  assert.equal(heard, [said]);
});

test('a worker that fails is started again, what it owed is refused in one line, and a third failure is the last', async () => {
  const { client, workers, heard } = play();
  const owed = client.call('runs', {});
  workers[0]!.fail('out of memory');
  assert.is(
    await refusal(owed),
    "the page's worker failed: out of memory; it is started again, and runs go on from their last checkpoint",
  );
  assert.equal([workers.length, workers[0]!.ended], [2, true]);
  assert.is(heard.at(-1)!.event, 'note');
  const next = client.call('runs', {});
  workers[1]!.say({ id: workers[1]!.asked[0]!.id, answer: [] });
  assert.equal(await next, []);
  // what was answered in between makes the next failure the first again
  for (const worker of [1, 2]) workers[worker]!.fail('again');
  const last = client.call('runs', {});
  workers[3]!.fail('');
  const line = "the page's worker failed or could not be loaded; load the page again";
  assert.is(await refusal(last), line);
  assert.is(await refusal(client.call('runs', {})), line);
  assert.is(workers.length, 4);
});

test('the worker answers each call, and an error as a problem that says whose it is', async () => {
  const said: unknown[] = [];
  const port = {
    onmessage: null as ((event: MessageEvent<Request>) => void) | null,
    postMessage: (message: unknown) => void said.push(message),
  };
  const handlers = {
    runs: async () => [],
    remove: async () => {
      throw new UserError('no\nsuch run');
    },
  };
  serve(port, Promise.resolve(handlers as never));
  const ask = (call: string, id: number): void =>
    port.onmessage!({ data: { id, call, ask: {} } } as unknown as MessageEvent<Request>);
  ask('runs', 1);
  ask('remove', 2);
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(said, [
    { id: 1, answer: [] },
    { id: 2, problem: { message: 'no\\nsuch run', user: true, setting: null } },
  ]);
  assert.equal(problemOf(new SettingError('trainFraction', 'got 2')), {
    ...{ message: '--train-fraction: got 2', user: true, setting: 'trainFraction' },
  });
  assert.is(problemOf(new RunError('lost')).user, false);
  assert.equal(problemOf('text'), { message: 'text', user: false, setting: null });
});

test.run();
