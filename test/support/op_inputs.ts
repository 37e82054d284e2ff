// Inputs of op tests: random, given or with a pending batch norm, on the host and on the GPU.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Rng } from '../../src/core/rng.ts';
import { type DType, numel, type Shape, type Tensor } from '../../src/core/tensor.ts';
import { upload } from './device_memory.ts';

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

/** An input on the host. */
export interface Made {
  readonly spec: InputSpec;
  /** What the reference sees; for a pending affine, the normalised values. */
  readonly values: Values;
  readonly stored: Float64Array;
  readonly affine: Float64Array | null;
  /** What a persistent gradient holds before. */
  readonly startGrad: Float32Array;
}

/** Random numbers that are exact in f32, so that the reference starts from the very values the GPU sees. */
export function makeInput(spec: InputSpec, rng: Rng): Made {
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

/** The input on the GPU. */
export function uploadInput(engine: Device, { spec, stored, affine }: Made): Tensor {
  const tensor = upload(engine, 'input', spec.shape, spec.dtype ?? 'f32', stored);
  if (!affine) return tensor;
  return { ...tensor, affine: upload(engine, 'affine', [2, spec.shape[1]!], 'f32', affine) };
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

/** Roughly normal, bounded: the sum of 12 uniform numbers less 6. */
export function normal(rng: Rng): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += rng.uniform();
  return Math.fround(sum);
}
