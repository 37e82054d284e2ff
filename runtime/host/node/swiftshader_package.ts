// SwiftShader from the npm package @sparticuz/chromium: a Vulkan driver for the CPU that needs no root. The
// package holds a compressed archive; its three files are unpacked once, into the user's cache folder.

import { once } from 'node:events';
import { createReadStream, existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createBrotliDecompress } from 'node:zlib';
import { readTar } from '../tar.ts';

const PACKAGE = '@sparticuz/chromium';
export const MANIFEST = 'vk_swiftshader_icd.json';
export const LOADER = 'libvulkan.so.1';
const FILES = [MANIFEST, LOADER, 'libvk_swiftshader.so'];

/** The package's folder, or undefined where it is not installed. */
function packageFolder(): string | undefined {
  try {
    let folder = dirname(createRequire(import.meta.url).resolve(PACKAGE));
    while (!existsSync(join(folder, 'bin'))) {
      if (folder === dirname(folder)) return undefined;
      folder = dirname(folder);
    }
    return folder;
  } catch {
    return undefined;
  }
}

/**
 * The folder with the unpacked driver and its Vulkan loader, or undefined where the package is not installed or
 * not for this machine (it is built for Linux on x64). Unpacks on first use, by rename, so that two programs may
 * do it at once. Without a writable cache folder it unpacks into a temporary one, removed when the program ends.
 */
export async function unpackSwiftshader(
  cacheFolder: string = userCacheFolder(),
): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const source = packageFolder();
  if (!source) return undefined;
  const { version } = JSON.parse(await readFile(join(source, 'package.json'), 'utf8')) as { version: string };
  const target = join(cacheFolder, `swiftshader-${version}`);
  if (existsSync(target)) return target;
  const archive = join(source, 'bin', 'swiftshader.tar.br');
  try {
    await mkdir(cacheFolder, { recursive: true });
    const partial = await mkdtemp(`${target}.`);
    await unpack(archive, partial);
    try {
      await rename(partial, target);
    } catch (error) {
      await rm(partial, { recursive: true, force: true });
      if (!existsSync(target)) throw error;
    }
    return target;
  } catch {
    const folder = await mkdtemp(join(tmpdir(), 'nat-webgpu-swiftshader-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    await unpack(archive, folder);
    return folder;
  }
}

function userCacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'nat-webgpu');
}

async function unpack(archive: string, folder: string): Promise<void> {
  const input = createReadStream(archive);
  const bytes = input.pipe(createBrotliDecompress());
  input.once('error', (error) => bytes.destroy(error));
  for await (const entry of readTar(bytes, (name) => FILES.includes(name), archive)) {
    const file = await open(join(folder, entry.name), 'wx', 0o755);
    try {
      await file.writeFile(entry.bytes);
      await file.sync();
    } finally {
      await file.close();
    }
  }
  if (!input.closed) await once(input, 'close');
}
