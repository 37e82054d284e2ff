// The headless Chromium of the npm package @sparticuz/chromium, with its SwiftShader and with the libraries that a
// machine without a desktop lacks. Unpacked into a temporary folder, 200 MB.

import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { readTar } from '../../runtime/host/tar.ts';

export interface BrowserProgram {
  readonly path: string;
  /** Variables that it needs. */
  readonly environment: Readonly<Record<string, string>>;
}

let unpacked: Promise<BrowserProgram | undefined> | undefined;

/** Undefined where the package is not installed or not for this machine. Stays until the process ends. */
export function unpackBrowser(): Promise<BrowserProgram | undefined> {
  return (unpacked ??= unpack());
}

async function unpack(): Promise<BrowserProgram | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  let packed: string;
  try {
    packed = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..', '..', 'bin');
  } catch {
    return undefined;
  }
  if (!existsSync(join(packed, 'chromium.br'))) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'nat-webgpu-chromium-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const read = (name: string) => createReadStream(join(packed, name)).pipe(createBrotliDecompress());
  const path = join(folder, 'chromium');
  await pipeline(read('chromium.br'), createWriteStream(path, { mode: 0o700 }));
  for (const archive of ['swiftshader.tar.br', 'al2023.tar.br']) {
    for await (const { name, bytes } of readTar(read(archive), () => true, archive)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), bytes, { mode: 0o700 });
    }
  }
  return { path, environment: { LD_LIBRARY_PATH: join(folder, 'lib') } };
}
