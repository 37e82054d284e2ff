import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SourceError, fetchNpmPackage, fetchUrl, gunzip } from '../runtime/host/node/fetch_archive.ts';

const CONTENT = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) % 251));
const sha256 = createHash('sha256').update(CONTENT).digest('hex');
const signal = new AbortController().signal;

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nat-fetch-'));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function withServer(answer: RequestListener, body: (url: string) => Promise<void>): Promise<void> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}/a.tar.gz`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function failure(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    assert.instance(error, SourceError);
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

test('fetch: a file arrives whole, once, with progress', () =>
  inFolder(async (folder) => {
    let requests = 0;
    const answer: RequestListener = (_request, response) => {
      requests++;
      response.writeHead(200, { 'content-length': CONTENT.length }).end(CONTENT);
    };
    await withServer(answer, async (url) => {
      const path = join(folder, 'deep', 'a.tar.gz');
      const progress: number[] = [];
      const onProgress = (done: number) => void progress.push(done);
      await fetchUrl(url, path, { sha256, signal, onProgress });
      assert.equal(readFileSync(path), CONTENT);
      assert.is(progress.at(-1), CONTENT.length);
      await fetchUrl(url, path, { sha256, signal });
      assert.is(requests, 1, 'a whole file is not fetched again');
      writeFileSync(path, CONTENT.subarray(1));
      await fetchUrl(url, path, { sha256, signal });
      assert.is(requests, 2, 'a damaged one is');
      assert.equal(readFileSync(path), CONTENT);
      assert.equal(readdirSync(join(folder, 'deep')), ['a.tar.gz']);
    });
  }));

test('fetch: another content, an error status, a broken or silent connection are refusals of the source', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'a.tar.gz');
    const answers: [RequestListener, RegExp][] = [
      [(_request, response) => response.end('other'), /sent another file than expected/],
      [(_request, response) => response.writeHead(404).end(), /cannot be reached \(HTTP status 404\)/],
      [(_request, response) => void response.socket!.destroy(), /cannot be reached \(other side closed\)/],
      [(_request, response) => void response.write('be'), /cannot be reached \(no data for 0\.05 s\)/],
      [() => {}, /cannot be reached \(no data for 0\.05 s\)/],
    ];
    for (const [answer, message] of answers) {
      await withServer(answer, async (url) => {
        assert.match(await failure(fetchUrl(url, path, { sha256, signal, stallMs: 50 })), message);
      });
      assert.not.ok(existsSync(path));
    }
    const closed = 'http://127.0.0.1:9/a.tar.gz';
    assert.match(
      await failure(fetchUrl(closed, path, { sha256, signal })),
      /:9\/a\.tar\.gz cannot be reached/,
    );
  }));

test('fetch: an interruption is not mistaken for an unreachable source', () =>
  inFolder(async (folder) => {
    const controller = new AbortController();
    const answer: RequestListener = (_request, response) => {
      response.write('begin');
      controller.abort();
    };
    await withServer(answer, async (url) => {
      const options = { sha256, signal: controller.signal };
      const error = await fetchUrl(url, join(folder, 'a'), options).catch((caught: unknown) => caught);
      assert.is((error as Error).name, 'AbortError');
    });
  }));

/** Runs `body` while `npm` is a shell script with these lines. */
async function withNpm(lines: string, body: (folder: string) => Promise<void>): Promise<void> {
  const { PATH } = process.env;
  await inFolder(async (folder) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(folder, 'content'), CONTENT);
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\n${lines}\n`);
    chmodSync(join(bin, 'npm'), 0o755);
    process.env['PATH'] = `${bin}:${PATH}`;
    try {
      await body(folder);
    } finally {
      process.env['PATH'] = PATH;
    }
  });
}

test('fetch: npm packs into a folder of its own, and the package takes its name when it is whole', () =>
  withNpm('test "$1 $2" = "pack small@1.0.0" && cp ../../content small-1.0.0.tgz', async (folder) => {
    const path = join(folder, 'download', 'small.tgz');
    mkdirSync(join(folder, 'download', 'pack-of-a-killed-run'), { recursive: true });
    await fetchNpmPackage('small@1.0.0', path, { sha256, signal });
    assert.equal(readFileSync(path), CONTENT);
    assert.not.ok(existsSync(join(folder, 'download', 'pack-of-a-killed-run')));
    const wrong = fetchNpmPackage('small@1.0.0', join(folder, 'download', 'b'), { sha256: '00', signal });
    assert.match(await failure(wrong), /npm pack small@1\.0\.0 gave another b than expected/);
  }));

test('fetch: an npm that fails says why', async () => {
  const lines = 'echo "npm error code E404" >&2; echo "npm error 404 Not Found" >&2; exit 1';
  await withNpm(lines, async (folder) => {
    const action = fetchNpmPackage('small@1.0.0', join(folder, 'a'), { sha256, signal });
    assert.is(await failure(action), 'npm pack small@1.0.0 failed (code E404; 404 Not Found)');
  });
  await withNpm('echo "npm error code ENOSPC" >&2; exit 228', async (folder) => {
    const action = fetchNpmPackage('small@1.0.0', join(folder, 'a'), { sha256, signal });
    const error = await action.catch((caught: unknown) => caught);
    assert.is((error as { code?: string }).code, 'ENOSPC');
  });
});

test('fetch: a missing npm is a refusal of the source', () =>
  inFolder(async (folder) => {
    const { PATH } = process.env;
    process.env['PATH'] = folder;
    try {
      const action = fetchNpmPackage('small@1.0.0', join(folder, 'a'), { sha256, signal });
      assert.match(await failure(action), /the npm client was not found/);
    } finally {
      process.env['PATH'] = PATH;
    }
  }));

test('fetch: gunzip streams the unpacked bytes, and a damaged file is an error', () =>
  inFolder(async (folder) => {
    const path = join(folder, 'a.gz');
    const read = async () => {
      const chunks: Uint8Array[] = [];
      for await (const chunk of gunzip(path)) chunks.push(chunk);
      return Buffer.concat(chunks);
    };
    writeFileSync(path, gzipSync(CONTENT));
    assert.equal(await read(), CONTENT);
    writeFileSync(path, gzipSync(CONTENT).subarray(0, -20));
    const error = await read().catch((caught: unknown) => caught);
    assert.is((error as { code?: string }).code, 'Z_BUF_ERROR');
  }));

test.run();
