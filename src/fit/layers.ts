// The layers of networks of one's own. Images are (N,C,H,W), vectors (N,K). Batch norm and ReLU are applied by the
// convolution that reads them, where one does (src/nn/value.ts).
import { ShapeError } from '../../runtime/errors.ts';
import { concat as concatOp } from '../ops/elementwise/concat.ts';
import { gelu as geluOp, geluTanh, relu6 as relu6Op } from '../ops/elementwise/unary.ts';
import { groupNorm as groupNormOp } from '../ops/norm/group_norm.ts';
import { avgPool2d } from '../ops/pool/avg_pool2d.ts';
import { globalAvgPool } from '../ops/pool/global_avg_pool.ts';
import { maxPool2d } from '../ops/pool/max_pool2d.ts';
import { resizeBilinear } from '../ops/resize/resize_bilinear.ts';
import { numel, showShape, type Tensor } from '../core/tensor.ts';
import * as nn from '../nn/layers.ts';
import { ones, zeros } from '../nn/parameters.ts';
import { sumOf } from '../nn/value.ts';
import { type Features, type Layer, makeLayer } from './layer.ts';

/** The window of a convolution. */
export interface ConvOptions {
  /** Height and width of the window; 3 unless given. */
  readonly kernel?: number | readonly [number, number];
  readonly stride?: number;
  readonly dilation?: number;
  /** Groups of channels that are convolved apart from each other; as many as channels for a depthwise one. */
  readonly groups?: number;
  /** Rows and columns of zeros on each side; what keeps the size at stride 1 unless given. */
  readonly padding?: number | readonly [number, number];
}

/** A convolution, (N,C,H,W) -> (N,channels,H/stride,W/stride). It has no bias: put norm() behind it. */
export const conv = (channels: number, { kernel = 3, padding, ...rest }: ConvOptions = {}): Layer =>
  makeLayer('conv', (x, scope) => {
    const inputs = channelsOf(x);
    expectCount('channels', channels);
    if (![kernel].flat().every((extent) => Number.isInteger(extent) && extent >= 1)) {
      throw new ShapeError(`got a window of ${String(kernel)}, expected whole numbers of 1 or more`);
    }
    const { groups = 1 } = rest;
    if (inputs % groups !== 0 || channels % groups !== 0) {
      throw new ShapeError(
        `got ${groups} groups, expected a divisor of ${inputs} channels before and ${channels} behind`,
      );
    }
    const convolution = scope.once(x, (b) =>
      nn.conv(b, scope.name, inputs, channels, {
        kernel,
        ...rest,
        ...(padding !== undefined && { padding: typeof padding === 'number' ? [padding, padding] : padding }),
        relu: x.value.relu,
        normalised: scope.normalised,
      }),
    );
    return x.with(convolution(x.tape, x.value.x));
  });

/** Batch norm of every channel of (N,C,H,W), with a learned scale and shift; evaluation takes the running statistics. */
export const norm = (): Layer =>
  makeLayer('norm', (x, scope) => {
    const channels = channelsOf(x);
    const normalise = scope.once(x, (b) => nn.norm(b, scope.name, channels));
    return x.with(normalise(x.tape, x.tensor()));
  });

/**
 * Group norm: every image by itself, over groups of neighbouring channels, with a learned scale and shift of every
 * channel. One group is layer norm, as many as channels instance norm.
 */
export const groupNorm = (groups: number): Layer =>
  makeLayer('groupNorm', (x, scope) => {
    const shape = [channelsOf(x)];
    const gamma = scope.parameter(x, 'weight', shape, ones);
    const beta = scope.parameter(x, 'bias', shape, zeros);
    return x.with(x.tape.apply(groupNormOp, { x: x.tensor(), gamma, beta }, { groups }));
  });

/** max(x, 0). */
export const relu = (): Layer => makeLayer('relu', (x) => x.of(x.value.rectified()));

/** min(max(x, 0), 6). */
export const relu6 = (): Layer => makeLayer('relu6', (x) => x.with(x.tape.apply(relu6Op, { x: x.tensor() })));

/** x P(x), P the normal distribution's; 'tanh' takes the approximation of that name, which is a little faster. */
export const gelu = (form: 'exact' | 'tanh' = 'exact'): Layer =>
  makeLayer('gelu', (x) => x.with(x.tape.apply(form === 'tanh' ? geluTanh : geluOp, { x: x.tensor() })));

/** How far windows are apart, and what is around the images. */
export interface PoolOptions {
  /** The size of a window unless given. */
  readonly stride?: number;
  /** Rows and columns on each side that no pixel fills, at most half a window; 0 unless given. */
  readonly padding?: number;
}

/** The largest value of every size x size window, (N,C,H,W) -> (N,C,H/stride,W/stride). */
export const maxPool = (size = 2, { stride = size, padding = 0 }: PoolOptions = {}): Layer =>
  makeLayer('maxPool', (x) =>
    // the largest of what a ReLU leaves is what it leaves of the largest
    x.with(x.tape.apply(maxPool2d, { x: x.value.x }, { kernel: size, stride, padding }), x.value.relu),
  );

/** The mean of every size x size window, (N,C,H,W) -> (N,C,H/stride,W/stride); padding is not counted. */
export const avgPool = (size = 2, { stride = size, padding = 0 }: PoolOptions = {}): Layer =>
  makeLayer('avgPool', (x) =>
    x.with(x.tape.apply(avgPool2d, { x: withoutRelu(x) }, { kernel: size, stride, padding })),
  );

/** The mean of every channel, (N,C,H,W) -> (N,C). */
export const globalPool = (): Layer =>
  makeLayer('globalPool', (x) => x.with(x.tape.apply(globalAvgPool, { x: x.tensor() })));

/**
 * Resizes images between their four nearest pixels, (N,C,H,W) -> (N,C,height,width).
 * @param size height and width, or what both are multiplied by, rounded down
 */
export const resize = (size: number | readonly [height: number, width: number]): Layer =>
  makeLayer('resize', (x) => {
    channelsOf(x);
    const [, , h, w] = x.shape as [number, number, number, number];
    const [height, width] = typeof size === 'number' ? [Math.floor(size * h), Math.floor(size * w)] : size;
    return x.with(x.tape.apply(resizeBilinear, { x: x.tensor() }, { height, width }));
  });

/** All values of an image as one vector, (N,C,H,W) -> (N,C*H*W). */
export const flatten = (): Layer =>
  makeLayer('flatten', (x) => {
    const [images, ...rest] = x.shape as [number, ...number[]];
    return x.with(x.tape.reshape(x.tensor(), [images, numel(rest)]));
  });

/** A fully connected layer with bias, (N,K) -> (N,units). */
export const dense = (units: number): Layer =>
  makeLayer('dense', (x, scope) => {
    const [, inputs] = x.shape;
    expectCount('units', units);
    if (x.shape.length !== 2) {
      throw new ShapeError(
        `got images of ${showShape(x.shape.slice(1))}, expected vectors; put flatten() or globalPool() before it`,
      );
    }
    const connect = scope.once(x, (b) => nn.dense(b, scope.name, inputs!, units));
    return x.with(connect(x.tape, x.tensor()));
  });

/** Sets each value to 0 with the given probability and scales the others up; only while a network is trained. */
export const dropout = (probability: number): Layer =>
  makeLayer('dropout', (x, { training }) => {
    if (!(probability >= 0 && probability < 1)) {
      throw new ShapeError(`got probability ${probability}, expected 0 or more and less than 1`);
    }
    const drop = probability > 0 && training.dropout;
    return drop ? x.with(drop(x.tape, x.tensor(), probability)) : x;
  });

/** The sum of features of one shape: a residual connection. */
export function add(a: Features, b: Features): Features {
  return a.of(sumOf(a.tape, withoutRelu(a), withoutRelu(b)));
}

/** The channels of all of them, one after the other; 2 to 32 features of one size. */
export function concat(...features: readonly [Features, ...Features[]]): Features {
  const inputs = Object.fromEntries(features.map((x, k) => [`x${k}`, x.tensor()]));
  const [first] = features;
  return first.with(first.tape.apply(concatOp, inputs));
}

/** What may still have a batch norm pending, but no ReLU. */
const withoutRelu = (x: Features): Tensor => (x.value.relu ? x.tensor() : x.value.x);

function expectCount(what: string, count: number): void {
  if (!(Number.isInteger(count) && count >= 1))
    throw new ShapeError(`got ${count} ${what}, expected a whole number of 1 or more`);
}

function channelsOf({ shape }: Features): number {
  if (shape.length !== 4)
    throw new ShapeError(`got vectors of ${showShape(shape.slice(1))}, expected images (C,H,W)`);
  return shape[1]!;
}
