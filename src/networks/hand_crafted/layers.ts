// The layers of hand-crafted networks: each reads a value, whatever is still to be applied to it, and leaves its
// activation to whoever reads the result.
import { poolLayer } from '../operations.ts';
import { type Builder, norm } from '../../nn/layers.ts';
import { heNormal } from '../../nn/parameters.ts';
import { conv2d } from '../../ops/conv/conv2d.ts';
import { shortcut } from '../../ops/elementwise/shortcut.ts';
import type { Tape } from '../../core/tape.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { Activation, LayerPlan } from './plan.ts';
import { activated } from './value.ts';
import type { Value } from '../../nn/value.ts';

/** Channels, and height and width, of a tensor. */
export interface NodeShape {
  readonly channels: number;
  readonly size: number;
}

/** Records its ops on a value; the result may have a pending batch norm. */
export type ValueLayer = (tape: Tape, value: Value) => Tensor;

/** The shape after a layer. */
export const shapeAfter = ({ channels, size }: NodeShape, layer: LayerPlan): NodeShape => ({
  channels: layer.op === 'max_pool' || layer.channels === 'same' ? channels : layer.channels,
  size: Math.ceil(size / (layer.stride ?? 1)),
});

export const sameShape = (a: NodeShape, b: NodeShape): boolean =>
  a.channels === b.channels && a.size === b.size;

export const activationOf = (layer: LayerPlan | undefined): Activation | null =>
  (layer?.op === 'conv' ? layer.activation : undefined) ?? null;

/** Declares layers one after the other. The last one's activation is left out. */
export function buildLayers(
  b: Builder,
  name: string,
  plans: readonly LayerPlan[],
  input: NodeShape,
): ValueLayer {
  let shape = input;
  const layers = plans.map((plan, i) => {
    const layer = buildLayer(b, `${name}.${i}`, plan, shape.channels);
    shape = shapeAfter(shape, plan);
    return layer;
  });
  return (tape, value) => {
    let y = value;
    for (const [i, layer] of layers.slice(0, -1).entries())
      y = activated(tape, layer(tape, y), activationOf(plans[i]));
    return layers.at(-1)!(tape, y);
  };
}

function buildLayer(b: Builder, name: string, plan: LayerPlan, inputs: number): ValueLayer {
  if (plan.op === 'conv') {
    const { kernel, channels, stride = 1 } = plan;
    return buildConvNorm(b, name, { kernel, stride, inputs, outputs: channels });
  }
  const pool = poolLayer('max_pool', plan.kernel, plan.stride);
  return (tape, value) => pool(tape, value.plain(tape));
}

interface ConvNormOptions {
  readonly kernel: number;
  readonly stride: number;
  readonly inputs: number;
  readonly outputs: number | 'same';
}

/** A convolution padded so that stride 1 keeps the size, or a depthwise one, and its batch norm. */
export function buildConvNorm(b: Builder, name: string, options: ConvNormOptions): ValueLayer {
  const { kernel, stride, inputs, outputs } = options;
  const [channels, groups] = outputs === 'same' ? [inputs, inputs] : [outputs, 1];
  const fanIn = (inputs / groups) * kernel * kernel;
  const shape = [channels, inputs / groups, kernel, kernel];
  const weight = b.weights.declare(`${name}.conv.weight`, shape, heNormal(fanIn));
  const batchNorm = norm(b, `${name}.bn`, channels);
  const half = (kernel - 1) >> 1;
  const attrs = { stride, padding: [half, half] as const, dilation: 1, groups, normalised: true };
  return (tape, { x, relu }) =>
    batchNorm(tape, tape.apply(conv2d, { x, weight: weight.tensor }, { ...attrs, relu }));
}

/** A skip connection without weights: the identity, or the identity shortcut where the shapes differ. */
export function identityLayer(input: NodeShape, output: NodeShape): ValueLayer {
  if (sameShape(input, output)) return (tape, value) => (value.relu ? value.plain(tape) : value.x);
  const attrs = { channels: output.channels, stride: strideBetween(input, output) };
  return (tape, value) => tape.apply(shortcut, { x: value.plain(tape) }, attrs);
}

/** The stride that leads from one size to the other. */
export const strideBetween = (input: NodeShape, output: NodeShape): number =>
  Math.ceil(input.size / output.size);
