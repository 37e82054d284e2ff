// WebGPU in Node, through the `webgpu` package (Dawn), on the best adapter that the machine has.

import { RunError } from '../../errors.ts';
import {
  type AdapterInfo,
  type AdapterKind,
  computesOnProcessors,
  type OpenOptions,
} from '../../engine/adapter_info.ts';
import {
  bestFirst,
  describeAdapter,
  type DriverHooks,
  type GpuProvider,
  matchesName,
  noSuchAdapter,
  type OpenedAdapter,
} from '../../engine/gpu_provider.ts';
import { restfulWait } from './restful_wait.ts';
import { withQuietStderr } from './quiet_stderr.ts';
import { driversFromEnvironment, type VulkanDriver, vulkanDrivers, withDriver } from './vulkan_drivers.ts';

type CreateGpu = (flags: string[]) => GPU;

/**
 * Every GPU object made, kept for good: Dawn's bindings go on running callbacks on an instance whose GPU object has been
 * garbage collected, or while a device of its adapters still lives, and crash.
 */
const kept: GPU[] = [];

/** What to do on a machine without any adapter. */
export const HOW_TO_GET_AN_ADAPTER =
  'install a Vulkan driver for the GPU, or one for the CPU: Mesa 23 or newer (package mesa-vulkan-drivers), ' +
  "Debian's chromium, or the npm package @sparticuz/chromium (npm install @sparticuz/chromium)";

/** The provider for Node; `drivers` are where it looks, in order. */
export function nodeGpu(drivers: () => AsyncIterable<VulkanDriver> = vulkanDrivers): GpuProvider {
  const open = async (options: OpenOptions): Promise<OpenedAdapter> => {
    const create = await loadDawn();
    const { name, toggles = [] } = options;
    if (name === 'null') return openNull(create, toggles);
    const found: AdapterInfo[] = [];
    for await (const driver of drivers()) {
      const adapters = bestFirst(await adaptersOf(create, driver, toggles));
      const chosen = adapters.find(({ info }) => name === undefined || matchesName(info, name));
      if (chosen) return chosen;
      found.push(...adapters.map(({ info }) => info));
    }
    if (name !== undefined && found.length > 0) throw noSuchAdapter(name, found);
    throw new RunError(`no WebGPU adapter found${environmentNote()}; ${HOW_TO_GET_AN_ADAPTER}`);
  };

  const list = async (): Promise<AdapterInfo[]> => {
    const create = await loadDawn();
    const found: OpenedAdapter[] = [];
    for await (const driver of drivers()) found.push(...(await adaptersOf(create, driver, [])));
    return bestFirst(found).map(({ info }) => info);
  };

  return {
    listAdapters: () => inTurn(list),
    open: (options = {}) => inTurn(() => open(options)),
  };
}

let lastTurn: Promise<unknown> = Promise.resolve();

/** One search at a time: a search changes the environment and standard error of the whole process meanwhile. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = lastTurn.then(() => withQuietStderr(work));
  lastTurn = turn.catch(() => {});
  return turn;
}

async function loadDawn(): Promise<CreateGpu> {
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    return (flags) => {
      const gpu = create(flags);
      kept.push(gpu);
      return gpu;
    };
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new RunError(
      `the 'webgpu' package does not load on ${process.platform} ${process.arch}: ${why}; run npm ci`,
      { cause: error },
    );
  }
}

/** Every adapter that one driver offers. */
function adaptersOf(
  create: CreateGpu,
  driver: VulkanDriver,
  toggles: readonly string[],
): Promise<OpenedAdapter[]> {
  return withDriver(driver, async () => {
    const adapters: OpenedAdapter[] = [];
    for (const name of await adapterNames(create)) {
      const gpu = create([`adapter=${name}`, ...toggleFlags(toggles)]);
      const adapter = await gpu.requestAdapter();
      if (!adapter) continue;
      const manifest = driver.manifest ?? driversFromEnvironment();
      const info = describeAdapter(adapter, { name, driver: manifest, toggles });
      adapters.push({ adapter, info, hooks: driverHooks(gpu, info.kind) });
    }
    return adapters;
  });
}

function driverHooks(gpu: GPU, kind: AdapterKind): DriverHooks {
  if (!computesOnProcessors(kind)) return {};
  const cached = process.env['MESA_SHADER_CACHE_DISABLE'] === undefined;
  if (kind !== 'llvmpipe' || !cached) return { wait: restfulWait };
  const secondDevice = async (): Promise<GPUDevice | null> => {
    const adapter = await inTurn(() => gpu.requestAdapter());
    return adapter && adapter.requestDevice().catch(() => null);
  };
  return { wait: restfulWait, secondDevice };
}

/**
 * Dawn's bindings list the adapters only in the error for an unknown name, one a line:
 * " * backend: 'vulkan', name: 'llvmpipe (LLVM 19.1.7, 256 bits)'".
 */
async function adapterNames(create: CreateGpu): Promise<Set<string>> {
  try {
    await create(['adapter=(list)']).requestAdapter({ powerPreference: 'high-performance' });
    return new Set();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return new Set([...message.matchAll(/^ \* backend: '.*?', name: '(.*)'$/gm)].map((match) => match[1]!));
  }
}

async function openNull(create: CreateGpu, toggles: readonly string[]): Promise<OpenedAdapter> {
  const adapter = await create(['backend=null', ...toggleFlags(toggles)]).requestAdapter();
  if (!adapter) throw new RunError("Dawn's null backend is missing from this build of the 'webgpu' package");
  return { adapter, info: describeAdapter(adapter, { name: 'null', toggles }) };
}

function toggleFlags(toggles: readonly string[]): string[] {
  return toggles.length > 0 ? [`enable-dawn-features=${toggles.join(',')}`] : [];
}

function environmentNote(): string {
  const chosen = driversFromEnvironment();
  return chosen ? ` with the Vulkan driver that the environment names (${chosen})` : '';
}
