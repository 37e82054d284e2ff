// The page's worker in a browser, called by the page's client as the page calls it.
import type { Page } from 'playwright-core';
import type { openClient } from '../../src/app/client.ts';
import type {
  Announcement,
  CallName,
  Calls,
  Problem,
  RunRecord,
  RunRequest,
} from '../../src/app/protocol.ts';

/** What a test has in its page. */
interface TestWindow {
  client: ReturnType<typeof openClient>;
  heard: Announcement[];
}

/** Small, and with few batches among the images that candidates are measured on. */
export const SMALL = {
  ...{ epochs: 2, maxSteps: 2, logEvery: 1, seed: 3 },
  ...{ channels: 2, layers: 2, batch: 50, trainFraction: 0.95 },
};
export const SMALL_SEARCH: RunRequest = { kind: 'search', preset: 'quick', settings: SMALL, arch: 'DARTS' };

/** The worker of a page that is open at an address of dist/. */
export interface AppPage {
  readonly page: Page;
  call<N extends CallName>(name: N, ask: Calls[N]['ask']): Promise<Calls[N]['answer']>;
  /** The answers to calls that are made one after the other. */
  callEach<N extends CallName>(name: N, asks: readonly Calls[N]['ask'][]): Promise<Calls[N]['answer'][]>;
  /** What a call is refused with. */
  refusal<N extends CallName>(name: N, ask: Calls[N]['ask']): Promise<Problem>;
  /** Everything that was announced so far, since it was last forgotten. */
  heard(): Promise<Announcement[]>;
  forget(): Promise<void>;
  /** Waits until something like this has been announced; fails after some minutes, 5 unless given. */
  waitFor(wanted: (said: Announcement) => boolean, minutes?: number): Promise<void>;
  /** Waits until a run is in one of these states. */
  until(run: string, ...states: readonly RunRecord['state'][]): Promise<RunRecord>;
}

/** Opens the client in a page of dist/. */
export async function openApp(page: Page): Promise<AppPage> {
  await page.evaluate(async () => {
    const module = (await import(new URL('/test/app_client.page.js', location.href).href)) as {
      openClient: typeof openClient;
    };
    const client = module.openClient(new URL('/page/worker.js', location.href));
    const heard: Announcement[] = [];
    client.listen((announcement) => void heard.push(announcement));
    Object.assign(window, { client, heard });
  });
  const call = <N extends CallName>(name: N, ask: Calls[N]['ask']): Promise<Calls[N]['answer']> =>
    page.evaluate(
      ([called, asked]) =>
        (window as unknown as TestWindow).client.call(called as N, asked as Calls[N]['ask']),
      [name, ask] as const,
    ) as Promise<Calls[N]['answer']>;
  let known: Announcement[] = [];
  const heard = async (): Promise<Announcement[]> => {
    const more = await page.evaluate(
      (from) => (window as unknown as TestWindow).heard.slice(from),
      known.length,
    );
    known.push(...more);
    return known;
  };
  const forget = async (): Promise<void> => {
    known = [];
    await page.evaluate(() => void (window as unknown as TestWindow).heard.splice(0));
  };
  const waitFor = async (wanted: (said: Announcement) => boolean, minutes = 5): Promise<void> => {
    const before = performance.now();
    while (!(await heard()).some(wanted)) {
      if (performance.now() - before > 60_000 * minutes)
        throw new Error(
          `never announced what was waited for, but ${JSON.stringify((await heard()).slice(-10))}`,
        );
      await page.waitForTimeout(50);
    }
  };
  return {
    page,
    call,
    callEach: (name, asks) =>
      page.evaluate(
        async ([called, all]) => {
          const answers: unknown[] = [];
          for (const ask of all)
            answers.push(await (window as unknown as TestWindow).client.call(called, ask as never));
          return answers as never;
        },
        [name, asks] as const,
      ),
    refusal: (name, ask) =>
      page.evaluate(
        ([called, asked]) =>
          (window as unknown as TestWindow).client.call(called, asked as never).then(
            () => {
              throw new Error(`${called} was answered`);
            },
            (error: { problem: Problem }) => error.problem,
          ),
        [name, ask] as const,
      ),
    heard,
    forget,
    waitFor,
    async until(run, ...states) {
      const isThere = (said: Announcement): boolean =>
        said.event === 'run' && said.record.id === run && states.includes(said.record.state);
      await waitFor(isThere);
      return (await call('runs', {})).find(({ id }) => id === run)!;
    },
  };
}
