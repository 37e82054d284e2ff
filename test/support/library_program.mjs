// A program as a user of the library writes it: a small network learns one batch of the sample by heart. Runs in Node
// and in Deno, and prints what it saw as JSON: library_program.mjs URL_OF_INDEX_JS [ADAPTER].

const [url = '', adapter] = process.argv.slice(2);
const nat = /** @type {typeof import('../../src/index.ts')} */ (await import(url));
const { conv, dense, norm, ops, sequence } = nat;

const BATCH = 16;
const STEPS = 6;

const engine = await nat.openEngine(adapter ? { name: adapter } : {});
const platform = await nat.hostPlatform();
const { train } = await nat.loadImages(platform, 'sample');

// The network's weights, and its layers as functions that record on a tape.
const weights = new nat.ParameterStore('weights', true);
const b = { weights, statistics: null, affine: true };
const features = sequence(
  conv(b, 'conv1', 3, 8, { kernel: 3, stride: 2 }),
  norm(b, 'norm1', 8),
  conv(b, 'conv2', 8, 16, { kernel: 3, stride: 2, relu: true }),
  norm(b, 'norm2', 16),
);
const classifier = dense(b, 'classifier', 16, 10);
weights.allocate(engine);

// Forward and backward, recorded once.
const images = nat.tensorAt(engine.createBuffer('images', 4 * BATCH * 3 * 32 * 32), 0, [BATCH, 3, 32, 32]);
const target = nat.tensorAt(engine.createBuffer('targets', 4 * BATCH), 0, [BATCH], 'i32');
const feed = nat.recordFeed(engine, { images: 1000, batch: BATCH, imageSize: 32 }, images, target);
const memory = nat.directAllocator(engine);
const tape = new nat.Tape({ engine, activations: memory, scratch: memory });
const active = tape.apply(ops.add, { a: features(tape, images), b: null }, { relu: true });
const logits = classifier(tape, tape.apply(ops.globalAvgPool, { x: active }));
const loss = tape.apply(ops.crossEntropy, { logits, target }, { labelSmoothing: 0 });
tape.seed(loss, nat.upload(engine, 'one', [1], new Float32Array([1])));
tape.backward();
const step = tape.take();
const sgd = nat.recordSgd(engine, weights, { momentum: 0.9, weightDecay: 0 });
const clear = weights.grads ? [engine.recordClear(weights.grads)] : [];

feed.load(engine, train);
feed.write(
  engine,
  Int32Array.from({ length: BATCH }, (_, i) => i),
  null,
);
sgd.write(engine, 0.1);
engine.submit(nat.recordInitialisation(engine, weights, 1234, 0), feed.commands);
const losses = [];
for (let i = 0; i < STEPS; i++) {
  engine.submit(clear, step, sgd.commands);
  const [value] = await nat.download(engine, loss);
  losses.push(value?.[0]);
}
const tensors = await nat.exportParameters(engine, weights);
const { data } = tensors['conv1.weight'] ?? { data: [] };
const { kind, name } = engine.info;
console.log(
  JSON.stringify({ runtime: platform.runtime, kind, name, losses, weights: Array.from(data, Number) }),
);
engine.destroy();
