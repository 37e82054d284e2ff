// @ts-nocheck: runs beside libraries that are installed elsewhere
// TensorFlow.js on its WebGPU backend. Images are (N, H, W, C), its own layout.
import { gpuDone, he, numel, require, RESNET_BLOCKS, runSuite, sizes, uniform } from './common.mjs';

const { warn } = console;
console.warn = () => {}; // it advertises tfjs-node
const tf = require('@tensorflow/tfjs');
console.warn = warn;
require('@tensorflow/tfjs-backend-webgpu');
if (!(await tf.setBackend('webgpu'))) throw new Error('the webgpu backend did not initialise');
await tf.ready();
const backend = tf.backend();

/** Submits what the backend has put off, and waits. */
async function sync() {
  if (backend.commandEncoder) {
    backend.endComputePassEncoder();
    backend.submitQueue();
  }
  await gpuDone();
}

const { batch, channels: c, size, resnetBatch, chain, floats } = sizes;
const tensor = (shape, scale = 1) => tf.keep(tf.tensor(uniform(numel(shape), scale), shape));
const image = () => tensor([batch, size, size, c]);
const loop = (op) => async (n) => {
  for (let i = 0; i < n; i++) {
    tf.tidy(() => {
      op();
    });
  }
  await sync();
};

function separable() {
  const weights = [tensor([3, 3, c, 1], he(1, 3)), tensor([1, 1, c, c], he(c, 1))];
  const apply = (x, a, b) => tf.conv2d(tf.depthwiseConv2d(x, a, 1, 'same'), b, 1, 'same');
  return { weights, apply };
}

/** What its own layer does in training. */
function batchNorm(x, scale, shift) {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  return tf.batchNorm(x, mean, variance, shift, scale, 1e-5);
}

function resnetStep() {
  const variables = [];
  const variable = (values) => {
    variables.push(tf.variable(values));
    return variables.at(-1);
  };
  const conv = (inputs, outputs, k, stride) => {
    const weight = variable(tensor([k, k, inputs, outputs], he(inputs, k)));
    return (x) => tf.conv2d(x, weight, stride, 'same');
  };
  const norm = (count) => {
    const [scale, shift] = [variable(tf.ones([count])), variable(tf.zeros([count]))];
    return (x) => batchNorm(x, scale, shift);
  };
  const [stem, stemNorm] = [conv(3, 16, 3, 1), norm(16)];
  const blocks = RESNET_BLOCKS.map(([inputs, outputs, stride]) => {
    const [conv1, norm1] = [conv(inputs, outputs, 3, stride), norm(outputs)];
    const [conv2, norm2] = [conv(outputs, outputs, 3, 1), norm(outputs)];
    const shortcut = stride > 1 && [conv(inputs, outputs, 1, stride), norm(outputs)];
    return (x) => {
      const y = norm2(conv2(tf.relu(norm1(conv1(x)))));
      return tf.relu(tf.add(y, shortcut ? shortcut[1](shortcut[0](x)) : x));
    };
  });
  const [weight, bias] = [variable(tensor([64, 10], 0.125)), variable(tf.zeros([10]))];
  const images = tensor([resnetBatch, 32, 32, 3]);
  const classes = Int32Array.from({ length: resnetBatch }, (_, i) => i % 10);
  const targets = tf.keep(tf.oneHot(tf.tensor1d(classes, 'int32'), 10).toFloat());
  const loss = () => {
    const features = blocks.reduce((x, block) => block(x), tf.relu(stemNorm(stem(images))));
    const logits = tf.add(tf.matMul(tf.mean(features, [1, 2]), weight), bias);
    return tf.losses.softmaxCrossEntropy(targets, logits);
  };
  const optimizer = tf.train.momentum(0.05, 0.9);
  return async (n) => {
    let last;
    for (let i = 0; i < n; i++) {
      last?.dispose();
      last = optimizer.minimize(loss, true, variables);
    }
    await last.data();
    last.dispose();
    await sync();
  };
}

await runSuite({
  conv2d_forward() {
    const [x, w] = [image(), tensor([3, 3, c, c], he(c, 3))];
    return loop(() => tf.conv2d(x, w, 1, 'same'));
  },
  conv2d_gradients() {
    const [x, w, gradOutput] = [image(), tensor([3, 3, c, c], he(c, 3)), image()];
    const gradients = tf.grads((x, w) => tf.conv2d(x, w, 1, 'same'));
    return loop(() => gradients([x, w], gradOutput));
  },
  depthwise_forward() {
    const [x, w] = [image(), tensor([3, 3, c, 1], he(1, 3))];
    return loop(() => tf.depthwiseConv2d(x, w, 1, 'same'));
  },
  separable_forward() {
    const [x, { weights, apply }] = [image(), separable()];
    return loop(() => apply(x, ...weights));
  },
  separable_gradients() {
    const [x, gradOutput, { weights, apply }] = [image(), image(), separable()];
    const gradients = tf.grads(apply);
    return loop(() => gradients([x, ...weights], gradOutput));
  },
  batch_norm_forward() {
    const [x, scale, shift] = [image(), tensor([c]), tensor([c])];
    return loop(() => batchNorm(x, scale, shift));
  },
  max_pool_forward() {
    const x = image();
    return loop(() => tf.maxPool(x, 3, 1, 'same'));
  },
  resnet20_step: resnetStep,
  chain() {
    const [first, y] = [tensor([floats]), tensor([floats], 1e-3)];
    return async (n) => {
      for (let i = 0; i < n; i++) {
        let x = first;
        for (let op = 0; op < chain; op++) {
          const sum = tf.add(x, y);
          if (x !== first) x.dispose();
          x = sum;
        }
        await sync();
        x.dispose();
      }
    };
  },
});
