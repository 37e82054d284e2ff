// @ts-nocheck: runs beside libraries that are installed elsewhere
// What the peers' programs share: Dawn behind navigator.gpu, on the adapter that PEER_FLAGS names; the sizes, in
// PEER_SIZES; and the measurement. Each program prints one JSON line a benchmark: {bench, ms} or {bench, why}.
import { createRequire } from 'node:module';
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);
const gpu = create(JSON.parse(process.env.PEER_FLAGS ?? '[]'));

/** The device that the library asked for. */
export const state = { device: null, errors: 0 };

async function requestAdapter(options = {}) {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance', ...options });
  if (!adapter) throw new Error('no WebGPU adapter');
  const requestDevice = async (descriptor = {}) => {
    // tfjs 4.22 nests a list in requiredFeatures: browsers make a string of it, Dawn's bindings refuse it
    const requiredFeatures = [...(descriptor.requiredFeatures ?? [])].flat();
    const device = await adapter.requestDevice({ ...descriptor, requiredFeatures });
    device.addEventListener('uncapturederror', () => state.errors++);
    state.device = device;
    return device;
  };
  const bound = (target, key) => (typeof target[key] === 'function' ? target[key].bind(target) : target[key]);
  return new Proxy(adapter, {
    get: (target, key) => (key === 'requestDevice' ? requestDevice : bound(target, key)),
  });
}

Object.defineProperty(globalThis, 'navigator', {
  value: {
    gpu: {
      requestAdapter,
      getPreferredCanvasFormat: () => 'bgra8unorm',
      wgslLanguageFeatures: gpu.wgslLanguageFeatures,
    },
    userAgent: 'node',
    platform: 'linux',
    hardwareConcurrency: 2,
  },
  configurable: true,
  writable: true,
});

/** batch, channels, size: of the image; resnetBatch; chain, floats: ops, and numbers in each. */
export const sizes = JSON.parse(process.env.PEER_SIZES);

export const gpuDone = () => state.device.queue.onSubmittedWorkDone();

/** Uniform numbers in -scale to scale, of a fixed seed. */
let random = 1;
export function uniform(count, scale = 1) {
  return Float32Array.from({ length: count }, () => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return scale * (random / 2 ** 31 - 1);
  });
}

export const numel = (shape) => shape.reduce((product, extent) => product * extent, 1);

/** He's uniform bound of a k x k convolution with `inputs` channels. */
export const he = (inputs, k) => Math.sqrt(6 / (inputs * k * k));

/** The blocks of ResNet-20 for CIFAR-10: channels in and out, stride. Where it is 2 the shortcut is a 1x1 convolution. */
export const RESNET_BLOCKS = [16, 32, 64].flatMap((outputs, stage) =>
  [0, 1, 2].map((block) => {
    const first = block === 0 && stage > 0;
    return [first ? outputs / 2 : outputs, outputs, first ? 2 : 1];
  }),
);

const SAMPLE_MS = 100;
const BUDGET_MS = 2000;
const MOST_ITERATIONS = 50;

/** run(n) enqueues n iterations and waits once; the median over samples of the time of one. */
async function measure(run) {
  const timed = async (n) => {
    const began = performance.now();
    await run(n);
    return (performance.now() - began) / n;
  };
  await timed(1);
  await timed(1);
  let n = 1;
  let ms = await timed(n);
  for (let i = 0; i < 2; i++) {
    n = Math.max(1, Math.min(MOST_ITERATIONS, Math.round(SAMPLE_MS / ms)));
    ms = await timed(n);
  }
  const samples = Math.max(3, Math.min(15, Math.floor(BUDGET_MS / (ms * n))));
  const times = [];
  for (let i = 0; i < samples; i++) times.push(await timed(n));
  return times.sort((a, b) => a - b)[times.length >> 1];
}

/**
 * Measures what a peer has.
 * @param benchmarks by name: makes the function that `measure` takes, or throws why the peer has none
 */
export async function runSuite(benchmarks) {
  const only = process.env.PEER_ONLY?.split(',');
  for (const [bench, prepare] of Object.entries(benchmarks)) {
    if (only && !only.includes(bench)) continue;
    const before = state.errors;
    let line;
    try {
      line = { bench, ms: await measure(await prepare()) };
      if (state.errors > before) line = { bench, why: 'its WebGPU calls were refused' };
    } catch (error) {
      line = {
        bench,
        why: String(error?.message ?? error)
          .split('\n')[0]
          .slice(0, 160),
      };
    }
    console.log(JSON.stringify(line));
  }
  process.exit(0);
}

/** For what a peer lacks. */
export const lacks = (why) => () => {
  throw new Error(why);
};

/** require() of the folder that this program was copied to. */
export const require = createRequire(import.meta.url);
