// The sum of a node's edges in one call (src/ops/norm/normalised_sum.ts) against a plain reference: with the moments of
// chunks that a convolution leaves and without, beside another tensor, one with a batch norm pending, or nothing.
// Seeds: 1 to 3 (values).
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { packTensors } from '../src/core/packed.ts';
import { createRng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import { numel, type Shape, type Tensor } from '../src/core/tensor.ts';
import { download, upload } from '../src/core/transfer.ts';
import { tileChunks } from '../src/ops/norm/batch_chunks.ts';
import { type OneOrTwo, recordChunkMoments } from '../src/ops/norm/batch_norm_kernels.ts';
import { recordNormalisedSum } from '../src/ops/norm/normalised_sum.ts';
import { testEngine } from './support/device.ts';
import { normal } from './support/op_inputs.ts';

const test = suite('normalised sum');

const EPS = 1e-5;

const channelOf = (shape: Shape, i: number): number => Math.floor(i / (shape[2]! * shape[3]!)) % shape[1]!;

/** Scale and shift of every channel, and its mean. */
function plainStatistics(shape: Shape, x: ArrayLike<number>) {
  const channels = shape[1]!;
  const count = numel(shape) / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let i = 0; i < x.length; i++) mean[channelOf(shape, i)]! += x[i]! / count;
  for (let i = 0; i < x.length; i++) {
    const c = channelOf(shape, i);
    variance[c]! += (x[i]! - mean[c]!) ** 2 / count;
  }
  const scale = variance.map((v) => 1 / Math.sqrt(v + EPS));
  return { mean, scale, shift: mean.map((m, c) => -m * scale[c]!) };
}

interface Case {
  readonly name: string;
  readonly shape: Shape;
  readonly terms: 1 | 2;
  /** Those that come with the moments of their chunks. */
  readonly moments?: readonly number[];
  readonly other?: 'plain' | 'pending';
  /** Added to all values, whose deviation is near 1. */
  readonly mean?: number;
}

async function check(
  engine: GpuEngine,
  { shape, terms, moments = [], other, mean = 0 }: Case,
): Promise<void> {
  const channels = shape[1]!;
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const two = (of: Shape) =>
    packTensors(engine, 'pair', [of, of].slice(0, terms)).tensors as unknown as OneOrTwo;
  const values = (n: number, seed: number) => {
    const rng = createRng(seed, 1);
    return Float32Array.from({ length: n }, () => normal(rng) + mean);
  };
  const pair = two(shape);
  const data = pair.map((x, i) => values(numel(x.shape), i + 1));
  pair.forEach((x, i) => engine.write(x, data[i]!));
  const x = pair.map((each, i): Tensor => {
    if (!moments.includes(i)) return each;
    const split = tileChunks(engine.kind, each)!;
    const chunkMoments = tape.alloc('moments', [split.channels, split.chunks, 2]);
    recordChunkMoments(tape, [each], split, { region: chunkMoments, stride: 0 });
    return { ...each, chunkMoments };
  });
  const beside = other && upload(engine, 'other', shape, values(numel(shape), 3));
  const affineData = Float32Array.from({ length: 2 * channels }, (_, i) => 0.5 + i / 8);
  const pending = other === 'pending' ? upload(engine, 'affine', [2, channels], affineData) : undefined;
  const saved = { affine: two([2, channels]), moments: two([2, channels]) };
  const y = tape.alloc('y', shape);
  const second = beside ? { ...beside, ...(pending ? { affine: pending } : {}) } : null;
  recordNormalisedSum(tape, x as unknown as OneOrTwo, second, saved, EPS, y);
  engine.submit(tape.take());

  const [sum, ...statistics] = await download(engine, y, ...saved.affine, ...saved.moments);
  const expected = new Float64Array(numel(shape));
  data.forEach((x, term) => {
    const plain = plainStatistics(shape, x);
    const rows = [
      ...[plain.scale, plain.shift].map((row, k) => [row, statistics[term]!, k] as const),
      ...[plain.mean, plain.scale].map((row, k) => [row, statistics[terms + term]!, k] as const),
    ];
    for (const [row, got, k] of rows) {
      row.forEach((want, c) => near(Number(got[k * channels + c]), want, 1e-5 * Math.max(1, Math.abs(want))));
    }
    x.forEach((v, i) => {
      const c = channelOf(shape, i);
      expected[i]! += (v - plain.mean[c]!) * plain.scale[c]!;
    });
  });
  if (beside) {
    values(numel(shape), 3).forEach((v, i) => {
      const c = channelOf(shape, i);
      expected[i]! += pending ? affineData[c]! * v + affineData[channels + c]! : v;
    });
  }
  expected.forEach((want, i) => near(Number(sum![i]), want, 1e-5 * (1 + Math.abs(mean))));
}

function near(got: number, want: number, tolerance: number): void {
  assert.ok(Math.abs(got - want) <= tolerance, `got ${got}, expected ${want} within ${tolerance}`);
}

const CASES: readonly Case[] = [
  { name: 'two', shape: [4, 3, 8, 8], terms: 2, moments: [0, 1] },
  { name: 'two, one of them without moments', shape: [2, 3, 16, 16], terms: 2, moments: [1] },
  { name: 'two without moments, in unequal chunks', shape: [37, 2, 20, 24], terms: 2 },
  { name: 'two far from zero', shape: [2, 2, 32, 32], terms: 2, moments: [0], mean: 100 },
  { name: 'one', shape: [5, 70, 2, 2], terms: 1 },
  { name: 'one beside another tensor', shape: [3, 5, 12, 7], terms: 1, other: 'plain' },
  { name: 'one beside a pending batch norm', shape: [300, 1, 2, 6], terms: 1, other: 'pending' },
];

for (const each of CASES) test(each.name, async () => check(await testEngine('tiled'), each));

test.run();
