// The module of a page: one layer learns y = 2 x - 1 on the browser's GPU. Bundle it, for example with
// `esbuild in_a_page.mjs --bundle --format=esm --outfile=page.js`; nothing else is needed beside it.

import {
  commandsOnly,
  dense,
  directAllocator,
  exportParameters,
  openEngine,
  ops,
  ParameterStore,
  recordInitialisation,
  recordSgd,
  runSteps,
  Tape,
  upload,
} from 'nat-webgpu/engine';

const engine = await openEngine();
const weights = new ParameterStore('weights', true);
const layer = dense({ weights, statistics: null, affine: true }, 'line', 1, 1);
weights.allocate(engine);

const x = upload(engine, 'x', [4, 1], Float32Array.of(-1, 0, 1, 2));
const wanted = upload(engine, 'wanted', [4], Float32Array.of(-3, -1, 1, 3));
const memory = directAllocator(engine);
const tape = new Tape({ engine, activations: memory, scratch: memory });
const loss = tape.apply(ops.squaredError, { x: tape.reshape(layer(tape, x), [4]), wanted });
tape.seed(loss, upload(engine, 'one', [1], Float32Array.of(1)));
tape.backward();

const clear = commandsOnly(weights.grads ? [engine.recordClear(weights.grads)] : []);
const gradients = commandsOnly(tape.take());
const sgd = recordSgd(engine, weights, { momentum: 0, weightDecay: 0 });
runSteps(engine, commandsOnly(recordInitialisation(engine, weights, 1, 0)));
for (let step = 0; step < 100; step++) runSteps(engine, clear, gradients, sgd.step(0.1));

const { 'line.weight': slope, 'line.bias': offset } = await exportParameters(engine, weights);
const result = document.createElement('pre');
result.textContent = `y = ${slope?.data[0]} x + ${offset?.data[0]} on ${engine.info.name}`;
document.body.append(result);
engine.destroy();
