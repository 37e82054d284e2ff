// Networks of layers: shapes and names that follow, values by a plain network, what is fused, what does not fit together.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { ANY_ADAPTER, planRecording } from '../src/core/plan.ts';
import { Tape } from '../src/core/tape.ts';
import { createTensor } from '../src/core/allocator.ts';
import { evaluate, predict } from '../src/fit/inference.ts';
import { type Features, layer, type Layer, named, sequence } from '../src/fit/layer.ts';
import {
  add,
  avgPool,
  concat,
  conv,
  dense,
  dropout,
  flatten,
  gelu,
  globalPool,
  groupNorm,
  maxPool,
  norm,
  relu,
  relu6,
  resize,
} from '../src/fit/layers.ts';
import { openModel } from '../src/fit/model.ts';
import { type ImageShape, network } from '../src/fit/network.ts';
import { networkCost } from '../src/networks/cost.ts';
import { ones } from '../src/nn/parameters.ts';
import { batchNorm } from '../src/ops/norm/batch_norm.ts';
import { exportParameters } from '../src/nn/weight_files.ts';
import { testEngine } from './support/device.ts';
import { near } from './support/near.ts';
import { conv as plainConv } from './support/plain_network.ts';
import { SMALL_SHAPE, smallImages } from './support/small_images.ts';

const namesOf = (build: ReturnType<typeof network>): string[] =>
  build().weights.parameters.map(({ name, shape }) => `${name} ${shape}`);

/** Kernels of a training step's forward pass. */
function kernelsOf(build: ReturnType<typeof network>, [channels, height, width]: ImageShape): string[] {
  const { draft } = planRecording(ANY_ADAPTER, (engine) => {
    const model = build();
    model.weights.allocate(engine);
    model.statistics.allocate(engine);
    const memory = directAllocator(engine);
    const tape = new Tape({ engine, activations: memory, scratch: memory });
    model.forward(tape, createTensor(engine, 'images', [4, channels, height, width]));
    return tape.take().map(({ kernel }) => kernel);
  });
  return draft;
}

test('layers: input sizes follow, parameters are called as those of torch.nn.Sequential', () => {
  const build = network(
    [3, 32, 32],
    sequence(
      conv(16),
      norm(),
      relu(),
      maxPool(),
      conv(24, { stride: 2 }),
      norm(),
      relu(),
      flatten(),
      dense(10),
    ),
  );
  assert.equal(namesOf(build), [
    ...['0.weight 16,3,3,3', '1.weight 16', '1.bias 16'],
    ...['4.weight 24,16,3,3', '5.weight 24', '5.bias 24'],
    // 32 pixels, halved by the pooling and by the stride
    ...['8.weight 10,1536', '8.bias 10'],
  ]);
  assert.equal(
    build().statistics.parameters.map(({ name }) => name),
    ['1.running_mean', '1.running_var', '5.running_mean', '5.running_var'],
  );
  // 16 * 27 multiply-adds for each of 32 * 32 pixels, 24 * 144 for each of 8 * 8, 10 * 1536
  assert.is(networkCost(build()).madds, 16 * 27 * 1024 + 24 * 144 * 64 + 15360);
});

test('layers: a function of layers has weights of its own wherever it stands', () => {
  const block =
    (channels: number): Layer =>
    (x) => {
      const y = sequence(conv(channels), norm(), relu(), conv(channels), norm())(x);
      const same = x.shape[1] === channels;
      return relu()(add(y, same ? x : sequence(conv(channels, { kernel: 1 }), norm())(x)));
    };
  const build = network(
    [3, 8, 8],
    sequence(named('stem', conv(4)), block(4), block(6), globalPool(), dense(2)),
  );
  assert.equal(
    namesOf(build).filter((name) => /weight \d+,\d+/.test(name)),
    [
      ...['stem.weight 4,3,3,3', '1.0.0.weight 4,4,3,3', '1.0.3.weight 4,4,3,3'],
      ...['2.0.0.weight 6,4,3,3', '2.0.3.weight 6,6,3,3', '2.1.0.weight 6,4,1,1', '4.weight 2,6'],
    ],
  );
});

test('layers: norm and ReLU cost no kernel of their own where a convolution or a pooling reads them', () => {
  const fused = network(
    SMALL_SHAPE,
    sequence(conv(8), norm(), relu(), conv(8), norm(), relu(), maxPool(), conv(8), flatten(), dense(4)),
  );
  const applied = kernelsOf(fused, SMALL_SHAPE).filter((kernel) => /add|unary/.test(kernel));
  assert.equal(applied, []);
  const residual = (x: Features): Features =>
    relu()(add(sequence(conv(8), norm(), relu(), conv(8), norm())(x), x));
  const blocks = network(
    SMALL_SHAPE,
    sequence(conv(8), norm(), relu(), residual, residual, globalPool(), dense(4)),
  );
  // one for the first shortcut, and the sum of each block with its ReLU
  assert.is(kernelsOf(blocks, SMALL_SHAPE).filter((kernel) => kernel === 'add').length, 3);
  const pooled = network(SMALL_SHAPE, sequence(conv(8), norm(), relu(), globalPool(), dense(4)));
  assert.is(kernelsOf(pooled, SMALL_SHAPE).filter((kernel) => kernel === 'add').length, 1);
});

test('layers: values as in a plain network, by running statistics; evaluate counts what they say', async () => {
  const engine = await testEngine();
  const body = sequence(
    conv(6, { stride: 1 }),
    norm(),
    relu(),
    maxPool(),
    conv(5, { stride: 2 }),
    globalPool(),
    dense(4),
  );
  const model = openModel({ engine, network: network(SMALL_SHAPE, body), seed: 8 });
  const { weights, statistics } = model.network;
  // statistics and scales that are not those at the beginning
  const given: Record<string, number[]> = {
    '1.running_mean': [0.1, -0.2, 0.3, 0, 0.2, -0.1],
    '1.running_var': [0.5, 1.5, 0.7, 1, 2, 0.9],
    '1.weight': [1, -0.5, 2, 0.3, 1.1, -1],
    '1.bias': [0, 0.1, -0.2, 0.3, 0.4, -0.5],
  };
  for (const { name, tensor } of [...weights.parameters, ...statistics.parameters]) {
    if (given[name]) engine.write(tensor, Float32Array.from(given[name]));
  }
  const named = {
    ...(await exportParameters(engine, weights)),
    ...(await exportParameters(engine, statistics)),
  };
  const p = (name: string) => named[name]!.data as Float32Array;
  const set = smallImages(9, 2);
  const [c, h, w] = SMALL_SHAPE;
  const expected: number[] = [];
  for (let n = 0; n < 9; n++) {
    const pixels = set.images.subarray(n * c * h * w, (n + 1) * c * h * w);
    const x = { c, h, w, data: Float64Array.from(pixels, (v) => v / 127.5 - 1) };
    const y = plainConv(x, named['0.weight'] as never, 1);
    const active = y.data.map((v, i) => {
      const k = Math.floor(i / (h * w));
      const normal = (v - p('1.running_mean')[k]!) / Math.sqrt(p('1.running_var')[k]! + 1e-5);
      return Math.max(0, normal * p('1.weight')[k]! + p('1.bias')[k]!);
    });
    const pooled = Float64Array.from({ length: 6 * 16 }, (_, i) => {
      const [k, row, column] = [Math.floor(i / 16), Math.floor(i / 4) % 4, i % 4];
      const at = (a: number, b: number) => active[(k * h + 2 * row + a) * w + 2 * column + b]!;
      return Math.max(at(0, 0), at(0, 1), at(1, 0), at(1, 1));
    });
    const z = plainConv({ c: 6, h: 4, w: 4, data: pooled }, named['4.weight'] as never, 2);
    const means = [0, 1, 2, 3, 4].map((k) => z.data.subarray(4 * k, 4 * k + 4).reduce((a, b) => a + b) / 4);
    for (let k = 0; k < 4; k++) {
      expected.push(means.reduce((sum, m, i) => sum + m * p('6.weight')[5 * k + i]!, p('6.bias')[k]!));
    }
  }
  const { logits } = await predict(model, set.images, { batch: 4 });
  near(logits, expected, 1e-5, 'logits');
  const rows = Array.from({ length: 9 }, (_, n) => expected.slice(4 * n, 4 * n + 4));
  const losses = rows.map((row, n) => Math.log(row.reduce((s, v) => s + Math.exp(v), 0)) - row[n % 4]!);
  const hits = rows.filter((row, n) => row.indexOf(Math.max(...row)) === n % 4).length;
  const result = await evaluate(model, set, { batch: 4 });
  assert.is(result.top1, hits / 9);
  assert.ok(Math.abs(result.loss! - losses.reduce((a, b) => a + b) / 9) < 1e-5);
  rows.forEach((row, n) => assert.ok(result.confusion[n % 4]![row.indexOf(Math.max(...row))]! > 0));
});

test('layers: every one of them trains where it stands', () => {
  const branches = (x: Features): Features =>
    concat(conv(4, { kernel: [1, 3] })(x), avgPool(3, { stride: 1, padding: 1 })(x));
  const build = network(
    [2, 12, 8],
    sequence(
      conv(6, { groups: 2, dilation: 2 }),
      norm(),
      relu6(),
      groupNorm(3),
      gelu(),
      resize(2),
      gelu('tanh'),
      resize([12, 8]),
      branches,
      norm(),
      relu(),
      avgPool(),
      flatten(),
      dropout(0.5),
      dense(3),
    ),
  );
  assert.is(build().classes, 3);
  assert.ok(kernelsOf(build, [2, 12, 8]).length > 8);
});

test("layers: ops and weights of one's own stand in a network", () => {
  const scaled = layer((tape, x, parameter) => {
    const gamma = parameter('scale', [x.shape[1]!], ones);
    const beta = parameter('shift', [x.shape[1]!], ones);
    const attrs = { training: true, eps: 1e-5, momentum: 0 };
    return tape.apply(batchNorm, { x, gamma, beta, runningMean: null, runningVar: null }, attrs);
  });
  const build = network(SMALL_SHAPE, sequence(conv(3), scaled, relu(), globalPool(), dense(2)));
  assert.equal(namesOf(build).slice(1, 3), ['1.scale 3', '1.shift 3']);
});

test('layers: what does not fit together is said at once, by the name of the layer', () => {
  const wrong = (body: Layer, message: RegExp, input: ImageShape = [3, 8, 8]) => {
    try {
      network(input, body);
    } catch (error) {
      assert.instance(error, UserError);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable(`${message}`);
  };
  wrong(
    sequence(conv(4), dense(10)),
    /^network: layer 1 \(dense\): got images of \[4,8,8\], expected vectors; put flatten\(\) or globalPool\(\) before it$/,
  );
  wrong(
    sequence(conv(4), globalPool(), conv(4)),
    /^network: layer 2 \(conv\): got vectors of \[4\], expected images \(C,H,W\)$/,
  );
  wrong(
    sequence(conv(4), norm()),
    /^network: the last layer gives images of \[4,8,8\], expected one value for each class; end with dense\(classes\)$/,
  );
  wrong(
    sequence(conv(4, { groups: 2 })),
    /^network: layer 0 \(conv\): got 2 groups, expected a divisor of 3 channels before and 4 behind$/,
  );
  wrong(
    sequence(conv(4), sequence(maxPool(9))),
    /^network: layer 1.0 \(maxPool\): maxPool2d: got input \[1,4,8,8\], expected at least one window of 9x9$/,
  );
  wrong(
    sequence(dropout(1)),
    /^network: layer 0 \(dropout\): got probability 1, expected 0 or more and less than 1$/,
  );
  wrong((x) => add(conv(4)(x), x), /add: got b of shape \[1,3,8,8\], expected \[1,4,8,8\]/);
  wrong(dense(1), /^network: got images of shape \[0,8,8\], expected channels, height and width$/, [0, 8, 8]);
  wrong(
    sequence(conv(2.5)),
    /^network: layer 0 \(conv\): got 2.5 channels, expected a whole number of 1 or more$/,
  );
});

test('layers: a function that calls other layers at another time is refused', () => {
  let calls = 0;
  const fickle = (x: Features): Features => (calls++ > 2 ? sequence(conv(4), conv(4)) : sequence(conv(4)))(x);
  const build = network(SMALL_SHAPE, sequence(fickle, globalPool(), dense(2)));
  const made = build();
  const record = () =>
    planRecording(ANY_ADAPTER, (engine) => {
      made.weights.allocate(engine);
      const memory = directAllocator(engine);
      const tape = new Tape({ engine, activations: memory, scratch: memory });
      return made.forward(tape, createTensor(engine, 'images', [1, ...SMALL_SHAPE]));
    });
  record();
  assert.throws(record, /^network: layer 0.0.1 was not there when the network was made/);
});

test.run();
