// The layers that networks are made of: each declares its parameters under the reference's names and records its
// ops on a tape. No convolution has a bias (after each comes a batch norm, or nothing).
import { ShapeError } from '../../runtime/errors.ts';
import { batchNorm } from '../ops/norm/batch_norm.ts';
import { conv2d } from '../ops/conv/conv2d.ts';
import { factorizedReduceConv } from '../ops/conv/factorized_reduce_conv.ts';
import { linear } from '../ops/matmul/linear.ts';
import type { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { fanInUniform, ones, type ParameterStore, zeros } from './parameters.ts';

/** What a layer needs to declare itself, and how its batch norms are made. */
export interface Builder {
  readonly weights: ParameterStore;
  /** Running statistics of batch norms; null where nothing ever evaluates with them (the supernet). */
  readonly statistics: ParameterStore | null;
  /** Whether batch norms have a learned scale and shift. */
  readonly affine: boolean;
}

/** A layer: records its ops. The result of its last op lies in the memory of `into`, if given; throws where it cannot. */
export type Layer = (tape: Tape, x: Tensor, into?: Tensor) => Tensor;

/** A layer that ends with a batch norm, and that batch norm: who has several of them may normalise them together. */
export interface NormalisedLayer {
  /** All but the last batch norm. */
  readonly raw: Layer;
  readonly norm: Layer;
}

export interface ConvOptions {
  readonly kernel: number | readonly [number, number];
  readonly stride?: number | readonly [number, number];
  readonly dilation?: number;
  readonly groups?: number;
  /** ReLU on the input. */
  readonly relu?: boolean;
  readonly padding?: readonly [number, number];
  /** A batch norm follows (Conv2dAttrs). */
  readonly normalised?: boolean;
  readonly keepsMoments?: boolean;
}

/** A convolution without bias, padded so that stride 1 keeps the size. (N,C,H,W) -> (N,O,H/stride,W/stride). */
export function conv(b: Builder, name: string, c: number, o: number, options: ConvOptions): Layer {
  const {
    kernel,
    stride = 1,
    dilation = 1,
    groups = 1,
    relu = false,
    normalised = false,
    keepsMoments = false,
  } = options;
  const [kh, kw] = typeof kernel === 'number' ? [kernel, kernel] : kernel;
  const padding = options.padding ?? ([((kh - 1) * dilation) >> 1, ((kw - 1) * dilation) >> 1] as const);
  const fanIn = (c / groups) * kh * kw;
  const weight = b.weights.declare(`${name}.weight`, [o, c / groups, kh, kw], fanInUniform(fanIn));
  const attrs = { stride, padding, dilation, groups, relu, normalised, keepsMoments };
  return (tape, x, into) => tape.apply(conv2d, { x, weight: weight.tensor }, attrs, into);
}

/**
 * Batch norm over (N,H,W) of (N,C,H,W); the result is the input with a pending affine.
 * @param deferred a convolution reads the result, and may combine the statistics (BatchNormAttrs)
 */
export function norm(b: Builder, name: string, c: number, deferred = false): Layer {
  const gamma = b.affine ? b.weights.declare(`${name}.weight`, [c], ones) : null;
  const beta = b.affine ? b.weights.declare(`${name}.bias`, [c], zeros) : null;
  const mean = b.statistics?.declare(`${name}.running_mean`, [c], zeros) ?? null;
  const variance = b.statistics?.declare(`${name}.running_var`, [c], ones) ?? null;
  return (tape, x, into) =>
    tape.apply(
      batchNorm,
      {
        x,
        gamma: gamma?.tensor ?? null,
        beta: beta?.tensor ?? null,
        runningMean: mean?.tensor ?? null,
        runningVar: variance?.tensor ?? null,
      },
      { deferred },
      into,
    );
}

/** Layers one after the other. */
export function sequence(...layers: readonly Layer[]): Layer {
  return (tape, x, into) =>
    layers.reduce((value, layer, i) => layer(tape, value, i === layers.length - 1 ? into : undefined), x);
}

/** One layer after the other; what is between them need not be kept (Tape.recompute). */
export const recomputed =
  (first: Layer, second: Layer): Layer =>
  (tape, x, into) =>
    tape.recompute(
      () => first(tape, x),
      (between) => second(tape, between, into),
    );

/** A layer with its batch norm. */
export const whole = ({ raw, norm: last }: NormalisedLayer): Layer => sequence(raw, last);

/** ReLU, conv, BN: `op.1`, `op.2` of the reference. */
export function reluConvNorm(
  b: Builder,
  name: string,
  c: number,
  o: number,
  options: ConvOptions,
): NormalisedLayer {
  const raw = conv(b, `${name}.op.1`, c, o, { ...options, relu: true, normalised: true });
  return { raw, norm: norm(b, `${name}.op.2`, o) };
}

/** ReLU, two 1x1 stride-2 convolutions on inputs shifted by one pixel, concat, BN. */
export function factorizedReduce(b: Builder, name: string, c: number, o: number): NormalisedLayer {
  if (o % 2 !== 0)
    throw new ShapeError(`factorized reduce: got ${o} output channels, expected an even number`);
  const half = [o / 2, c, 1, 1];
  const parts = ['conv_1', 'conv_2'].map((part) => ({ name: `${name}.${part}.weight`, shape: half }));
  const weight = b.weights.declare(`${name}.conv.weight`, [o, c], fanInUniform(c), parts);
  const raw: Layer = (tape, x, into) =>
    tape.apply(factorizedReduceConv, { x, weight: weight.tensor }, { relu: true, normalised: true }, into);
  return { raw, norm: norm(b, `${name}.bn`, o) };
}

/** y = x W^T + b. (N,K) -> (N,M). */
export function dense(b: Builder, name: string, k: number, m: number): Layer {
  const weight = b.weights.declare(`${name}.weight`, [m, k], fanInUniform(k));
  const bias = b.weights.declare(`${name}.bias`, [m], fanInUniform(k));
  return (tape, x, into) => tape.apply(linear, { x, weight: weight.tensor, bias: bias.tensor }, {}, into);
}
