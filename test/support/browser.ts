// A headless Chromium for tests, on a page of dist/ that this machine serves, with WebGPU on the SwiftShader that the
// browser brings. NAT_BROWSER names the program; else an installed one is taken, else the one of the npm package. An
// empty NAT_BROWSER stands for no installed one, here and in runtime/vulkan_drivers.ts.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { serveFolder } from '../../runtime/tools/static_server.mjs';
import { missing } from './missing.ts';
import { type BrowserProgram, unpackBrowser } from './packaged_browser.ts';
import { repositoryRoot } from './repository.ts';

const PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
];

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu-sandbox',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  // adapters tell their names
  '--enable-webgpu-developer-features',
  '--disable-background-networking',
  '--no-first-run',
];

export interface TestBrowser {
  /** index.html of the folder that is served. */
  readonly page: Page;
  /** Errors that nothing in the page caught, and what the browser logged as an error. */
  readonly complaints: readonly string[];
  /** The libvk_swiftshader.so in which the page's adapter runs; one must have been asked for. */
  swiftshader(): string;
  /** Memory that the browser's processes have in use, all together. */
  residentBytes(): number;
}

async function findBrowser(): Promise<BrowserProgram | undefined> {
  const path = process.env['NAT_BROWSER'] ?? PLACES.find((place) => existsSync(place));
  return path ? { path, environment: {} } : unpackBrowser();
}

/** Of dist/ for tests, which has modules and no page. */
const EMPTY_PAGE = '<!doctype html><link rel="icon" href="data:," />';

/** Runs `work` with a browser on the pages of `folder`, where there is one; without a folder on an empty page of dist/. */
export async function withBrowser(
  work: (browser: TestBrowser) => Promise<void>,
  folder?: string,
): Promise<void> {
  const program = await findBrowser();
  if (!program) return missing('no Chromium on this machine');
  const server = await serveFolder(folder ?? fileURLToPath(new URL('dist', repositoryRoot)));
  try {
    const env = { ...process.env, ...program.environment } as Record<string, string>;
    const browser = await chromium.launch({ executablePath: program.path, args: FLAGS, env });
    try {
      const context = await browser.newContext();
      const complaints: string[] = [];
      context.on('weberror', (error) => complaints.push(String(error.error())));
      context.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      if (folder === undefined) {
        await context.route(server.url, (route) =>
          route.fulfill({ contentType: 'text/html', body: EMPTY_PAGE }),
        );
      }
      const page = await context.newPage();
      await page.goto(server.url);
      await work({ page, complaints, swiftshader: loadedSwiftshader, residentBytes });
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
}

/** A file of a process; empty where it has ended. */
function procFile(pid: string, file: string): string {
  try {
    return readFileSync(join('/proc', pid, file), 'latin1');
  } catch {
    return '';
  }
}

/** Processes that this one started, and those that they started. */
function processesBelow(): string[] {
  // "pid (name) state parent ...", where the name may hold anything
  const parentOf = (pid: string): string => /^.*\) \S (\d+)/s.exec(procFile(pid, 'stat'))?.[1] ?? '0';
  const isBelow = (pid: string): boolean =>
    pid === String(process.pid) || (Number(pid) > 1 && isBelow(parentOf(pid)));
  return readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && name !== String(process.pid) && isBelow(name),
  );
}

/** What the GPU process of a browser that this process started has in memory. */
function loadedSwiftshader(): string {
  for (const pid of processesBelow()) {
    if (!procFile(pid, 'cmdline').includes('--type=gpu-process')) continue;
    const library = /\/\S*\/libvk_swiftshader\.so/.exec(procFile(pid, 'maps'))?.[0];
    if (library) return library;
  }
  throw new Error("the browser's GPU process has no SwiftShader in memory");
}

const residentBytes = (): number =>
  processesBelow()
    .map((pid) => 1024 * Number(/^VmRSS:\s+(\d+) kB/m.exec(procFile(pid, 'status'))?.[1] ?? 0))
    .reduce((sum, bytes) => sum + bytes, 0);

/** The manifest beside a driver's library. */
export const manifestOf = (library: string): string => join(dirname(library), 'vk_swiftshader_icd.json');
