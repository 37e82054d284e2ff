// @ts-nocheck: runs beside libraries that are installed elsewhere
// webgpu-torch 0.3.5. It has elementwise ops with gradients and a forward conv2d without padding, stride or groups;
// no pooling, no batch norm, and no gradient of a convolution or a matrix product.
import { gpuDone, he, lacks, numel, require, runSuite, sizes, state, uniform } from './common.mjs';

const torch = require('webgpu-torch');
const { GPUBufferStorage } = require('webgpu-torch/storage');
const { Tensor } = require('webgpu-torch/tensor');
if (!(await torch.initWebGPUAsync())) throw new Error('no WebGPU');

const { batch, channels: c, size, chain, floats } = sizes;

/** From a flat array: its own constructor takes only nested ones. */
function tensor(shape, scale = 1) {
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const buffer = state.device.createBuffer({ size: 4 * numel(shape), usage });
  state.device.queue.writeBuffer(buffer, 0, uniform(numel(shape), scale));
  return new Tensor({ data: new GPUBufferStorage(buffer, state.device), dtype: 'float32', shape });
}

/** Runs `op` and frees its results, which the library leaves to the garbage collector. */
const loop = (op) => async (n) => {
  const results = [];
  for (let i = 0; i < n; i++) results.push(...op());
  await gpuDone();
  results.forEach((result) => result.storage.gpuBuffer.destroy());
};

await runSuite({
  conv2d_forward() {
    // its input is given padded
    const [x, w] = [tensor([batch, c, size + 2, size + 2]), tensor([c, c, 3, 3], he(c, 3))];
    return loop(() => [torch.conv2d(x, w)]);
  },
  conv2d_gradients: lacks('no gradient of conv2d'),
  depthwise_forward: lacks('no grouped convolution'),
  separable_forward: lacks('no grouped convolution'),
  separable_gradients: lacks('no grouped convolution'),
  batch_norm_forward: lacks('no batch norm'),
  max_pool_forward: lacks('no pooling'),
  resnet20_step: lacks('no gradient of conv2d'),
  chain() {
    const [first, y] = [tensor([floats]), tensor([floats], 1e-3)];
    return loop(() => {
      const sums = [];
      for (let op = 0; op < chain; op++) sums.push((sums.at(-1) ?? first).add(y));
      return sums;
    });
  },
});
