// The server of `npm run page`, asked for everything that a client can send: it answers each request or closes it, gives
// away nothing outside its folder, and afterwards still serves the page. Seed 3.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { serveFolder } from '../runtime/tools/static_server.mjs';
import { createRng, type Rng } from '../src/core/rng.ts';
import { cases } from './support/effort.ts';

const SEED = 3;
const REQUESTS = cases(500, 10_000);
/** Requests under way at a time. */
const AT_A_TIME = 50;
const PAGE = '<p>the page</p>';
const SECRET = 'not for the network';

const test = suite('fuzz_server', { parent: '', url: '', close: async (): Promise<void> => {} });

test.before(async (context) => {
  context.parent = mkdtempSync(join(tmpdir(), 'nat-server-'));
  const folder = join(context.parent, 'dist');
  mkdirSync(join(folder, 'sub'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), PAGE);
  writeFileSync(join(folder, 'sub', 'a b.js'), 'export {};');
  writeFileSync(join(context.parent, 'secret'), SECRET);
  Object.assign(context, await serveFolder(folder));
});
test.after(async ({ parent, close }) => {
  await close();
  rmSync(parent, { recursive: true });
});

/** Sends these bytes, in halves with a pause where `slow`; resolves to all that came back by `patience` milliseconds. */
function send(url: string, request: string, patience = 5_000, slow = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let answer = '';
    const giveUp = setTimeout(() => socket.destroy(), patience);
    socket.setEncoding('latin1');
    socket.on('data', (text: string) => (answer += text));
    socket.on('error', () => {});
    socket.on('close', () => {
      clearTimeout(giveUp);
      resolve(answer);
    });
    const bytes = Buffer.from(request, 'latin1');
    const half = slow ? bytes.length >> 1 : bytes.length;
    socket.write(bytes.subarray(0, half));
    if (slow) setTimeout(() => socket.write(bytes.subarray(half)), 20);
  });
}

const get = (url: string, target: string, headers: readonly string[] = []): Promise<string> =>
  send(
    url,
    ['GET ', target, ' HTTP/1.1\r\n', hostLine(url), ...headers, 'connection: close\r\n\r\n'].join(''),
  );

const hostLine = (url: string): string => `host: ${new URL(url).host}\r\n`;

const pick = <T>(rng: Rng, choices: readonly T[]): T => choices[rng.int(choices.length)]!;

const PIECES = [
  ...[
    '/',
    '//',
    '\\',
    '..',
    '%2e%2e',
    '%2E.',
    '..%2f',
    '%2f',
    '%5c',
    '%252e%252e%252f',
    '.%00.',
    '%00',
    '\0',
  ],
  ...['secret', 'index.html', 'sub', 'sub/', 'a%20b.js', '?', '#', '@', ':', '[', ']', 'http://[', 'http://'],
  ...[
    'http://elsewhere/',
    '%',
    '%zz',
    '%ff%fe',
    '%c0%ae',
    '*',
    ' ',
    '\t',
    '\x7f',
    '\xe9',
    ';',
    '~',
    '$',
    '{}',
  ],
];

/** A request that may be anything from almost right to noise. */
function strangeRequest(rng: Rng, url: string): string {
  const target = Array.from({ length: 1 + rng.int(8) }, () => pick(rng, PIECES)).join('');
  const noise = (length: number): string =>
    Array.from({ length }, () => String.fromCharCode(rng.int(256))).join('');
  switch (rng.int(8)) {
    case 0:
      return noise(1 + rng.int(400));
    case 1:
      return `GET /${target} HTTP/1.1\r\n${hostLine(url)}x: ${'y'.repeat(rng.int(100_000))}\r\n\r\n`;
    case 2:
      return `GET /${target} HTTP/1.1\r\n${Array.from({ length: rng.int(3000) }, (_, i) => `h${i}: v\r\n`).join('')}\r\n`;
    case 3:
      return `${pick(rng, ['POST', 'PUT', 'OPTIONS', 'CONNECT', 'TRACE', 'BREW', ''])} /${target} HTTP/1.1\r\n${hostLine(url)}content-length: ${rng.int(1e9)}\r\n\r\n`;
    case 4:
      return `GET ${'/a'.repeat(rng.int(40_000))} HTTP/1.1\r\n${hostLine(url)}\r\n`;
    case 5:
      return `GET /${target} HTTP/${pick(rng, ['0.9', '1.0', '2.0', '1.1.1', ''])}\r\nhost: ${noise(5)}\r\n\r\n`;
    default:
      return `GET ${pick(rng, ['', '/'])}${target} HTTP/1.1\r\n${hostLine(url)}connection: close\r\n\r\n`;
  }
}

test(`${REQUESTS} strange requests are each answered or closed, and the server goes on (seed ${SEED})`, async ({
  url,
}) => {
  const rng = createRng(SEED, 0);
  for (let done = 0; done < REQUESTS; done += AT_A_TIME) {
    const requests = Array.from({ length: AT_A_TIME }, () => strangeRequest(rng, url));
    const answers = await Promise.all(requests.map((request) => send(url, request, 200, rng.int(10) === 0)));
    for (const [i, answer] of answers.entries()) {
      assert.match(answer, /^$|^HTTP\/1\.1 \d{3} /, JSON.stringify(requests[i]));
      assert.not.match(answer, SECRET, JSON.stringify(requests[i]));
    }
  }
  assert.match(await get(url, '/'), PAGE);
});

test('a malformed target, which once ended the server, is answered', async ({ url }) => {
  assert.match(await get(url, 'http://['), /^HTTP\/1\.1 404 /);
  assert.match(await get(url, '/'), PAGE);
});

test('what is served and how: files with their types, no lists of folders, nothing for other names', async ({
  url,
}) => {
  assert.match(await get(url, '/sub/a%20b.js'), /200 OK[\s\S]*text\/javascript[\s\S]*export \{\};$/);
  assert.match(await get(url, '/'), /content-security-policy: frame-ancestors 'none'/);
  assert.match(await get(url, '/sub/'), /^HTTP\/1\.1 404 /);
  assert.match(await get(url, '/sub'), /^HTTP\/1\.1 404 /);
  const foreign = await send(url, 'GET / HTTP/1.1\r\nhost: elsewhere.example\r\nconnection: close\r\n\r\n');
  assert.match(foreign, /^HTTP\/1\.1 421 /);
  assert.not.match(foreign, PAGE);
  const posted = `POST / HTTP/1.1\r\n${hostLine(url)}content-length: 0\r\nconnection: close\r\n\r\n`;
  assert.match(await send(url, posted), /^HTTP\/1\.1 405 /);
  const head = await send(url, `HEAD / HTTP/1.1\r\n${hostLine(url)}connection: close\r\n\r\n`);
  assert.match(head, /^HTTP\/1\.1 200 /);
  assert.not.match(head, PAGE);
});

test.run();
