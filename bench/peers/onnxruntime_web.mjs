// @ts-nocheck: runs beside libraries that are installed elsewhere
// onnxruntime-web on its WebGPU execution provider: inference only. Inputs and outputs stay on the GPU.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gpuDone, lacks, numel, require, runSuite, sizes, state, uniform } from './common.mjs';
import { attribute, Graph } from './onnx.mjs';

const folder = dirname(require.resolve('onnxruntime-web'));
const urlOf = (name) => pathToFileURL(join(folder, name)).href;
const ort = await import(urlOf('ort.webgpu.min.mjs'));
const WASM = 'ort-wasm-simd-threaded.asyncify';
Object.assign(ort.env.wasm, {
  numThreads: 1,
  proxy: false,
  wasmPaths: { mjs: urlOf(`${WASM}.mjs`), wasm: urlOf(`${WASM}.wasm`) },
  wasmBinary: readFileSync(join(folder, `${WASM}.wasm`)),
});
ort.env.logLevel = 'error';

// Its memory is shared between threads, and Dawn's bindings write no such memory to a buffer: it is copied.
const { writeBuffer } = GPUQueue.prototype;
GPUQueue.prototype.writeBuffer = function (buffer, offset, data, ...rest) {
  const shared = data.buffer instanceof SharedArrayBuffer;
  return writeBuffer.call(this, buffer, offset, shared ? new Uint8Array(data) : data, ...rest);
};

const { batch, channels: c, size, chain, floats } = sizes;
const image = [batch, c, size, size];

/** `build` adds to a graph of input x and returns the name of the result, of the same shape. */
async function inference(shape, build) {
  const graph = new Graph();
  const output = build(graph);
  const session = await ort.InferenceSession.create(graph.model(shape, output, shape), {
    executionProviders: [{ name: 'webgpu', validationMode: 'disabled' }],
    preferredOutputLocation: 'gpu-buffer',
    logSeverityLevel: 3,
  });
  state.device = await ort.env.webgpu.device;
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC;
  const buffer = state.device.createBuffer({ size: 4 * numel(shape), usage });
  state.device.queue.writeBuffer(buffer, 0, uniform(numel(shape)));
  const x = ort.Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: shape });
  return async (n) => {
    const results = [];
    for (let i = 0; i < n; i++) results.push((await session.run({ x }))[output]);
    await gpuDone();
    results.forEach((result) => result.dispose());
  };
}

const INFERENCE_ONLY = lacks('inference only');

await runSuite({
  conv2d_forward: () => inference(image, (graph) => graph.conv('x', c, c, 3)),
  conv2d_gradients: INFERENCE_ONLY,
  depthwise_forward: () => inference(image, (graph) => graph.conv('x', c, c, 3, { groups: c })),
  separable_forward: () =>
    inference(image, (graph) => graph.conv(graph.conv('x', c, c, 3, { groups: c }), c, c, 1)),
  separable_gradients: INFERENCE_ONLY,
  batch_norm_forward: lacks('inference only: no statistics of the batch'),
  max_pool_forward: () =>
    inference(image, (graph) =>
      graph.op(
        'MaxPool',
        ['x'],
        attribute('kernel_shape', [3, 3]),
        attribute('pads', [1, 1, 1, 1]),
        attribute('strides', [1, 1]),
      ),
    ),
  resnet20_step: INFERENCE_ONLY,
  chain: () =>
    inference([floats], (graph) => {
      const y = graph.weight([floats], uniform(floats, 1e-3));
      let x = 'x';
      for (let op = 0; op < chain; op++) x = graph.op('Add', [x, y]);
      return x;
    }),
});
