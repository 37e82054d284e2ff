// A headless Firefox for tests, as Debian has it, with the WebGPU that it keeps behind a preference: another compiler and
// another implementation than Chromium's. It opens one page of this machine, which runs a module and sends back what came of
// it. NAT_FIREFOX names the program, else that of Debian is taken; an empty one stands for none.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { missing } from './missing.ts';

const PLACES = ['/usr/bin/firefox-esr', '/usr/lib/firefox-esr/firefox-esr'];

const PREFERENCES = {
  'dom.webgpu.enabled': true,
  // software adapters are on it
  'gfx.webgpu.ignore-blocklist': true,
  'browser.shell.checkDefaultBrowser': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'app.normandy.enabled': false,
};

/** Longest time for a page, in milliseconds. */
const PATIENCE = 10 * 60_000;

/** Calls an exported function of a module and sends back what it gives. */
const pageOf = (module: string, name: string): string => `<!doctype html><script type="module">
  const answer = async () => {
    try {
      return { value: await (await import('/${module}')).${name}() };
    } catch (error) {
      return { error: String(error?.stack ?? error) };
    }
  };
  await fetch('/answer', { method: 'POST', body: JSON.stringify(await answer()) });
</script>`;

/** Kinds of files that browsers insist on. */
const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  html: 'text/html',
  wasm: 'application/wasm',
};

/**
 * What a function gives in Firefox that a module of a folder exports; undefined where there is no Firefox, which counts as
 * missing.
 */
export async function runInFirefox<T>(folder: string, module: string, name: string): Promise<T | undefined> {
  const program = process.env['NAT_FIREFOX'] ?? PLACES.find((place) => existsSync(place));
  if (!program) {
    missing('no Firefox on this machine');
    return undefined;
  }
  const profile = mkdtempSync(join(tmpdir(), 'nat-firefox-'));
  const lines = Object.entries(PREFERENCES).map(([name, value]) => `user_pref("${name}", ${value});`);
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const { promise, resolve, reject } = withResolvers<string>();
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        response.end();
        resolve(Buffer.concat(parts).toString());
      });
      return;
    }
    const path = new URL(request.url!, 'http://localhost').pathname.slice(1) || 'index.html';
    const type = TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
    response.setHeader('content-type', type);
    if (path === 'index.html') response.end(pageOf(module, name));
    else if (existsSync(join(folder, path))) response.end(readFileSync(join(folder, path)));
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const args = ['--headless', '--no-remote', '--profile', profile, `http://127.0.0.1:${port}/`];
  const child = spawn(program, args, { env: { ...process.env, HOME: profile }, stdio: 'ignore' });
  child.on('error', reject);
  child.on('exit', (code) => reject(new Error(`Firefox ended with exit code ${code}`)));
  const timer = setTimeout(() => reject(new Error('Firefox gave no answer')), PATIENCE);
  try {
    const { value, error } = JSON.parse(await promise) as { value: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return value;
  } finally {
    clearTimeout(timer);
    child.removeAllListeners('exit');
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Promise.withResolvers, which Node 20 lacks. */
function withResolvers<T>() {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}
