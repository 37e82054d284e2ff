// @ts-nocheck: runs beside libraries that are installed elsewhere
import { constant, conv, dense, evaluate, fit, flatten, maxPool, network } from 'nat-webgpu/engine';
import { openEngine, relu, sequence, sgd } from 'nat-webgpu/engine';
import { batch, epochDone, epochs, finish, images, labels } from './shared.mjs';

const small = network(
  [3, 32, 32],
  sequence(conv(16), relu(), maxPool(), conv(32), relu(), maxPool(), flatten(), dense(10)),
);

const { model } = await fit({
  engine: await openEngine(),
  network: small,
  images: { images, labels },
  batch,
  epochs,
  optimizer: sgd({ lr: 0.02, momentum: 0.9 }),
  schedule: constant,
  onEpoch: ({ loss }) => epochDone(loss),
});
finish((await evaluate(model, { images, labels })).top1);
