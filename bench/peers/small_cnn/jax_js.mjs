// @ts-nocheck: runs beside libraries that are installed elsewhere
import { defaultDevice, init, jit, lax, nn, numpy as np, random, tree, valueAndGrad } from '@jax-js/jax';
import { batch, epochDone, epochs, finish, images, labels } from './shared.mjs';

await init('webgpu');
defaultDevice('webgpu');

const weight = (seed, shape, fanIn) => random.normal(random.key(seed), shape).mul(Math.sqrt(2 / fanIn));
let parameters = {
  conv1: weight(1, [16, 3, 3, 3], 27),
  conv2: weight(2, [32, 16, 3, 3], 144),
  dense: weight(3, [2048, 10], 2048),
  bias: np.zeros([10]),
};
let velocity = tree.map((p) => np.zeros(p.shape), tree.ref(parameters));

function block(x, w) {
  const y = nn.relu(lax.conv(x, w, [1, 1], 'SAME'));
  const [n, c, h, width] = y.shape;
  return np.max(y.reshape([n, c, h / 2, 2, width / 2, 2]), [3, 5]);
}

function predict({ conv1, conv2, dense, bias }, x) {
  const features = block(block(x, conv1), conv2);
  return np.dot(features.reshape([features.shape[0], 2048]), dense).add(bias);
}

const meanLoss = (p, x, y) =>
  nn
    .logSoftmax(predict(p, x))
    .mul(y)
    .sum()
    .mul(-1 / batch);

const step = jit((p, v, x, y) => {
  const [loss, gradients] = valueAndGrad(meanLoss)(tree.ref(p), x, y);
  const nextV = tree.map((a, g) => a.mul(0.9).add(g), v, gradients);
  return [loss, tree.map((w, a) => w.sub(a.mul(0.02)), p, tree.ref(nextV)), nextV];
});

const steps = Math.floor(labels.length / batch);
const batches = Array.from({ length: steps }, (_, i) => {
  const pixels = images.subarray(i * batch * 3072, (i + 1) * batch * 3072);
  const classes = np.array(labels.subarray(i * batch, (i + 1) * batch));
  return [np.array(pixels).reshape([batch, 3, 32, 32]), nn.oneHot(classes, 10)];
});
for (let epoch = 0; epoch < epochs; epoch++) {
  let sum = np.zeros([]);
  for (const [x, y] of batches) {
    let loss;
    [loss, parameters, velocity] = step(parameters, velocity, x.ref, y.ref);
    sum = sum.add(loss);
  }
  epochDone((await sum.data())[0] / steps);
}

const infer = jit((p, x) => np.argmax(predict(p, x), 1));
let hits = 0;
for (const [i, [x]] of batches.entries()) {
  const classes = await infer(tree.ref(parameters), x).data();
  hits += classes.filter((k, n) => k === labels[i * batch + n]).length;
}
finish(hits / (steps * batch));
