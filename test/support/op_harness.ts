// Checks an op against a plain reference. A table (test/ops/<op>.ts) exports
//
//   export const relu = opTable(reluOp, {
//     reference: ({ x }) => x.data.map((v) => Math.max(v, 0)),          // float64; output in row-major order
//     cases: [{ name: 'odd sizes', inputs: { x: { shape: [2, 3, 5, 7], avoid: [0] } }, attrs: {} }],
//     generate: (rng) => ({ inputs: { x: { shape: randomImages(rng), avoid: [0] } }, attrs: {} }),
//   });
//
// and is listed in test/ops/index.ts. For every case, and for the cases that `generate` makes, the harness
// - fills inputs with normal numbers from Philox (seeded by the case's name) or with the given `values`,
// - runs forward and backward with a random gradOutput on memory poisoned with NaN, twice: once with gradients
//   written into fresh memory, once added to persistent ones that already hold numbers,
// - compares the output with the reference (relative norm 1e-5), and every gradient with central differences of
//   the reference in float64 (up to 48 entries of each input),
// - replays the recording and expects the same bits; records it without training and expects the same output,
// - where there is a double-precision rule for the op (src/double), runs it on inputs with low parts and expects 1e-9.
// A spec with `affine: true` makes a tensor with a pending batch norm; the reference sees the normalised values,
// and the gradient is the one with respect to them. An output with a pending affine is compared after applying it.
import * as assert from 'uvu/assert';
import type { Buffer, Device } from '../../runtime/engine/engine.ts';
import type { Allocator } from '../../src/core/allocator.ts';
import { type Inputs, type Op, specOf } from '../../src/core/op.ts';
import { createRng, type Rng } from '../../src/core/rng.ts';
import { type ApplyOptions, Tape } from '../../src/core/tape.ts';
import { DoubleTape } from '../../src/double/double_tape.ts';
import { refinementOf } from '../../src/double/refine.ts';
import { numel, type Tensor } from '../../src/core/tensor.ts';
import { download, poisonedBuffer, upload } from './device_memory.ts';
import { near } from './near.ts';
import { type InputSpec, type Made, makeInput, normal, uploadInput, type Values } from './op_inputs.ts';

export { between, type InputSpec, randomImages, type Values } from './op_inputs.ts';

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
  /** What the cases' random numbers follow from, besides their names; the op's name unless given. */
  readonly seedName?: string;
  /** Step of the finite differences; 1e-5 unless given. */
  readonly step?: number;
  readonly cases: readonly OpCase<I, A>[];
  /** A case of random sizes; called with the same seeds in every run. */
  readonly generate: (rng: Rng) => Omit<OpCase<I, A>, 'name'>;
}

/** A table with its types forgotten, so that tables of all ops fit in one record. */
export interface CheckedOp {
  readonly cases: readonly { readonly name: string }[];
  check(engine: Device, index: number): Promise<void>;
}

export function opTable<I extends Inputs, D extends keyof I & string, A, S>(
  op: Op<I, D, A, S>,
  table: OpTable<I, A>,
): CheckedOp {
  const { generate } = table;
  const generated = Array.from({ length: GENERATED }, (_, seed): OpCase<I, A> => {
    const made = generate(createRng(seed, hash(table.seedName ?? op.name)));
    return { ...made, name: `generated ${seed}: ${describe(made)}` };
  });
  const cases = [...table.cases, ...generated];
  return { cases, check: (engine, index) => checkCase(engine, op, table, cases[index]!) };
}

/** Attributes as `Tape.apply` takes them, whichever op's they are. */
const given = <A>(attrs: A) => [attrs] as unknown as ApplyOptions<A>;

/** The cases of several tables of one op. */
export function joinTables(...tables: readonly CheckedOp[]): CheckedOp {
  const all = tables.flatMap((table) => table.cases.map((_, index) => ({ table, index })));
  return {
    cases: tables.flatMap(({ cases }) => cases),
    check: (engine, i) => all[i]!.table.check(engine, all[i]!.index),
  };
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

async function checkCase<I extends Inputs, D extends keyof I & string, A, S>(
  engine: Device,
  op: Op<I, D, A, S>,
  table: OpTable<I, A>,
  { name, inputs: specs, attrs, tolerance = 1e-5 }: OpCase<I, A>,
): Promise<void> {
  const rng = createRng(hash(`${table.seedName ?? op.name} ${name}`), 0);
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
  const differentiable = keys.filter((key) => made[key] && specOf(op.inputs, key).grad) as (keyof I & D)[];

  // The loss sum(gradOutput * output) of which every gradient is taken.
  const loss = (): number => {
    const y = table.reference(host, attrs);
    let sum = 0;
    for (let i = 0; i < y.length; i++) sum += gradOutput[i]! * y[i]!;
    return sum;
  };
  const differences = new Map<string, { at: number[]; want: number[] }>();
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
    const scratch = poisoningAllocator(engine, mode === 'accumulated');
    const tape = new Tape({ engine, activations: poisoningAllocator(engine), scratch, training });
    const tensors: Record<string, Tensor | null> = {};
    const leaves: Record<string, Tensor | null> = {};
    const directed: { readonly fresh: Tensor; readonly grad: Tensor }[] = [];
    for (const key of keys) {
      const leaf = made[key] ? uploadInput(engine, made[key]!) : null;
      const wantsGrad = leaf && training && differentiable.includes(key as keyof I & D);
      if (!wantsGrad) {
        tensors[key] = leaves[key] = leaf;
        continue;
      }
      const start = mode === 'accumulated' ? made[key]!.startGrad : made[key]!.startGrad.map(() => 0);
      const grad = upload(engine, `grad ${key}`, leaf.shape, 'f32', start);
      leaves[key] = { ...leaf, grad };
      tensors[key] = leaves[key]!;
      if (mode !== 'written') continue;
      // A view has no gradient of its own: the op writes into fresh memory, which then goes to the leaf's. Where a
      // batch norm is pending there are no views, and the same is done by hand.
      if (leaf.affine) {
        const fresh = tape.alloc('fresh gradient', leaf.shape);
        tape.direct((tensors[key] = leaf), fresh);
        directed.push({ fresh, grad });
      } else tensors[key] = tape.reshape(leaves[key]!, leaf.shape);
    }
    const output = tape.apply(op, tensors as unknown as I, ...given(attrs));
    if (training && differentiable.length > 0) {
      tape.seed(output, upload(engine, 'gradOutput', output.shape, 'f32', gradOutput));
      tape.backward();
      for (const { fresh, grad } of directed) {
        const n = numel(grad.shape);
        const bind = { x: fresh, y: grad };
        tape.dispatch('add_into', { bind, params: { n, accumulate: 1 }, threads: [Math.ceil(n / 4)] });
      }
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
  if (refinementOf(op)) await checkRefined(engine, op, table, made, attrs, rng);
}

/** The same commands on the same inputs give the same bits. */
async function checkReplay<I extends Inputs, D extends keyof I & string, A, S>(
  engine: Device,
  op: Op<I, D, A, S>,
  made: Readonly<Record<string, Made | null>>,
  attrs: A,
): Promise<void> {
  const allocator = poisoningAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const entries = Object.entries(made).map(([key, m]) => [key, m ? uploadInput(engine, m) : null]);
  const output = tape.apply(op, Object.fromEntries(entries) as I, ...given(attrs));
  const commands = tape.take();
  engine.submit(commands);
  const first = await readNormalised(engine, output);
  engine.submit(commands);
  assert.equal(await readNormalised(engine, output), first, 'a replay gives the same bits');
}

/** Inputs that may have low parts: images, not parameters. */
const CARRIES_LOW = /^(x\d*|a|b)$/;

/** With inputs to twice the precision of f32, so is the output; its stored part is the rounded value. */
async function checkRefined<I extends Inputs, D extends keyof I & string, A, S>(
  engine: Device,
  op: Op<I, D, A, S>,
  { reference }: OpTable<I, A>,
  made: Readonly<Record<string, Made | null>>,
  attrs: A,
  rng: Rng,
): Promise<void> {
  // Where a batch norm is pending, or uses running statistics, there is nothing to carry on.
  if (Object.values(made).some((m) => m?.affine) || (attrs as { training?: boolean }).training === false)
    return;
  const allocator = poisoningAllocator(engine);
  const tape = new DoubleTape({ engine, activations: allocator, scratch: allocator });
  const host: Record<string, Values | null> = {};
  const tensors: Record<string, Tensor | null> = {};
  for (const [key, m] of Object.entries(made)) {
    host[key] = m?.values ?? null;
    tensors[key] = m && uploadInput(engine, m);
    if (!m || !CARRIES_LOW.test(key)) continue;
    // Given values may be equal, and stay so.
    const size = m.spec.values ? 0 : 2 ** -24;
    const low = Float32Array.from(m.stored, (v) => v * (rng.uniform() - 0.5) * size);
    host[key] = { shape: m.spec.shape, data: m.stored.map((v, i) => v + low[i]!) };
    tape.setLow(tensors[key]!, upload(engine, 'low', m.spec.shape, 'f32', low));
  }
  const output = tape.apply(op, tensors as unknown as I, ...given(attrs));
  engine.submit(tape.take());
  const outputLow = tape.lowOf(output);
  assert.ok(outputLow, 'refined: the output has a low part');
  const expected = Float64Array.from(reference(host as HostInputs<I>, attrs));
  const stored = await download(engine, output);
  const low = await download(engine, outputLow!);
  near(
    Float64Array.from(stored, (v, i) => v + low[i]!),
    expected,
    1e-9,
    'refined: output',
    1e-12,
  );
  near(stored, Float32Array.from(expected), 1e-8, 'refined: stored part', 1e-12);
}

async function readNormalised(engine: Device, x: Tensor): Promise<ArrayLike<number>> {
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

/**
 * Every buffer begins full of NaN, so that a read of something never written shows. With `reuse`, one that was given
 * back is given out again at the next request that it can hold, so that giving it back too early shows.
 */
function poisoningAllocator(engine: Device, reuse = false): Allocator {
  const free: Buffer[] = [];
  const acquire = (label: string, bytes: number): Buffer => {
    const found = free.findIndex((buffer) => buffer.bytes >= bytes);
    return found < 0 ? poisonedBuffer(engine, label, bytes) : free.splice(found, 1)[0]!;
  };
  return { acquire, release: (buffer) => void (reuse && free.push(buffer)) };
}

function sampleIndices(n: number, rng: Rng): number[] {
  if (n <= SAMPLES) return Array.from({ length: n }, (_, i) => i);
  const picked = new Set([0, n - 1]);
  while (picked.size < SAMPLES) picked.add(rng.int(n));
  return [...picked];
}

/** FNV-1a of the text: a case's seed does not change when other cases come or go. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}
