// The Vulkan drivers that Dawn can be pointed at on Linux, best first: what the system offers, then SwiftShader
// from an installed browser, then SwiftShader from the npm package. Elsewhere Dawn uses Metal or Direct3D.

import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { LOADER, MANIFEST, unpackSwiftshader } from './swiftshader_package.ts';

export interface VulkanDriver {
  /** The driver's manifest; undefined for whatever the system or the user's own environment variables name. */
  readonly manifest?: string;
}

export interface DriverSearch {
  /** Folders of browsers that bring SwiftShader. */
  readonly browserFolders: readonly string[];
  /** Gives the folder with the npm package's SwiftShader. */
  readonly unpack: () => Promise<string | undefined>;
}

const DEFAULT_SEARCH: DriverSearch = {
  // an empty NAT_BROWSER stands for no installed browser: so a machine that has one is tested as if it had none
  browserFolders:
    process.env.NAT_BROWSER === ''
      ? []
      : [
          '/usr/lib/chromium',
          '/usr/lib/chromium-browser',
          '/usr/lib64/chromium-browser',
          '/opt/google/chrome',
          '/opt/chromium.org/chromium',
        ],
  unpack: unpackSwiftshader,
};

/** The user's own choice of drivers, which is then the only one: the value of Vulkan's variables, if set. */
export function driversFromEnvironment(): string | undefined {
  return process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES || undefined;
}

/** Yields the drivers to try in turn, each with a loader in memory that Dawn will find. */
export async function* vulkanDrivers(search = DEFAULT_SEARCH): AsyncGenerator<VulkanDriver, void, undefined> {
  if (process.platform !== 'linux') {
    yield {};
    return;
  }
  const chosen = driversFromEnvironment();
  if (loadVulkanLoader(chosen?.split(':')[0])) yield {};
  if (chosen) return;
  for (const folder of search.browserFolders) {
    const manifest = join(folder, MANIFEST);
    if (existsSync(manifest) && loadVulkanLoader(manifest)) {
      yield { manifest };
      return;
    }
  }
  const folder = await search.unpack();
  if (folder && loadVulkanLoader(join(folder, MANIFEST))) yield { manifest: join(folder, MANIFEST) };
}

/**
 * Brings libvulkan.so.1 into the process: the system's, else the one beside `manifest`. A library in memory is
 * what Dawn's own dlopen('libvulkan.so.1') finds, so no search path has to be set before the program starts.
 */
function loadVulkanLoader(manifest?: string): boolean {
  const places = manifest ? [LOADER, join(dirname(manifest), LOADER)] : [LOADER];
  return isLoaded() || places.some((place) => keepLoaded(place) && isLoaded());
}

function isLoaded(): boolean {
  return readFileSync('/proc/self/maps', 'utf8').includes(`/${LOADER}`);
}

function keepLoaded(library: string): true {
  // Node takes every library for an add-on and closes one that is none; with this flag it stays in memory
  const RTLD_NODELETE = 0x1000;
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
  } catch {
    // also reached when it was loaded, since it is no add-on; isLoaded() tells
  }
  return true;
}

/** Runs `work` with the Vulkan loader told to use this driver alone; the loader reads it when Dawn starts. */
export async function withDriver<T>(driver: VulkanDriver, work: () => Promise<T>): Promise<T> {
  if (!driver.manifest) return work();
  // old loaders know the second name only
  process.env.VK_DRIVER_FILES = process.env.VK_ICD_FILENAMES = driver.manifest;
  try {
    return await work();
  } finally {
    delete process.env.VK_DRIVER_FILES;
    delete process.env.VK_ICD_FILENAMES;
  }
}
