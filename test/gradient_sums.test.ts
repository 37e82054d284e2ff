// Weight gradients of a whole step, added up by one kernel call: also where two pieces have the same weights, as the
// two edges of a node that are the same operation on the same node. Seed: 1 (values).
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Command } from '../runtime/engine/engine.ts';
import { ANY_ADAPTER, planRecording } from '../src/core/plan.ts';
import type { PlannedEngine } from '../src/core/planned_engine.ts';
import { createRng } from '../src/core/rng.ts';
import { runSteps } from '../src/core/step.ts';
import { numel, type Tensor, tensorAt } from '../src/core/tensor.ts';
import { GradientParts } from '../src/supernet/gradient_parts.ts';
import { GradientSums } from '../src/supernet/gradient_sums.ts';
import { testEngine, withSmallBindings } from './support/device.ts';
import { download } from './support/device_memory.ts';
import { normal } from './support/op_inputs.ts';

/** Gradients of two weights, of 3 tiles and of 1; so many parts that workgroups of one call run at the same time. */
const SIZES = [150, 40];
const PARTS = 4000;
const RUNS = 10;

interface Program {
  readonly sums: GradientSums;
  readonly grads: Tensor;
  /** By piece: where its parts lie, by weight, and its rows. */
  readonly pieces: readonly { readonly partials: readonly Tensor[]; readonly rows: readonly number[] }[];
  readonly clear: readonly Command[];
}

/** Two pieces of the same weights, as on both edges of a node. */
function record(engine: PlannedEngine): Program {
  const floats = 256;
  const grads = tensorAt(engine.createBuffer('gradients', 4 * floats), 0, [floats]);
  const sums = new GradientSums(engine, grads, new GradientParts(engine), 'all');
  const pieces = ['edge 0', 'edge 1'].map((place) => {
    const { partialsFor, rows } = sums.begin(place);
    const partials = SIZES.map((n, i) => partialsFor(tensorAt(grads.buffer, 4 * 192 * i, [n]), PARTS)!);
    return { partials, rows };
  });
  return { sums, grads, pieces, clear: [engine.recordClear(grads)] };
}

test('parts of two pieces with the same weights are added to their gradients, in order', async () => {
  const engine = await testEngine();
  const { sums, grads, pieces, clear } = await planRecording(engine, record).record(engine);
  const rng = createRng(1, 0);
  for (const region of pieces.flatMap(({ partials }) => partials)) {
    engine.write(
      region,
      Float32Array.from({ length: numel(region.shape) }, () => normal(rng)),
    );
  }
  engine.submit(clear);
  for (const piece of pieces) runSteps(engine, sums.step([piece]));
  const expected = await download(engine, grads);
  for (let run = 0; run < RUNS; run++) {
    engine.submit(clear);
    runSteps(engine, sums.step(pieces));
    assert.equal(await download(engine, grads), expected, `run ${run}: together as one after the other`);
  }
});

/** Weights of a model that no binding can hold; the second begins in one window and ends in the next. */
function recordLarge(engine: PlannedEngine): Program {
  const floats = 1024;
  const grads = tensorAt(engine.createBuffer('gradients', 4 * floats), 0, [floats]);
  const sums = new GradientSums(engine, grads, new GradientParts(engine), 'all');
  const pieces = ['edge 0', 'edge 1', 'edge 2'].map((place) => {
    const { partialsFor, rows } = sums.begin(place);
    const weights = [tensorAt(grads.buffer, 0, [150]), tensorAt(grads.buffer, 4 * 384, [200])];
    // the third piece has weights of its own
    const own = [tensorAt(grads.buffer, 4 * 192, [150]), tensorAt(grads.buffer, 4 * 640, [200])];
    const partials = (place === 'edge 2' ? own : weights).map((weight) => partialsFor(weight, 2)!);
    return { partials, rows };
  });
  return { sums, grads, pieces, clear: [engine.recordClear(grads)] };
}

test('where bindings are small, windows on gradients and parts give the same bits (seed 1)', async () => {
  const engine = await testEngine();
  const results = await Promise.all(
    // 768 floats are the parts of one piece; the gradients of the last weight end beyond those of the first window
    [Infinity, 4 * 768].map(async (limit) => {
      const device = withSmallBindings(engine, limit);
      const { sums, grads, pieces } = await planRecording(device, recordLarge).record(device);
      const rng = createRng(1, 0);
      for (const region of pieces.flatMap(({ partials }) => partials)) {
        const values = Float32Array.from({ length: numel(region.shape) }, () => normal(rng));
        device.write(region, values);
      }
      const step = sums.step(pieces);
      runSteps(device, step);
      return { calls: step.commands.flat().length, values: await download(device, grads) };
    }),
  );
  assert.is(results[0]!.calls, 1);
  assert.ok(results[1]!.calls > 3);
  assert.ok(results[0]!.values.some((value) => value !== 0));
  assert.equal(results[1]!.values, results[0]!.values);
});

test('no two workgroups write the same gradient', () => {
  const { sums, pieces } = planRecording(ANY_ADAPTER, record).draft;
  const { data } = sums.step(pieces).writes[0]!;
  const [count, ...words] = data as Uint32Array;
  const targets = Array.from({ length: count! }, (_, tile) => words[5 * tile]! + words[5 * tile + 4]!);
  assert.is(targets.length, 8);
  // one workgroup takes the tiles that follow one another
  const written = targets.filter((target, tile) => target !== targets[tile - 1]);
  assert.is(new Set(written).size, written.length);
});

test.run();
