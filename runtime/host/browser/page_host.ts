// What a page's worker has of its browser: files that outlast the page where the browser keeps them, storage, the clock.
import type { Files, LibraryPlatform } from '../platform.ts';
import { memoryFiles } from '../memory_files.ts';
import { openOpfsFiles } from './opfs_files.ts';
import { browserPlatform } from './platform_browser.ts';

/** The browser as the page's worker sees it. */
export interface PageHost extends LibraryPlatform {
  readonly files: Files;
  /** Whether files outlast the page. */
  readonly persistent: boolean;
  /** The browser, as it calls itself to servers. */
  readonly userAgent: string;
  /** Whether the page came over HTTPS, or from this machine. */
  readonly secure: boolean;
  /** Bytes that the page's origin uses and may use; null where the browser does not say. */
  storage(): Promise<{ readonly used: number; readonly allowed: number } | null>;
  /** Starts a worker that lies beside this one. */
  openWorker(file: string): Worker;
  /** Milliseconds since 1970, for people. */
  date(): number;
  /** A name that no other run has, here or in another tab. */
  newId(): string;
  /**
   * Waits until no other tab of the page has its turn, and keeps it until it is given back: one run computes at a time.
   * @param waiting is called where another tab has it
   */
  turn(waiting: () => void): Promise<{ release(): void }>;
  /**
   * Lets messages be handled before what follows. Timers would do, but for the 4 ms that they take each, and for pages in
   * the background.
   */
  breathe(): Promise<void>;
}

/** Opens the origin private file system; where the browser has none for this page, files stay in memory. */
export async function openPageHost(): Promise<PageHost> {
  const files = await openOpfsFiles('nat-webgpu').catch(() => null);
  const { readAsset, runtime, now } = browserPlatform();
  return {
    files: files ?? memoryFiles(),
    persistent: files !== null,
    readAsset,
    runtime,
    now,
    userAgent: navigator.userAgent,
    secure: globalThis.isSecureContext,
    async storage() {
      const { usage, quota } = (await navigator.storage?.estimate?.().catch(() => null)) ?? {};
      return usage === undefined || quota === undefined ? null : { used: usage, allowed: quota };
    },
    openWorker: (file) => new Worker(new URL(file, import.meta.url), { type: 'module' }),
    date: () => Date.now(),
    newId: () => `${Date.now().toString(36)}-${Math.floor(36 ** 4 * Math.random()).toString(36)}`,
    turn: takeTurn,
    breathe: messageLoop(),
  };
}

const TURN = 'nat-webgpu turn';

async function takeTurn(waiting: () => void): Promise<{ release(): void }> {
  const { held = [] } = await navigator.locks.query();
  if (held.some(({ name }) => name === TURN)) waiting();
  return new Promise((resolve, reject) => {
    const hold = (): Promise<void> => new Promise((release) => resolve({ release }));
    navigator.locks.request(TURN, hold).catch(reject);
  });
}

/** A function whose promise resolves after the messages that wait by now. */
function messageLoop(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}
