// Finding adapters in Node: order, names, the user's own choice of drivers, and SwiftShader from the npm package
// on a machine without any Vulkan of its own.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { AdapterInfo, AdapterKind } from '../runtime/engine/adapter_info.ts';
import { nodeGpu } from '../runtime/host/node/gpu_node.ts';
import { bestFirst, type GpuProvider, matchesName } from '../runtime/engine/gpu_provider.ts';
import { unpackSwiftshader } from '../runtime/host/node/swiftshader_package.ts';
import { vulkanDrivers } from '../runtime/host/node/vulkan_drivers.ts';
import { RunError, UserError } from '../runtime/errors.ts';

/** Sees the SwiftShader of the npm package, and what the system has, but no browser's. */
const withoutBrowsers = (cache: string): GpuProvider =>
  nodeGpu(() => vulkanDrivers({ browserFolders: [], unpack: () => unpackSwiftshader(cache) }));

/** The part of this file that runs in a process of its own: prints the adapters found and the loader in use. */
const CHILD = 'list-adapters-with-cache';

if (process.argv[2] === CHILD) {
  const gpu = withoutBrowsers(process.argv[3]!);
  const adapters = await gpu.listAdapters();
  await sumOnGpu(gpu);
  const loader = /\S*\/libvulkan\.so\.1\S*/.exec(readFileSync('/proc/self/maps', 'utf8'))?.[0];
  console.log(JSON.stringify({ adapters, loader }));
  process.exit(0);
}

/** Adds two numbers on the adapter, to see that it works. */
async function sumOnGpu(gpu: GpuProvider): Promise<number> {
  const { adapter } = await gpu.open();
  const device = await adapter.requestDevice();
  const code = `
    @group(0) @binding(0) var<storage, read_write> data: array<f32>;
    @compute @workgroup_size(1) fn main() { data[2] = data[0] + data[1]; }`;
  const module = device.createShaderModule({ code });
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module } });
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const data = device.createBuffer({ size: 12, usage });
  const staging = device.createBuffer({ size: 12, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST });
  device.queue.writeBuffer(data, 0, new Float32Array([1.5, 2.25, 0]));
  const entries = [{ binding: 0, resource: { buffer: data } }];
  const group = device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, group);
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(data, 0, staging, 0, 12);
  device.queue.submit([encoder.finish()]);
  await staging.mapAsync(GPUMapMode.READ);
  const sum = new Float32Array(staging.getMappedRange())[2]!;
  device.destroy();
  return sum;
}

function inFolder<T>(work: (folder: string) => Promise<T>): () => Promise<T> {
  return async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nat-adapters-'));
    try {
      return await work(folder);
    } finally {
      rmSync(folder, { recursive: true });
    }
  };
}

const info = (kind: AdapterKind, name: string): AdapterInfo => ({
  kind,
  name,
  vendor: 'acme',
  architecture: 'anvil-1',
  description: 'ACME 9.1',
  limits: {},
  features: [],
});

test('adapters: hardware before llvmpipe before SwiftShader, found order within a kind', () => {
  const found = [info('swiftshader', 's'), info('gpu', 'b'), info('llvmpipe', 'l'), info('gpu', 'a')];
  const order = bestFirst(found.map((each) => ({ info: each }))).map((each) => each.info.name);
  assert.equal(order, ['b', 'a', 'l', 's']);
});

test('adapters: a name is a part of any fact, in any letter case', () => {
  const adapter = info('gpu', 'Acme Rocket 3000');
  for (const name of ['gpu', 'rocket', 'ACME', 'anvil', '9.1']) assert.ok(matchesName(adapter, name), name);
  assert.not.ok(matchesName(adapter, 'nvidia'));
});

test('adapters: the one opened is the first one listed, and it computes', async () => {
  const gpu = nodeGpu();
  const [best] = await gpu.listAdapters();
  const opened = await gpu.open();
  assert.equal(opened.info, best);
  assert.ok(opened.info.limits['maxBufferSize']! >= 2 ** 28);
  assert.is(await sumOnGpu(gpu), 3.75);
});

test("adapters: an unknown name is the user's error and says what there is", async () => {
  try {
    await nodeGpu().open({ name: 'wibble' });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as Error).message, /^adapter 'wibble' not found; available: '.+' \(and 'null'/);
  }
});

test('adapters: none at all is a failure that says how to get one', async () => {
  try {
    await nodeGpu(async function* () {}).open();
    assert.unreachable();
  } catch (error) {
    assert.instance(error, RunError);
    assert.match((error as Error).message, /^no WebGPU adapter found; install a Vulkan driver .*@sparticuz/);
    assert.not.match((error as Error).message, /\n/);
  }
});

test('adapters: searches at the same time do not disturb each other', async () => {
  const gpu = nodeGpu();
  const [first, ...others] = await Promise.all([gpu.listAdapters(), gpu.listAdapters(), gpu.listAdapters()]);
  for (const list of others) assert.equal(list, first);
  assert.is(process.env['VK_DRIVER_FILES'], undefined);
});

test("adapters: Dawn's null backend opens by name and is never listed", async () => {
  const gpu = nodeGpu();
  assert.is((await gpu.open({ name: 'null' })).info.kind, 'null');
  assert.not.ok((await gpu.listAdapters()).some(({ kind }) => kind === 'null'));
});

test(
  'SwiftShader package: unpacked once, also by two at the same time',
  inFolder(async (cache) => {
    const folders = await Promise.all([unpackSwiftshader(cache), unpackSwiftshader(cache)]);
    assert.is(folders[0], folders[1]);
    assert.is(await unpackSwiftshader(cache), folders[0]);
    assert.is(readdirSync(cache).length, 1, 'no half-unpacked folder stays');
    const files = ['libvk_swiftshader.so', 'libvulkan.so.1', 'vk_swiftshader_icd.json'];
    assert.equal(readdirSync(folders[0]!).sort(), files);
  }),
);

test(
  'SwiftShader package: without a writable cache it unpacks into a temporary folder',
  inFolder(async (folder) => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const unpacked = await unpackSwiftshader(join(file, 'cache'));
    assert.ok(unpacked?.startsWith(tmpdir()));
    assert.ok(readdirSync(unpacked!).includes('libvk_swiftshader.so'));
  }),
);

test(
  'drivers: the one that VK_ICD_FILENAMES names is the only one',
  inFolder(async (cache) => {
    const manifest = join((await unpackSwiftshader(cache))!, 'vk_swiftshader_icd.json');
    process.env['VK_ICD_FILENAMES'] = manifest;
    try {
      const adapters = await nodeGpu().listAdapters();
      assert.equal(
        adapters.map(({ kind, driver }) => [kind, driver]),
        [['swiftshader', manifest]],
      );
    } finally {
      delete process.env['VK_ICD_FILENAMES'];
    }
  }),
);

test(
  "drivers: without a Vulkan loader in the system the package's own is used",
  inFolder(async (folder) => {
    // an empty file in front of the search path makes the system's loader unreachable
    writeFileSync(join(folder, 'libvulkan.so.1'), '');
    const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), CHILD, folder], {
      env: { ...process.env, LD_LIBRARY_PATH: folder },
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
    });
    const { adapters, loader } = JSON.parse(output) as { adapters: AdapterInfo[]; loader: string };
    assert.equal(
      adapters.map(({ kind }) => kind),
      ['swiftshader'],
    );
    assert.ok(loader.startsWith(`${folder}/swiftshader-`), loader);
  }),
);

test.run();
