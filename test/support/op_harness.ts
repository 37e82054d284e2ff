// Checks an op against a plain reference. A table (test/ops/<op>.ts) exports
//
//   export const relu = opTable(reluOp, {
//     reference: ({ x }) => x.data.map((v) => Math.max(v, 0)),          // float64; output in row-major order
//     cases: [{ name: 'odd sizes', inputs: { x: { shape: [2, 3, 5, 7], avoid: [0] } }, attrs: {} }],
//     generate: (rng) => ({ inputs: { x: { shape: imageShape(rng), avoid: [0] } }, attrs: {} }),
//   });
//
// and is listed in test/ops/index.ts. For every case, and for the cases that `generate` makes, the harness
// - fills inputs with normal numbers from Philox (seeded by the case's name) or with the given `values`,
// - runs forward and backward with a random gradOutput on memory poisoned with NaN, twice: once with gradients
//   written into fresh memory, once added to persistent ones that already hold numbers,
// - compares the output with the reference (relative norm 1e-5), and every gradient with central differences of
//   the reference in float64 (up to 48 entries of each input),
// - replays the recording and expects the same bits; records it without training and expects the same output.
// A spec with `affine: true` makes a tensor with a pending batch norm; the reference sees the normalised values,
// and the gradient is the one with respect to them. An output with a pending affine is compared after applying it.
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../../runtime/gpu_engine.ts';
import type { Allocator } from '../../src/allocator.ts';
import type { Inputs, Op } from '../../src/op.ts';
import { createRng, type Rng } from '../../src/rng.ts';
import { Tape } from '../../src/tape.ts';
import { type DType, numel, type Shape, type Tensor } from '../../src/tensor.ts';
import { download, poisonedBuffer, upload } from './device_memory.ts';

/** Host values in float64, row-major. */
export interface Values {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export interface InputSpec {
  readonly shape: Shape;
  readonly dtype?: DType;
  /** Given values instead of random ones. */
  readonly values?: readonly number[];
  /** Random integers below this bound (indices). */
  readonly below?: number;
  /** Values nearer than 0.01 to one of these are moved away (kinks). */
  readonly avoid?: readonly number[];
  /** Distinct values, 0.01 apart, in random order (maxima). */
  readonly distinct?: boolean;
  /** Factor on the random numbers. */
  readonly scale?: number;
  /** A pending batch norm, (2,C). */
  readonly affine?: boolean;
}

type HostInputs<I> = { readonly [K in keyof I]: null extends I[K] ? Values | null : Values };

export interface OpCase<I, A> {
  readonly name: string;
  readonly inputs: { readonly [K in keyof I]: InputSpec | (null extends I[K] ? null : never) };
  readonly attrs: A;
  /** Relative norm allowed; 1e-5 unless given. */
  readonly tolerance?: number;
}

export interface OpTable<I, A> {
  /** The op in float64, obviously right. */
  readonly reference: (inputs: HostInputs<I>, attrs: A) => ArrayLike<number>;
  /** What the op leaves in input tensors besides its output (running statistics), by input name. */
  readonly sideEffects?: (inputs: HostInputs<I>, attrs: A) => Readonly<Record<string, ArrayLike<number>>>;
  /** Step of the finite differences; 1e-5 unless given. */
  readonly step?: number;
  readonly cases: readonly OpCase<I, A>[];
  /** A case of random sizes; called with the same seeds in every run. */
  readonly generate?: (rng: Rng) => Omit<OpCase<I, A>, 'name'>;
}

/** A table with its types forgotten, so that tables of all ops fit in one record. */
export interface CheckedOp {
  readonly cases: readonly { readonly name: string }[];
  check(engine: GpuEngine, index: number): Promise<void>;
}

export function opTable<I extends Inputs, D extends keyof I & string, A, S>(
  op: Op<I, D, A, S>,
  table: OpTable<I, A>,
): CheckedOp {
  const { generate } = table;
  const generated = Array.from({ length: generate ? GENERATED : 0 }, (_, seed): OpCase<I, A> => {
    const made = generate!(createRng(seed, hash(op.name)));
    return { ...made, name: `generated ${seed}: ${describe(made)}` };
  });
  const cases = [...table.cases, ...generated];
  return { cases, check: (engine, index) => checkCase(engine, op, table, cases[index]!) };
}

const SAMPLES = 48;

/** Cases of random sizes for each op. */
const GENERATED = 6;

/** `x(2,3,4,4) pending, weight(8,3); {"relu":true}`. */
function describe<I, A>({ inputs, attrs }: Omit<OpCase<I, A>, 'name'>): string {
  const specs = Object.entries(inputs as Readonly<Record<string, InputSpec | null>>).flatMap(
    ([name, spec]) => (spec ? [`${name}(${spec.shape})${spec.affine ? ' pending' : ''}`] : []),
  );
  return `${specs.join(', ')}; ${JSON.stringify(attrs)}`;
}

/** An integer from `low` to `high`, both included. */
export const between = (rng: Rng, low: number, high: number): number => low + rng.int(high - low + 1);

/** (N,C,H,W) of small random extents. */
export const randomImages = (rng: Rng): [number, number, number, number] => [
  between(rng, 1, 3),
  between(rng, 1, 9),
  between(rng, 1, 12),
  between(rng, 1, 12),
];

async function checkCase<I extends Inputs, D extends keyof I & string, A, S>(
  engine: GpuEngine,
  op: Op<I, D, A, S>,
  table: OpTable<I, A>,
  { name, inputs: specs, attrs, tolerance = 1e-5 }: OpCase<I, A>,
): Promise<void> {
  const rng = createRng(hash(`${op.name} ${name}`), 0);
  const { step = 1e-5 } = table;
  const keys = Object.keys(specs);
  const made: Record<string, Made | null> = {};
  for (const key of keys) {
    const spec = specs[key];
    made[key] = spec ? makeInput(spec, rng) : null;
  }
  const host = Object.fromEntries(keys.map((k) => [k, made[k]?.values ?? null])) as HostInputs<I>;
  const expected = Float64Array.from(table.reference(host, attrs));
  const gradOutput = Float32Array.from(expected, () => normal(rng));
  const differentiable = Object.keys(op.backward).filter((key) => made[key]) as D[];

  // The loss sum(gradOutput * output) of which every gradient is taken.
  const loss = (): number => {
    const y = table.reference(host, attrs);
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += gradOutput[i]! * y[i]!;
    return sum;
  };
  const differences = new Map<D, { at: number[]; want: number[] }>();
  for (const key of differentiable) {
    const { data } = made[key]!.values;
    const at = sampleIndices(data.length, rng);
    const want = at.map((i) => {
      const x = data[i]!;
      data[i] = x + step;
      const above = loss();
      data[i] = x - step;
      const below = loss();
      data[i] = x;
      return (above - below) / (2 * step);
    });
    differences.set(key, { at, want });
  }
  const sideEffects = table.sideEffects?.(host, attrs) ?? {};

  for (const mode of ['written', 'accumulated', 'inference'] as const) {
    const training = mode !== 'inference';
    const allocator = poisoningAllocator(engine);
    const tape = new Tape({ engine, activations: allocator, scratch: allocator, training });
    const tensors: Record<string, Tensor | null> = {};
    const leaves: Record<string, Tensor | null> = {};
    for (const key of keys) {
      const leaf = made[key] ? uploadInput(engine, made[key]!) : null;
      const wantsGrad = leaf && training && differentiable.includes(key as D);
      if (!wantsGrad) {
        tensors[key] = leaves[key] = leaf;
        continue;
      }
      const start = mode === 'accumulated' ? made[key]!.startGrad : made[key]!.startGrad.map(() => 0);
      const grad = upload(engine, `grad ${key}`, leaf.shape, 'f32', start);
      leaves[key] = { ...leaf, grad };
      // A view has no gradient of its own: the op writes into fresh memory, which then goes to the leaf's.
      tensors[key] = mode === 'written' ? tape.reshape(leaves[key]!, leaf.shape) : leaves[key]!;
    }
    const output = tape.apply(op, tensors as unknown as I, attrs);
    if (training && differentiable.length > 0) {
      tape.seed(output, upload(engine, 'gradOutput', output.shape, 'f32', gradOutput));
      tape.backward();
    }
    engine.submit(tape.take());
    assert.is(numel(output.shape), expected.length, `${mode}: number of outputs`);
    const got = await readNormalised(engine, output);
    near(got, expected, tolerance, `${mode}: output`);
    for (const [key, want] of Object.entries(sideEffects)) {
      near(await download(engine, leaves[key]!), want, tolerance, `${mode}: ${key} afterwards`);
    }
    if (!training) continue;
    for (const key of differentiable) {
      const { at, want } = differences.get(key)!;
      const grad = await download(engine, leaves[key]!.grad!);
      const start = mode === 'accumulated' ? made[key]!.startGrad : null;
      const entries = at.map((i) => grad[i]! - (start ? start[i]! : 0));
      near(entries, want, tolerance * (start ? 4 : 1), `${mode}: gradient of ${key}`, start ? 1e-6 : 1e-7);
      assert.ok(grad.every(Number.isFinite), `${mode}: gradient of ${key} is finite everywhere`);
    }
  }
  await checkReplay(engine, op, made, attrs);
}

/** The same commands on the same inputs give the same bits. */
async function checkReplay<I extends Inputs, D extends keyof I & string, A, S>(
  engine: GpuEngine,
  op: Op<I, D, A, S>,
  made: Readonly<Record<string, Made | null>>,
  attrs: A,
): Promise<void> {
  const allocator = poisoningAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const entries = Object.entries(made).map(([key, m]) => [key, m ? uploadInput(engine, m) : null]);
  const output = tape.apply(op, Object.fromEntries(entries) as I, attrs);
  const commands = tape.take();
  engine.submit(commands);
  const first = await readNormalised(engine, output);
  engine.submit(commands);
  assert.equal(await readNormalised(engine, output), first, 'a replay gives the same bits');
}

interface Made {
  readonly spec: InputSpec;
  /** What the reference sees; for a pending affine, the normalised values. */
  readonly values: Values;
  readonly stored: Float64Array;
  readonly affine: Float64Array | null;
  /** What a persistent gradient holds before. */
  readonly startGrad: Float32Array;
}

/** Random numbers that are exact in f32, so that the reference starts from the very values the GPU sees. */
function makeInput(spec: InputSpec, rng: Rng): Made {
  const n = numel(spec.shape);
  const stored = new Float64Array(n);
  if (spec.values) stored.set(spec.values);
  else if (spec.below !== undefined) for (let i = 0; i < n; i++) stored[i] = rng.int(spec.below);
  else if (spec.distinct) {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    rng.shuffle(order);
    for (let i = 0; i < n; i++) stored[i] = Math.fround((order[i]! - n / 2 + 0.25) * 0.01);
  } else {
    for (let i = 0; i < n; i++) {
      stored[i] = Math.fround(normal(rng) * (spec.scale ?? 1));
    }
  }
  const affine = spec.affine ? randomAffine(spec.shape[1]!, rng) : null;
  const c = spec.shape[1] ?? 1;
  const plane = numel(spec.shape.slice(2));
  const data = stored.slice();
  for (let i = 0; i < n; i++) {
    const channel = Math.floor(i / plane) % c;
    const valueOf = (x: number): number => (affine ? affine[channel]! * x + affine[c + channel]! : x);
    for (const kink of spec.avoid ?? []) {
      while (Math.abs(valueOf(stored[i]!) - kink) < 0.01) stored[i] = Math.fround(stored[i]! + 0.02);
    }
    data[i] = valueOf(stored[i]!);
  }
  const startGrad = Float32Array.from({ length: n }, () => normal(rng));
  return { spec, values: { shape: spec.shape, data }, stored, affine, startGrad };
}

/** Scales, at least 0.25 from zero, then shifts. */
const randomAffine = (channels: number, rng: Rng): Float64Array =>
  Float64Array.from({ length: 2 * channels }, (_, i) => {
    const x = normal(rng);
    return Math.fround(i < channels ? x + Math.sign(x) * 0.25 : x);
  });

function uploadInput(engine: GpuEngine, { spec, stored, affine }: Made): Tensor {
  const tensor = upload(engine, 'input', spec.shape, spec.dtype ?? 'f32', stored);
  if (!affine) return tensor;
  return { ...tensor, affine: upload(engine, 'affine', [2, spec.shape[1]!], 'f32', affine) };
}

async function readNormalised(engine: GpuEngine, x: Tensor): Promise<ArrayLike<number>> {
  const raw = await download(engine, x);
  if (!x.affine) return raw;
  const affine = await download(engine, x.affine);
  const c = x.shape[1]!;
  const plane = numel(x.shape.slice(2));
  return Float64Array.from(raw, (v, i) => {
    const channel = Math.floor(i / plane) % c;
    return affine[channel]! * v + affine[c + channel]!;
  });
}

/** Every buffer begins full of NaN, so that a read of something never written shows. */
const poisoningAllocator = (engine: GpuEngine): Allocator => ({
  acquire: (label, bytes) => poisonedBuffer(engine, label, bytes),
  release: () => {},
});

/** Fails unless ||got - want|| <= tolerance * ||want|| + floor, naming the worst entry. */
export function near(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number,
  what: string,
  floor = 1e-7,
): void {
  assert.is(got.length, want.length, `${what}: length`);
  let error = 0;
  let norm = 0;
  let worst = 0;
  const distance = (i: number): number => {
    const d = Math.abs(got[i]! - want[i]!);
    return Number.isNaN(d) ? Infinity : d;
  };
  for (let i = 0; i < want.length; i++) {
    error += distance(i) ** 2;
    norm += want[i]! ** 2;
    if (distance(i) > distance(worst)) worst = i;
  }
  const relative = Math.sqrt(error) / Math.sqrt(norm);
  if (Math.sqrt(error) <= tolerance * Math.sqrt(norm) + floor) return;
  assert.unreachable(
    `${what}: relative error ${relative.toExponential(2)}, expected at most ${tolerance}; ` +
      `worst at [${worst}]: got ${got[worst]}, expected ${want[worst]}`,
  );
}

function sampleIndices(n: number, rng: Rng): number[] {
  if (n <= SAMPLES) return Array.from({ length: n }, (_, i) => i);
  const picked = new Set([0, n - 1]);
  while (picked.size < SAMPLES) picked.add(rng.int(n));
  return [...picked];
}

/** Roughly normal, bounded: the sum of 12 uniform numbers less 6. */
export function normal(rng: Rng): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += rng.uniform();
  return Math.fround(sum);
}

/** FNV-1a of the text: a case's seed does not change when other cases come or go. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}
