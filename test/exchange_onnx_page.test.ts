// ONNX models in a page: onnxruntime-web computes in Chromium, on the processor and by WebGPU, the logits that the engine
// computes. What it needs is served by this machine.
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Ort from 'onnxruntime-web';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { exportOnnx } from '../src/exchange/onnx/export_onnx.ts';
import { inputOf } from '../src/fit/network.ts';
import type { Network } from '../src/nn/network.ts';
import { withBrowser } from './support/browser.ts';
import { testEngine } from './support/device.ts';
import {
  CLASSES,
  logitsOf,
  narrowNetwork,
  randomImages,
  smallCellNetwork,
  trainedTensors,
} from './support/exported_networks.ts';
import { repositoryRoot } from './support/repository.ts';

const TOLERANCE = 1e-4;
const BATCH = 2;

/** Networks, and where each is computed: WebGPU on a processor takes its time. */
const NETWORKS: Readonly<Record<string, readonly [build: () => Network, ...providers: Provider[]]>> = {
  DARTS: [() => smallCellNetwork(requireCell('DARTS')), 'wasm', 'webgpu'],
  ResNet20: [() => narrowNetwork('ResNet20', 'cifar10', 16), 'wasm'],
};

/** Where it computes -> the runtime's module and the WebAssembly that it loads. */
const PROVIDERS = {
  wasm: ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'],
  webgpu: [
    'ort.webgpu.min.mjs',
    'ort-wasm-simd-threaded.asyncify.mjs',
    'ort-wasm-simd-threaded.asyncify.wasm',
  ],
} as const;
type Provider = keyof typeof PROVIDERS;

const site = mkdtempSync(join(tmpdir(), 'nat-onnx-page-'));
test.after(() => rmSync(site, { recursive: true, force: true }));
writeFileSync(join(site, 'index.html'), '<!doctype html><link rel="icon" href="data:," />');
for (const file of Object.values(PROVIDERS).flat()) {
  copyFileSync(
    fileURLToPath(new URL(`node_modules/onnxruntime-web/dist/${file}`, repositoryRoot)),
    join(site, file),
  );
}

interface Request {
  readonly module: string;
  readonly provider: string;
  readonly model: string;
  readonly images: readonly number[];
  readonly shape: readonly number[];
}

/** Runs in the page. */
async function logitsInPage({ module, provider, model, images, shape }: Request): Promise<number[]> {
  const ort = (await import(`/${module}`)) as typeof Ort;
  ort.env.wasm.numThreads = 1;
  const bytes = new Uint8Array(await (await fetch(model)).arrayBuffer());
  const session = await ort.InferenceSession.create(bytes, { executionProviders: [provider] });
  const { logits } = await session.run({
    images: new ort.Tensor('float32', Float32Array.from(images), [...shape]),
  });
  return [...(logits!.data as Float32Array)];
}

test('onnx in a page: the logits are those of the engine, on the processor and by WebGPU (seed 3)', () =>
  withBrowser(async ({ page, complaints }) => {
    for (const [name, [build, ...providers]] of Object.entries(NETWORKS)) {
      const network = build();
      const tensors = trainedTensors(network, 3);
      const images = randomImages(network, BATCH, 4);
      writeFileSync(join(site, `${name}.onnx`), exportOnnx(network, tensors, { name }));
      const want = await logitsOf(await testEngine(), network, tensors, images);
      const request = { model: `${name}.onnx`, images: [...images], shape: [BATCH, ...inputOf(network)] };
      for (const provider of providers) {
        const [module] = PROVIDERS[provider];
        const got = await page.evaluate(logitsInPage, { ...request, module, provider });
        assert.is(got.length, BATCH * CLASSES);
        const worst = Math.max(...got.map((value, i) => Math.abs(value - want[i]!)));
        assert.ok(worst <= TOLERANCE, `${name}, ${provider}: ${worst}`);
      }
    }
    assert.equal(complaints, []);
  }, site));

test.run();
