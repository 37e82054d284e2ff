// @ts-nocheck: runs beside libraries that are installed elsewhere
// jax-js on its WebGPU device, every benchmark compiled by jit(), its fast path. Images are (N, C, H, W).
import { gpuDone, he, numel, RESNET_BLOCKS, runSuite, sizes, uniform } from './common.mjs';
import * as jax from '@jax-js/jax';

const { numpy: np, lax, nn, jit, vjp, valueAndGrad, tree } = jax;
if (!(await jax.init('webgpu')).includes('webgpu')) throw new Error('no webgpu device');
jax.defaultDevice('webgpu');

const { batch, channels: c, size, resnetBatch, chain, floats } = sizes;
const array = (shape, scale = 1) => np.array(uniform(numel(shape), scale)).reshape(shape);
const image = () => array([batch, c, size, size]);

/** Starts everything pending; does not wait. */
const start = (arrays) => tree.leaves(arrays).forEach((leaf) => leaf.ref.gpuBufferSync());

/** `op` is called with a reference to each of `inputs`. */
async function loop(inputs, op) {
  await jax.blockUntilReady(inputs);
  return async (n) => {
    for (let i = 0; i < n; i++) {
      const result = op(...inputs.map((input) => input.ref));
      start(result);
      tree.dispose(result);
    }
    await gpuDone();
  };
}

const conv = (x, w, stride = 1, groups = 1) => {
  const pad = w.shape[2] >> 1;
  const padding = [
    [pad, pad],
    [pad, pad],
  ];
  return lax.convGeneralDilated(x, w, [stride, stride], padding, { featureGroupCount: groups });
};
const separable = (x, a, b) => conv(conv(x, a, 1, c), b);
const separableWeights = () => [array([c, 1, 3, 3], he(1, 3)), array([c, c, 1, 1], he(c, 1))];

/** With the statistics of the batch. */
function batchNorm(x, scale, shift) {
  const count = scale.shape[0];
  const mean = x.ref.mean([0, 2, 3], { keepdims: true });
  const centred = x.sub(mean);
  const variance = np.square(centred.ref).mean([0, 2, 3], { keepdims: true });
  const factor = scale.reshape([1, count, 1, 1]).div(np.sqrt(variance.add(1e-5)));
  return centred.mul(factor).add(shift.reshape([1, count, 1, 1]));
}

async function resnetStep() {
  let parameters = {};
  const convLayer = (name, inputs, outputs, k, stride) => {
    parameters[name] = array([outputs, inputs, k, k], he(inputs, k));
    return (p, x) => conv(x, p[name].ref, stride);
  };
  const normLayer = (name, count) => {
    parameters[`${name}.scale`] = np.ones([count]);
    parameters[`${name}.shift`] = np.zeros([count]);
    return (p, x) => batchNorm(x, p[`${name}.scale`].ref, p[`${name}.shift`].ref);
  };
  const [stem, stemNorm] = [convLayer('stem', 3, 16, 3, 1), normLayer('stem norm', 16)];
  const blocks = RESNET_BLOCKS.map(([inputs, outputs, stride], i) => {
    const [conv1, norm1] = [
      convLayer(`${i} conv1`, inputs, outputs, 3, stride),
      normLayer(`${i} norm1`, outputs),
    ];
    const [conv2, norm2] = [
      convLayer(`${i} conv2`, outputs, outputs, 3, 1),
      normLayer(`${i} norm2`, outputs),
    ];
    const shortcut = stride > 1 && [
      convLayer(`${i} shortcut`, inputs, outputs, 1, stride),
      normLayer(`${i} shortcut norm`, outputs),
    ];
    return (p, x) => {
      const y = norm2(p, conv2(p, nn.relu(norm1(p, conv1(p, x.ref)))));
      return nn.relu(y.add(shortcut ? shortcut[1](p, shortcut[0](p, x)) : x));
    };
  });
  parameters.weight = array([64, 10], 0.125);
  parameters.bias = np.zeros([10]);
  const images = array([resnetBatch, 3, 32, 32]);
  const oneHot = Float32Array.from({ length: resnetBatch * 10 }, (_, i) =>
    i % 10 === Math.floor(i / 10) % 10 ? 1 : 0,
  );
  const targets = np.array(oneHot).reshape([resnetBatch, 10]);
  const loss = (p, x, y) => {
    const features = blocks.reduce((h, block) => block(p, h), nn.relu(stemNorm(p, stem(p, x))));
    const logits = np.dot(features.mean([2, 3]), p.weight.ref).add(p.bias.ref);
    tree.dispose(p);
    return nn
      .logSoftmax(logits)
      .mul(y)
      .sum()
      .mul(-1 / resnetBatch);
  };
  const step = jit((p, velocity, x, y) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(p), x, y);
    const nextVelocity = tree.map((v, g) => v.mul(0.9).add(g), velocity, gradients);
    const next = tree.map((w, v) => w.sub(v.mul(0.05)), p, tree.ref(nextVelocity));
    return [value, next, nextVelocity];
  });
  let velocity = tree.map((a) => np.zeros(a.shape), tree.ref(parameters));
  await jax.blockUntilReady([parameters, velocity, images, targets]);
  return async (n) => {
    for (let i = 0; i < n; i++) {
      const [value, ...next] = step(parameters, velocity, images.ref, targets.ref);
      [parameters, velocity] = next;
      start([value, ...next]);
      if (i === n - 1) await value.data();
      else value.dispose();
    }
    await gpuDone();
  };
}

await runSuite({
  conv2d_forward: () =>
    loop(
      [image(), array([c, c, 3, 3], he(c, 3))],
      jit((x, w) => conv(x, w)),
    ),
  conv2d_gradients() {
    // the value is a result too, so that the compiler does not drop the forward pass
    const all = jit((x, w, gradOutput) => {
      const [y, pull] = vjp((x, w) => conv(x, w), [x, w]);
      return [y, ...pull(gradOutput)];
    });
    return loop([image(), array([c, c, 3, 3], he(c, 3)), image()], all);
  },
  depthwise_forward: () =>
    loop(
      [image(), array([c, 1, 3, 3], he(1, 3))],
      jit((x, w) => conv(x, w, 1, c)),
    ),
  separable_forward: () => loop([image(), ...separableWeights()], jit(separable)),
  separable_gradients() {
    const all = jit((x, a, b, gradOutput) => {
      const [y, pull] = vjp(separable, [x, a, b]);
      return [y, ...pull(gradOutput)];
    });
    return loop([image(), ...separableWeights(), image()], all);
  },
  batch_norm_forward: () => loop([image(), array([c]), array([c])], jit(batchNorm)),
  max_pool_forward() {
    // it has no padding with -Infinity; zeros cost the same
    const padding = [0, 0, 1, 1].map((pad) => [pad, pad]);
    return loop(
      [image()],
      jit((x) => lax.reduceWindow(np.pad(x, padding), np.max, [3, 3], [1, 1])),
    );
  },
  resnet20_step: resnetStep,
  async chain() {
    const [first, y] = [array([floats]), array([floats], 1e-3)];
    await jax.blockUntilReady([first, y]);
    const add = jit((a, b) => a.add(b));
    return async (n) => {
      for (let i = 0; i < n; i++) {
        let x = first.ref;
        for (let op = 0; op < chain; op++) {
          x = add(x, y.ref);
          // what is pending is carried along in sets: the chain would cost the square of its length
          if (op % 16 === 15) start(x);
        }
        start(x);
        await gpuDone();
        x.dispose();
      }
    };
  },
});
