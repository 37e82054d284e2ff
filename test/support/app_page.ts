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
export const SMALL = { epochs: 1, maxSteps: 2, channels: 2, batch: 150, seed: 3, logEvery: 1 };
export const SMALL_SEARCH: RunRequest = { kind: 'search', preset: 'quick', settings: SMALL, arch: 'DARTS' };
const MINUTES = 60_000;

/** The worker of a page that is open at an address of dist/. */
export interface AppPage {
  readonly page: Page;
  call<N extends CallName>(name: N, ask: Calls[N]['ask']): Promise<Calls[N]['answer']>;
  /** What a call is refused with. */
  refusal<N extends CallName>(name: N, ask: Calls[N]['ask']): Promise<Problem>;
  /** Everything that was announced so far. */
  heard(): Promise<Announcement[]>;
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
  return {
    page,
    call,
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
    heard: () => page.evaluate(() => (window as unknown as TestWindow).heard),
    async until(run, ...states) {
      await page.waitForFunction(
        ([id, wanted]) =>
          (window as unknown as TestWindow).heard.some(
            (said) => said.event === 'run' && said.record.id === id && wanted.includes(said.record.state),
          ),
        [run, states] as const,
        { timeout: 5 * MINUTES },
      );
      return (await call('runs', {})).find(({ id }) => id === run)!;
    },
  };
}
