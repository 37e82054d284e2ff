// The weight-sharing network of NAS-Bench-201 against its networks in plain float64: logits, loss and gradients (by differences
// along directions), what it counts, and that a steady step creates nothing.
// Seeds: 1 (weights), 2 (images), 3 (cells), 4 (directions).
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { edgeIndex } from '../src/arch/search_space.ts';
import { networkCosts } from '../src/benchmark/cost.ts';
import { cellNumber, parseCell } from '../src/benchmark/space.ts';
import { architectureOf, benchmarkSupernet } from '../src/benchmark/supernet_space.ts';
import { ANY_ADAPTER, planRecording } from '../src/core/plan.ts';
import { createRng } from '../src/core/rng.ts';
import { runSteps } from '../src/core/step.ts';
import { numel } from '../src/core/tensor.ts';
import { stageGeometries } from '../src/networks/geometry.ts';
import { recordInitialisation } from '../src/nn/initialise.ts';
import { exportParameters, importParameters } from '../src/nn/weight_files.ts';
import { planSupernet, recordSupernet, type SupernetProgram } from '../src/supernet/setup.ts';
import { ALL_CELLS } from './support/benchmark.ts';
import { testEngine } from './support/device.ts';
import { download } from './support/device_memory.ts';
import { near } from './support/near.ts';
import { normal } from './support/op_inputs.ts';
import { type OperationName, plainLogits, plainLoss } from './support/plain_nasbench201.ts';
import { imageOf } from './support/plain_network.ts';

const engine = await testEngine();

const PER_STAGE = 2;
const SIZE = 8;
const TARGETS = [3, 1, 4, 1];

async function tinySupernet() {
  const config = { ...benchmarkSupernet(4, PER_STAGE), imageSize: SIZE };
  const parts = await planSupernet(engine, config, TARGETS.length).record(engine);
  engine.submit(recordInitialisation(engine, parts.model.weights, 1, 0));
  const rng = createRng(2, 0);
  const images = Float32Array.from({ length: numel(parts.memory.images.shape) }, () => normal(rng));
  engine.write(parts.memory.images, images);
  engine.write(parts.memory.targets, Int32Array.from(TARGETS));
  runSteps(engine, parts.initialise);
  return { ...parts, images };
}

/** The benchmark's nodes 0 to 3 are nodes 1, 2, 3 and 5 of a NAT cell; but node 3 takes its first two edges as node 4. */
const nameOf: OperationName = (cell, from, to, operation) => {
  const natTo = to < 3 ? to + 1 : from === 2 ? 5 : 4;
  return `cells.${cell}._ops.${edgeIndex(from + 1, natTo)}._ops.${[2, 3][operation]}`;
};

/** Every operation on every edge, in five cells; and cells that lose their input, or hand it on. */
const CELLS = [
  ...[0, 1, 2, 3, 4].map((shift) => cellNumber([0, 1, 2, 3, 4, 0].map((op) => (op + shift) % 5))),
  cellNumber([3, 3, 3, 3, 3, 3]),
  cellNumber([0, 0, 0, 0, 0, 0]),
  cellNumber([1, 1, 1, 1, 1, 1]),
  parseCell('|avg_pool_3x3~0|+|nor_conv_1x1~0|none~1|+|skip_connect~0|avg_pool_3x3~1|nor_conv_3x3~2|', ''),
];

/** The weights as float64; batch norms' scales and shifts take random values, which no ReLU changes at. */
async function float64Weights({ model }: Pick<SupernetProgram, 'model'>) {
  const rng = createRng(1, 1);
  const float = await exportParameters(engine, model.weights);
  for (const [name, { data }] of Object.entries(float)) {
    if (/^(stem\.1|lastact)\./.test(name))
      (data as Float32Array).forEach((v, i) => (data[i] = v + 0.3 * normal(rng)));
  }
  importParameters(engine, model.weights, float, 'test');
  return Object.fromEntries(
    Object.entries(float).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float64Array.from(data as Float32Array) },
    ]),
  );
}

test('logits, loss and gradients are those of the plain network, with every operation on every edge', async () => {
  const parts = await tinySupernet();
  const { supernet, model, memory } = parts;
  const batch = TARGETS.map((_, n) => imageOf(parts.images, n, SIZE));
  const named = await float64Weights(parts);
  const tensors = Object.entries(named);
  const rng = createRng(4, 0);
  for (const cell of CELLS) {
    const forward = () => plainLogits(named, batch, ALL_CELLS[cell]!, PER_STAGE, nameOf);
    runSteps(engine, supernet.clearGradients, supernet.train(architectureOf(cell)));
    const logits = forward();
    near(await download(engine, memory.logits), logits.flat(), 1e-4, `logits of cell ${cell}`);
    near(await download(engine, supernet.loss), [plainLoss(logits, TARGETS)], 1e-5, `loss of cell ${cell}`);

    const grads = await exportParameters(engine, model.weights, 'grads');
    const [got, want]: [number[], number[]] = [[], []];
    for (let k = 0; k < 4; k++) {
      const direction = tensors.map(([name, { data }]) => ({ name, data, by: data.map(() => normal(rng)) }));
      const move = (step: number): void => {
        for (const { data, by } of direction) by.forEach((v, i) => (data[i] = data[i]! + step * v));
      };
      // smaller than what would take a ReLU past its kink
      const [above, below] = [1e-8, -1e-8].map((step) => {
        move(step);
        const loss = plainLoss(forward(), TARGETS);
        move(-step);
        return loss;
      });
      want.push((above! - below!) / 2e-8);
      const slope = ({ name, by }: (typeof direction)[0]): number =>
        by.reduce((sum, v, i) => sum + v * (grads[name]!.data as Float32Array)[i]!, 0);
      got.push(direction.reduce((sum, part) => sum + slope(part), 0));
    }
    near(got, want, 1e-4, `slopes along random directions, cell ${cell}`);
  }
});

test('the program counts what the benchmark counts: parameters and multiply-adds of its own size', () => {
  const costs = networkCosts();
  const rng = createRng(3, 0);
  const cells = [0, 15624, ...Array.from({ length: 6 }, () => rng.int(15625))];
  for (const cell of cells) {
    const { madds } = planRecording(ANY_ADAPTER, (planned) => {
      const program = recordSupernet(planned, benchmarkSupernet(16, 5), 1);
      program.supernet.forward(architectureOf(cell), 'evaluation');
      return program;
    });
    assert.is(madds.all, costs[cell]!.madds, `cell ${cell}`);
  }
  // the benchmark's batch norms have scale and shift, those of shared weights have not
  const { model } = planSupernet(ANY_ADAPTER, benchmarkSupernet(16, 5), 1).draft;
  const count = (pattern: RegExp): number =>
    model.weights.parameters
      .filter(({ name }) => pattern.test(name))
      .reduce((sum, { shape }) => sum + numel(shape), 0);
  const norms = 2 * (32 + 64) * 2;
  const bare = costs[0]!.params - norms;
  assert.is(count(/^(stem|classifier|lastact|cells\.\d+\.block)/), bare);
  const edge = (kernel: number): number =>
    costs[cellNumber([kernel, 0, 0, 0, 0, 0])]!.params - costs[0]!.params - 2 * 5 * (16 + 32 + 64);
  assert.is(model.weights.count, bare + 6 * (edge(2) + edge(3)));
});

test('three stages of equally many cells: channels double and pixels halve before the second and the third', () => {
  const sizes = stageGeometries({ channels: 5, layers: 6, imageSize: 32 }).map((cell) => {
    const { index, channels, inputChannels, inputSize, outputSize, outputChannels, reduction } = cell;
    assert.equal([reduction, outputSize, outputChannels], [false, inputSize, channels]);
    return [index, inputChannels[0], channels, inputSize];
  });
  assert.equal(sizes, [[0, 5, 5, 32], [1, 5, 5, 32], [2, 5, 10, 16], [3, 10, 10, 16], [4, 10, 20, 8], [5, 20, 20, 8]]); // prettier-ignore
  assert.throws(() => stageGeometries({ channels: 5, layers: 4, imageSize: 32 }), /got 4 cells/);
  assert.throws(() => stageGeometries({ channels: 5, layers: 3, imageSize: 30 }), /got images of 30 pixels/);
});

test('once its pieces are known, an architecture creates nothing', async () => {
  const { supernet } = await tinySupernet();
  for (const cell of CELLS) runSteps(engine, supernet.train(architectureOf(cell)));
  const { pieceCount } = supernet;
  const before = { ...engine.counters };
  for (const cell of CELLS.toReversed()) {
    runSteps(engine, supernet.clearGradients, supernet.train(architectureOf(cell)));
  }
  assert.is(supernet.pieceCount, pieceCount);
  for (const name of ['buffers', 'bindGroups', 'pipelines', 'shaderModules'] as const) {
    assert.is(engine.counters[name], before[name], name);
  }
});

test('what two cells have in common is computed once, with the same logits', async () => {
  const { supernet, memory } = await tinySupernet();
  let previous = architectureOf(CELLS[0]!);
  runSteps(engine, supernet.forward(previous, 'before'));
  let saved = 0;
  for (const cell of [...CELLS, 1, 8, 125]) {
    const arch = architectureOf(cell);
    const step = supernet.forward(arch, 'after', previous);
    saved += supernet.forward(arch, 'after').commands.flat().length - step.commands.flat().length;
    runSteps(engine, step);
    const logits = await download(engine, memory.logits);
    runSteps(engine, supernet.forward(arch, 'after'));
    assert.equal(logits, await download(engine, memory.logits), `cell ${cell}`);
    previous = arch;
  }
  assert.ok(saved > 0, 'something is left out');
});

test.run();
