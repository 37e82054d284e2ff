// Two batches that are normalised by the same kernel calls get the same bits as each of them alone, whose results
// the op table checks. Seeds: 1 to 4 (values).
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { directAllocator } from '../src/core/allocator.ts';
import {
  type OneOrTwo,
  gradSumsShape,
  recordGrads,
  recordStatistics,
} from '../src/ops/norm/batch_norm_kernels.ts';
import { packTensors } from '../src/core/packed.ts';
import { createRng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import { numel, type Shape, type Tensor } from '../src/core/tensor.ts';
import { download } from '../src/core/transfer.ts';
import { testEngine } from './support/device.ts';
import { normal } from './support/op_inputs.ts';

const test = suite('two batches at once');

const EPS = 1e-5;
const NONE = { gamma: null, beta: null, runningMean: null, runningVar: null, eps: EPS, momentum: 0.1 };

/** A pair of tensors with random values; the second begins at an aligned offset after the first. */
function randomPair(engine: GpuEngine, shape: Shape, seed: number): readonly [Tensor, Tensor] {
  const pair = packTensors(engine, 'pair', [shape, shape]).tensors as [Tensor, Tensor];
  const rng = createRng(seed, 1);
  for (const x of pair)
    engine.write(
      x,
      Float32Array.from({ length: numel(shape) }, () => normal(rng)),
    );
  return pair;
}

/** Normalises the batches and computes their gradients; returns scales and shifts, then gradients. */
async function normalise(
  engine: GpuEngine,
  x: OneOrTwo,
  gradOutput: OneOrTwo,
): Promise<ArrayLike<number | bigint>[]> {
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const channels = x[0].shape[1]!;
  const like = (shape: Shape) =>
    packTensors(
      engine,
      'result',
      x.map(() => shape),
    ).tensors as unknown as OneOrTwo;
  const saved = {
    affine: like([2, channels]),
    moments: like([2, channels]),
    gradSums: tape.alloc('sums', gradSumsShape(engine, x)),
  };
  const grads = like(x[0].shape);
  recordStatistics(tape, x, NONE, saved);
  const options = { eps: EPS, training: true, parameters: false };
  recordGrads(tape, x, gradOutput, { grads, accumulate: false }, saved, options);
  engine.submit(tape.take());
  return download(engine, ...saved.affine, ...grads);
}

for (const form of ['registers', 'tiled'] as const)
  for (const shape of [
    [4, 5, 8, 8],
    [3, 2, 5, 7],
    [2, 70, 2, 2],
  ]) {
    test(`(${shape}): as one after the other (${form})`, async () => {
      const engine = await testEngine(form);
      const [x0, x1] = randomPair(engine, shape, 1);
      const [g0, g1] = randomPair(engine, shape, 2);
      const together = await normalise(engine, [x0, x1], [g0, g1]);
      const first = await normalise(engine, [x0], [g0]);
      const second = await normalise(engine, [x1], [g1]);
      assert.equal(together, [first[0], second[0], first[1], second[1]]);
    });

    test(`(${shape}): one gradient for both (${form})`, async () => {
      const engine = await testEngine(form);
      const [x0, x1] = randomPair(engine, shape, 3);
      const [g] = randomPair(engine, shape, 4);
      const together = await normalise(engine, [x0, x1], [g]);
      const first = await normalise(engine, [x0], [g]);
      const second = await normalise(engine, [x1], [g]);
      assert.equal(together, [first[0], second[0], first[1], second[1]]);
    });
  }

test.run();
