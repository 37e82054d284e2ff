// From a primitive's name to the layer that computes it (REFERENCE "Operations"). Parameter names are the
// reference's, so that weight files can be exchanged.
import {
  conv,
  factorizedReduce,
  type Layer,
  norm,
  reluConvNorm,
  sequence,
  type Builder,
} from '../nn/layers.ts';
import { avgPool2d } from '../ops/avg_pool2d.ts';
import { maxPool2d } from '../ops/max_pool2d.ts';
import { type Primitive, PRIMITIVES } from './primitives.ts';

/**
 * What stands on an edge. 'compute' is a layer; 'identity' hands its input on; 'null' contributes nothing.
 * `normalised` says that the layer ends with a batch norm, so that its result is a pending affine.
 */
export type Operation =
  | { readonly kind: 'compute'; readonly layer: Layer; readonly normalised: boolean }
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
  const { kind, kernel } = PRIMITIVES[op];
  const compute = (layer: Layer): Operation => ({ kind: 'compute', layer, normalised: true });
  switch (kind) {
    case 'null':
      return { kind: 'null' };
    case 'skip_connect':
      return stride === 1 ? { kind: 'identity' } : compute(factorizedReduce(b, name, c, c));
    case 'max_pool':
    case 'avg_pool': {
      const pool = poolLayer(kind === 'max_pool' ? maxPool2d : avgPool2d, kernel, stride);
      if (!poolNorm) return { kind: 'compute', layer: pool, normalised: false };
      return compute(sequence(pool, norm(b, `${name}.1`, c)));
    }
    case 'conv':
      return compute(reluConvNorm(b, name, c, c, { kernel, stride }));
    case 'sep_conv':
      return compute(
        sequence(
          conv(b, `${name}.op.1`, c, c, { kernel, stride, groups: c, relu: true }),
          conv(b, `${name}.op.2`, c, c, { kernel: 1 }),
          norm(b, `${name}.op.3`, c),
          conv(b, `${name}.op.5`, c, c, { kernel, groups: c, relu: true }),
          conv(b, `${name}.op.6`, c, c, { kernel: 1 }),
          norm(b, `${name}.op.7`, c),
        ),
      );
    case 'dil_conv':
      return compute(
        sequence(
          conv(b, `${name}.op.1`, c, c, { kernel, stride, dilation: 2, groups: c, relu: true }),
          conv(b, `${name}.op.2`, c, c, { kernel: 1 }),
          norm(b, `${name}.op.3`, c),
        ),
      );
    case 'factorized_conv':
      return compute(
        sequence(
          conv(b, `${name}.op.1`, c, c, { kernel: [1, kernel], stride: [1, stride], relu: true }),
          conv(b, `${name}.op.2`, c, c, { kernel: [kernel, 1], stride: [stride, 1] }),
          norm(b, `${name}.op.3`, c),
        ),
      );
    default:
      return kind satisfies never;
  }
}

/**
 * KxK pooling, padded so that stride s divides any size by s, rounded up. Even windows get the odd row and column of
 * padding at the bottom and right, like the 'SAME' padding of the networks that 2x2 pools come from (NAO).
 */
export function poolLayer(op: typeof maxPool2d | typeof avgPool2d, kernel: number, stride: number): Layer {
  const attrs = { kernel, stride, padding: (kernel - 1) >> 1, padEnd: kernel >> 1 };
  return (tape, x, into) => tape.apply(op as typeof maxPool2d, { x }, attrs, into?.raw ?? null);
}
