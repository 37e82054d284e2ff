// Whether the gradients of an op are those of its forward pass: finite differences, for ops of one's own.
import type { Device } from '../../runtime/engine/engine.ts';
import { memoryScope } from '../../runtime/engine/memory_scope.ts';
import { RunError, UserError } from '../../runtime/errors.ts';
import { directAllocator } from './allocator.ts';
import { type Inputs, type Op, specOf } from './op.ts';
import { createRng, type Rng } from './rng.ts';
import { Tape, type ApplyOptions } from './tape.ts';
import { numel, type Shape, showShape, type Tensor } from './tensor.ts';
import { download, type HostArray, upload } from './transfer.ts';

/** Values of an input on the host, row-major. */
export interface HostValues {
  readonly shape: Shape;
  readonly data: Float64Array;
}

/** What a check of gradients compares with, and how closely. */
export interface GradientCheckOptions<I, A> {
  /** The op in plain double precision: differences are then taken of it, and its output is compared, too. */
  reference?(inputs: { readonly [K in keyof I]: HostValues }, attrs: A): ArrayLike<number>;
  /** Largest error, as a share of the largest element of the gradient: 1e-3, or 1e-4 with a reference, unless given. */
  readonly tolerance?: number;
  /** Elements of each gradient that are checked, at most; 24 unless given. */
  readonly samples?: number;
  /** What random values follow from; 0 unless given. */
  readonly seed?: number;
}

/** The element that is furthest from what was expected. */
export interface GradientReport {
  readonly input: string;
  readonly index: readonly number[];
  readonly got: number;
  readonly expected: number;
  /** |got - expected|, as a share of the largest element of the gradient. */
  readonly error: number;
}

/** The shape of an input that is filled with normal numbers, or its values; indices are of i32 or u32. */
export type CheckedInput = Shape | { readonly shape: Shape; readonly data: HostArray };

/** With what an input is on the device. */
interface HostInput extends HostValues {
  readonly onDevice: () => HostArray;
}

/**
 * Compares the gradients of an op on a device with finite differences, once written and once added to what is there.
 * Without a reference, differences are taken of what the device computes, in f32: give values at which the op is smooth,
 * none of them near a kink. Returns the worst element. Rejects with RunError that names it where it is too far off.
 */
export async function checkGradients<I extends Inputs, D extends string, A extends object, S>(
  device: Device,
  op: Op<I, D, A, S>,
  inputs: { readonly [K in keyof I]: CheckedInput },
  attrs: A = {} as A,
  options: GradientCheckOptions<I, A> = {},
): Promise<GradientReport> {
  const memory = memoryScope(device);
  try {
    return await check(memory, op, inputs, attrs, options);
  } finally {
    memory.destroy();
  }
}

async function check<I extends Inputs, D extends string, A extends object, S>(
  device: Device,
  op: Op<I, D, A, S>,
  inputs: { readonly [K in keyof I]: CheckedInput },
  attrs: A,
  options: GradientCheckOptions<I, A>,
): Promise<GradientReport> {
  const { reference, tolerance = reference ? 1e-4 : 1e-3, samples = 24, seed = 0 } = options;
  const rng = createRng(seed, 0);
  const host = Object.fromEntries(
    Object.entries<CheckedInput>(inputs).map(([name, input]) => [name, valuesOf(input, rng)]),
  );
  const checked = Object.keys(host).filter((name) => specOf(op.inputs, name).grad);
  if (checked.length === 0)
    throw new UserError(`${op.name}: no gradient flows to any input, there is nothing to check`);
  const run = recordRun(device, op, host, attrs);
  const shape = run.output.shape;
  const weights = Float64Array.from({ length: numel(shape) }, () => normal(rng));
  const output = await run.forward();
  if (reference) compareOutput(op.name, output, reference(host as never, attrs), shape, tolerance);
  const lossOf = (y: ArrayLike<number>): number =>
    weights.reduce((sum, weight, i) => sum + weight * y[i]!, 0);
  const loss = async (): Promise<number> =>
    lossOf(reference ? reference(host as never, attrs) : await run.forward());
  let worst: GradientReport | null = null;
  const gradients = await run.backward(checked, Float32Array.from(weights), rng);
  for (const name of checked) {
    const { data, shape: of } = host[name]!;
    const places = placesOf(data.length, samples, rng);
    const expected: number[] = [];
    for (const at of places) expected.push(await slope(data, at, reference ? 1e-5 : 2 ** -6, loss));
    const largest = Math.max(...expected.map(Math.abs), 1e-6);
    for (const gradient of gradients[name]!) {
      for (const [i, at] of places.entries()) {
        const [got, wanted] = [gradient[at]!, expected[i]!];
        // what is no number is the worst of all
        const error = Number.isNaN(got) ? Infinity : Math.abs(got - wanted) / largest;
        if (worst && error <= worst.error) continue;
        worst = { input: name, index: indexOf(at, of), got, expected: wanted, error };
      }
    }
  }
  const { input, index, got, expected, error } = worst!;
  if (!(error <= tolerance)) {
    throw new RunError(
      `${op.name}: gradient of ${input} at [${index}]: got ${got}, expected ${expected} by finite differences ` +
        `(error ${error.toPrecision(2)} of the largest, allowed ${tolerance})`,
    );
  }
  return worst!;
}

/** Central differences at two steps, and from them what a step of 0 would give but for its fourth power (Richardson). */
async function slope(
  data: Float64Array,
  at: number,
  step: number,
  loss: () => Promise<number>,
): Promise<number> {
  const x = data[at]!;
  const central = async (h: number): Promise<number> => {
    data[at] = x + h;
    const above = await loss();
    data[at] = x - h;
    const below = await loss();
    data[at] = x;
    return (above - below) / (2 * h);
  };
  const [wide, narrow] = [await central(step), await central(step / 2)];
  return (4 * narrow - wide) / 3;
}

/** The op on the device: its forward pass on what the host has now, and all its gradients. */
function recordRun<I extends Inputs, D extends string, A extends object, S>(
  device: Device,
  op: Op<I, D, A, S>,
  host: Readonly<Record<string, HostInput>>,
  attrs: A,
) {
  const names = Object.keys(host);
  const memory = directAllocator(device);
  const tensors = Object.fromEntries(
    names.map((name) => [name, upload(device, name, host[name]!.shape, host[name]!.onDevice())]),
  );
  const given = [attrs] as unknown as ApplyOptions<A>;
  const applied = (leaves: Readonly<Record<string, Tensor>>, training: boolean) => {
    const tape = new Tape({ engine: device, activations: memory, scratch: memory, training });
    return { tape, output: tape.apply(op, leaves as unknown as I, ...given) };
  };
  const { tape, output } = applied(tensors, false);
  const commands = tape.take();
  return {
    output,
    async forward(): Promise<ArrayLike<number>> {
      for (const name of names) device.write(tensors[name]!, host[name]!.onDevice());
      device.submit(commands);
      return (await download(device, output))[0]!;
    },
    /** By input: the gradient as it is written, and what is added where something is. */
    async backward(checked: readonly string[], weights: Float32Array<ArrayBuffer>, rng: Rng) {
      const results: Record<string, Float64Array[]> = Object.fromEntries(checked.map((name) => [name, []]));
      for (const added of [false, true]) {
        const before = new Map<string, Float32Array<ArrayBuffer>>();
        const leaves: Record<string, Tensor> = { ...tensors };
        for (const name of checked) {
          const { shape, data } = host[name]!;
          before.set(
            name,
            Float32Array.from(data, () => (added ? normal(rng) : NaN)),
          );
          const grad = upload(device, `gradient of ${name}`, shape, before.get(name)!);
          leaves[name] = added ? { ...tensors[name]!, grad } : tensors[name]!;
        }
        const training = new Tape({ engine: device, activations: memory, scratch: memory });
        const written = new Map<string, Tensor>();
        for (const name of added ? [] : checked) {
          written.set(name, upload(device, `gradient of ${name}`, host[name]!.shape, before.get(name)!));
          training.direct(leaves[name]!, written.get(name)!);
        }
        const y = training.apply(op, leaves as unknown as I, ...given);
        training.seed(y, upload(device, 'weights of the output', y.shape, weights));
        training.backward();
        device.submit(training.take());
        for (const name of checked) {
          const [got] = await download(device, written.get(name) ?? leaves[name]!.grad!);
          const start = before.get(name)!;
          results[name]!.push(Float64Array.from(got!, (v, i) => (added ? v - start[i]! : v)));
        }
      }
      return results;
    },
  };
}

function compareOutput(
  op: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  shape: Shape,
  tolerance: number,
): void {
  if (got.length !== expected.length) {
    throw new UserError(`${op}: the reference gives ${expected.length} elements, the op ${showShape(shape)}`);
  }
  const largest = Math.max(...Array.from(expected, Math.abs), 1e-6);
  for (let i = 0; i < got.length; i++) {
    if (Math.abs(got[i]! - expected[i]!) <= tolerance * largest) continue;
    throw new RunError(
      `${op}: output at [${indexOf(i, shape)}]: got ${got[i]}, expected ${expected[i]} by the reference`,
    );
  }
}

function valuesOf(input: CheckedInput, rng: Rng): HostInput {
  if (!('data' in input)) {
    const data = Float64Array.from({ length: numel(input) }, () => normal(rng));
    return { shape: input, data, onDevice: () => Float32Array.from(data) };
  }
  const { shape, data: values } = input;
  if (values.length !== numel(shape)) {
    throw new UserError(`checkGradients: got ${values.length} values for shape ${showShape(shape)}`);
  }
  const data = Float64Array.from(values);
  const onDevice = () => (values instanceof Float32Array ? Float32Array.from(data) : values);
  return { shape, data, onDevice };
}

/** Roughly normal, exact in f32: the sum of 12 uniform numbers less 6. */
function normal(rng: Rng): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += rng.uniform();
  return Math.fround(sum);
}

/** The first, the last and others at random, in order. */
function placesOf(count: number, samples: number, rng: Rng): number[] {
  if (count <= samples) return Array.from({ length: count }, (_, i) => i);
  const places = new Set([0, count - 1]);
  while (places.size < samples) places.add(rng.int(count));
  return [...places];
}

/** The place of a number in a tensor, by its axes. */
function indexOf(at: number, shape: Shape): number[] {
  let rest = at;
  return shape
    .toReversed()
    .map((extent) => {
      const place = rest % extent;
      rest = Math.floor(rest / extent);
      return place;
    })
    .reverse();
}
