// From a primitive's name to the layer that computes it. Parameter names are the
// reference's, so that weight files can be exchanged.
import {
  type Builder,
  conv,
  factorizedReduce,
  type Layer,
  norm,
  type NormalisedLayer,
  recomputed,
  sequence,
} from '../nn/layers.ts';
import { avgPool2d } from '../ops/pool/avg_pool2d.ts';
import { maxPool2d } from '../ops/pool/max_pool2d.ts';
import type { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { buildOwnOperation } from './own_operations.ts';
import { type Primitive, type PrimitiveKind, type PrimitiveSpec, specOf } from '../arch/primitives.ts';

/**
 * What stands on an edge. 'compute' is a layer, followed by a batch norm if there is one; 'identity' hands its input
 * on; 'null' contributes nothing.
 */
export type Operation =
  | { readonly kind: 'compute'; readonly raw: Layer; readonly norm: Layer | null }
  | { readonly kind: 'identity' }
  | { readonly kind: 'null' };

/**
 * Declares the operation `op` between tensors of `c` channels.
 * @param poolNorm whether a pool is followed by a batch norm (the supernet) or not (networks from scratch)
 */
export function buildOperation(
  b: Builder,
  name: string,
  op: Primitive,
  c: number,
  stride: 1 | 2,
  poolNorm: boolean,
): Operation {
  const spec = specOf(op);
  const compute = (layer: NormalisedLayer): Operation => ({ kind: 'compute', ...layer });
  switch (spec.kind) {
    case 'null':
      return { kind: 'null' };
    case 'skip_connect':
      return stride === 1 ? { kind: 'identity' } : compute(factorizedReduce(b, name, c, c));
    case 'max_pool':
    case 'avg_pool': {
      const raw = poolLayer(spec.kind, spec.kernel, stride);
      return { kind: 'compute', raw, norm: poolNorm ? norm(b, `${name}.1`, c) : null };
    }
    default:
      return compute(
        convolutionLayer(b, name, spec as ConvolutionSpec, { inputs: c, outputs: c, stride, relu: true }),
      );
  }
}

/** Records an operation that computes, with its batch norm. */
export function applyOperation(
  { raw, norm: last }: Extract<Operation, { readonly kind: 'compute' }>,
  tape: Tape,
  x: Tensor,
): Tensor {
  const result = raw(tape, x);
  return last ? last(tape, result) : result;
}

/** What is nothing else convolves: a new kind has a layer here, or does not compile. */
export interface ConvolutionSpec extends PrimitiveSpec {
  readonly kind: Exclude<PrimitiveKind, 'max_pool' | 'avg_pool' | 'skip_connect' | 'null'>;
}

/** The two ends of a convolution: channels, stride, and whether a ReLU comes first. */
export interface ConvolutionEnds {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: number;
  readonly relu: boolean;
}

/** Declares a primitive that convolves, with its batch norms. */
export function convolutionLayer(
  b: Builder,
  name: string,
  { kind, kernel, own }: ConvolutionSpec,
  ends: ConvolutionEnds,
): NormalisedLayer {
  const { inputs, outputs, stride, relu } = ends;
  const depthwise = { kernel, groups: inputs };
  // a batch norm of nothing but the batch's statistics
  const plain = !b.affine && !b.statistics;
  switch (kind) {
    case 'conv':
      return {
        raw: conv(b, `${name}.op.1`, inputs, outputs, { kernel, stride, relu, normalised: true }),
        norm: norm(b, `${name}.op.2`, outputs),
      };
    case 'sep_conv':
      return {
        raw: sequence(
          conv(b, `${name}.op.1`, inputs, inputs, { ...depthwise, stride, relu }),
          conv(b, `${name}.op.2`, inputs, inputs, { kernel: 1, normalised: true, keepsMoments: plain }),
          norm(b, `${name}.op.3`, inputs, plain),
          // Two of four tensors are enough to go back from; the other depthwise one would be the third.
          recomputed(
            conv(b, `${name}.op.5`, inputs, inputs, { ...depthwise, relu: true }),
            conv(b, `${name}.op.6`, inputs, outputs, { kernel: 1, normalised: true }),
          ),
        ),
        norm: norm(b, `${name}.op.7`, outputs),
      };
    case 'dil_conv':
      return {
        raw: sequence(
          conv(b, `${name}.op.1`, inputs, inputs, { ...depthwise, stride, dilation: 2, relu }),
          conv(b, `${name}.op.2`, inputs, outputs, { kernel: 1, normalised: true }),
        ),
        norm: norm(b, `${name}.op.3`, outputs),
      };
    case 'factorized_conv':
      return {
        raw: sequence(
          conv(b, `${name}.op.1`, inputs, outputs, { kernel: [1, kernel], stride: [1, stride], relu }),
          conv(b, `${name}.op.2`, outputs, outputs, {
            kernel: [kernel, 1],
            stride: [stride, 1],
            normalised: true,
          }),
        ),
        norm: norm(b, `${name}.op.3`, outputs),
      };
    case 'own':
      return buildOwnOperation(b, name, own!, ends);
    default:
      return kind satisfies never;
  }
}

/**
 * KxK pooling, padded so that stride s divides any size by s, rounded up. Even windows get the odd row and column of
 * padding at the bottom and right, like the 'SAME' padding of the networks that 2x2 pools come from (NAO).
 */
export function poolLayer(kind: 'max_pool' | 'avg_pool', kernel: number, stride: number): Layer {
  const attrs = { kernel, stride, padding: (kernel - 1) >> 1, padEnd: kernel >> 1 };
  const op = (kind === 'max_pool' ? maxPool2d : avgPool2d) as typeof maxPool2d;
  return (tape, x, into) => tape.apply(op, { x }, attrs, into);
}
