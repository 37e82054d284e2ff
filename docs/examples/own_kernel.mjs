// An op of one's own: Swish, y = x / (1 + exp(-x)), as the text of two kernels. Its gradient is compared with finite
// differences, and then it stands in a network that learns.

import {
  adam,
  checkGradients,
  conv,
  defineKernelOp,
  dense,
  fit,
  flatten,
  layer,
  network,
} from 'nat-webgpu/engine';
import { openEngine, sequence } from 'nat-webgpu/engine';

const main = '@compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3u)';
const swish = defineKernelOp({
  name: 'swish',
  inputs: ['x'],
  forward: `
    struct Params { n: u32 }
    @group(0) @binding(0) var<uniform> params: Params;
    @group(0) @binding(1) var<storage, read> x: array<f32>;
    @group(0) @binding(2) var<storage, read_write> y: array<f32>;
    ${main} { if (id.x < params.n) { y[id.x] = x[id.x] / (1.0 + exp(-x[id.x])); } }`,
  gradients: {
    x: `
    struct Params { n: u32 }
    @group(0) @binding(0) var<uniform> params: Params;
    @group(0) @binding(1) var<storage, read> x: array<f32>;
    @group(0) @binding(2) var<storage, read> grad_y: array<f32>;
    @group(0) @binding(3) var<storage, read_write> grad_x: array<f32>;
    ${main} {
      if (id.x >= params.n) { return; }
      let s = 1.0 / (1.0 + exp(-x[id.x]));
      grad_x[id.x] = grad_y[id.x] * s * (1.0 + x[id.x] * (1.0 - s));
    }`,
  },
});

const engine = await openEngine();
const { error } = await checkGradients(engine, swish, { x: [2, 3, 5] });
console.log(`largest error of the gradient: ${error.toExponential(1)}`);

// images of 4x4 pixels, bright above or below
const images = Uint8Array.from({ length: 64 * 16 }, (_, i) => (i % 32 < 16 === i % 16 < 8 ? 200 : 30));
const labels = Uint8Array.from({ length: 64 }, (_, n) => n % 2);
await fit({
  engine,
  network: network(
    [1, 4, 4],
    sequence(
      conv(4),
      layer((tape, x) => tape.apply(swish, { x })),
      flatten(),
      dense(2),
    ),
  ),
  images: { images, labels },
  epochs: 8,
  optimizer: adam({ lr: 0.02 }),
  onEpoch: ({ epoch, loss }) => console.log(`epoch ${epoch + 1}: loss ${loss.toFixed(3)}`),
});
engine.destroy();
