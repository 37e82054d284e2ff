// @ts-nocheck: runs beside libraries that are installed elsewhere
import tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-webgpu';
import { batch, channelsLast, epochDone, epochs, finish, labels } from './shared.mjs';

await tf.setBackend('webgpu');
const conv = { kernelSize: 3, padding: 'same', useBias: false, activation: 'relu' };
const model = tf.sequential({
  layers: [
    tf.layers.conv2d({ ...conv, filters: 16, inputShape: [32, 32, 3] }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.conv2d({ ...conv, filters: 32 }),
    tf.layers.maxPooling2d({ poolSize: 2 }),
    tf.layers.flatten(),
    tf.layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({
  optimizer: tf.train.momentum(0.02, 0.9),
  loss: 'categoricalCrossentropy',
  metrics: ['accuracy'],
});

const x = tf.tensor(channelsLast, [labels.length, 32, 32, 3]);
const y = tf.oneHot(tf.tensor1d(labels, 'int32'), 10);
await model.fit(x, y, {
  batchSize: batch,
  epochs,
  verbose: 0,
  callbacks: { onEpochEnd: (_, { loss }) => epochDone(loss) },
});
const [, accuracy] = model.evaluate(x, y);
finish((await accuracy.data())[0]);
