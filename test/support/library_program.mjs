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
const { test200 } = await nat.loadBenchmarkTable(platform);

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
const images = nat.createTensor(engine, 'images', [BATCH, 3, 32, 32]);
const target = nat.createTensor(engine, 'targets', [BATCH], 'i32');
const feed = nat.recordFeed(engine, { images: 1000, batch: BATCH, imageSize: 32 }, images, target);
const memory = nat.directAllocator(engine);
const tape = new nat.Tape({ engine, activations: memory, scratch: memory });
const active = tape.apply(ops.add, { a: features(tape, images), b: null }, { relu: true });
const logits = classifier(tape, tape.apply(ops.globalAvgPool, { x: active }));
const loss = tape.apply(ops.crossEntropy, { logits, target }, { labelSmoothing: 0 });
tape.seed(loss, nat.upload(engine, 'one', [1], new Float32Array([1])));
tape.backward();
const gradients = nat.commandsOnly(tape.take());
const sgd = nat.recordSgd(engine, weights, { momentum: 0.9, weightDecay: 0 });
const clear = nat.commandsOnly(weights.grads ? [engine.recordClear(weights.grads)] : []);
const initialise = nat.commandsOnly(nat.recordInitialisation(engine, weights, 1234, 0));

const indices = Int32Array.from({ length: BATCH }, (_, i) => i);
nat.runSteps(engine, initialise, feed.load(train), feed.batch(indices, null));
const losses = [];
for (let i = 0; i < STEPS; i++) {
  nat.runSteps(engine, clear, gradients, sgd.step(0.1));
  const [value] = await nat.download(engine, loss);
  losses.push(value?.[0]);
}
const tensors = await nat.exportParameters(engine, weights);
const { data } = tensors['conv1.weight'] ?? { data: [] };
const { kind, name } = engine.info;
console.log(
  JSON.stringify({
    runtime: platform.runtime,
    kind,
    name,
    cells: test200.length,
    losses,
    weights: Array.from(data, Number),
  }),
);
engine.destroy();
