// The networks that stand around a supernet's cells.
import { add } from '../ops/elementwise/add.ts';
import {
  type Builder,
  conv,
  factorizedReduce,
  type Layer,
  norm,
  reluConvNorm,
  sequence,
  whole,
} from '../nn/layers.ts';
import { type CellGeometry, cellGeometries, stageGeometries } from '../networks/geometry.ts';
import { poolLayer } from '../networks/operations.ts';
import type { SupernetConfig } from './model.ts';

/**
 * How a cell gets its inputs, nodes 0 and 1: from the two states before it, each with a layer before a batch norm, which
 * are normalised together; both from the state before it, by a layer; or both as that state itself.
 */
export type CellEntry =
  | { readonly kind: 'preprocess'; readonly layers: readonly [Layer, Layer] }
  | { readonly kind: 'layer'; readonly layer: Layer }
  | { readonly kind: 'state' };

/** What stands around the cells of a supernet. */
export interface Macro {
  /** Channels of the stem's output, for C channels of the first cells. */
  stemChannels(channels: number): number;
  geometries(config: SupernetConfig): CellGeometry[];
  /** Declares what stands before a cell. */
  entry(b: Builder, geometry: CellGeometry): CellEntry;
  /** Declares what stands between the last cell and the pooling, or null. */
  tail(b: Builder, channels: number): Layer | null;
  /** Whether a pool on an edge is followed by a batch norm, as convolutions are. */
  readonly poolNorm: boolean;
  /** A cell's output: the concatenation of its nodes, or its last node. */
  readonly output: 'concat' | 'last node';
}

/** Liu et al., "DARTS: Differentiable architecture search" (ICLR 2019). */
const darts: Macro = {
  stemChannels: (channels) => 3 * channels,
  geometries: ({ channels, layers, nodes, imageSize }) =>
    cellGeometries({
      channels,
      layers,
      imageSize,
      stemChannels: 3 * channels,
      concatenated: { normal: nodes, reduce: nodes },
    }),
  entry(b, { index, channels, inputChannels, reduceFirst }) {
    const name = `cells.${index}`;
    const layers = [
      reduceFirst
        ? factorizedReduce(b, `${name}.preprocess0`, inputChannels[0], channels).raw
        : reluConvNorm(b, `${name}.preprocess0`, inputChannels[0], channels, { kernel: 1 }).raw,
      reluConvNorm(b, `${name}.preprocess1`, inputChannels[1], channels, { kernel: 1 }).raw,
    ] as const;
    return { kind: 'preprocess', layers };
  },
  tail: () => null,
  poolNorm: true,
  output: 'concat',
};

/** A batch norm that is pending on x is applied: cells read their inputs as they are. */
const applied: Layer = (tape, x, into) => tape.apply(add, { a: x, b: null }, {}, into);

/**
 * Two 3x3 convolutions, the first of stride 2, each ReLU, conv, batch norm; beside them 2x2 average pooling and a 1x1
 * convolution.
 */
function residualBlock(b: Builder, name: string, c: number, o: number): Layer {
  const convolutions = sequence(
    whole(reluConvNorm(b, `${name}.conv_a`, c, o, { kernel: 3, stride: 2 })),
    whole(reluConvNorm(b, `${name}.conv_b`, o, o, { kernel: 3 })),
  );
  const shortcut = sequence(
    poolLayer('avg_pool', 2, 2),
    conv(b, `${name}.downsample.1`, c, o, { kernel: 1 }),
  );
  return (tape, x, into) => tape.apply(add, { a: convolutions(tape, x), b: shortcut(tape, x) }, {}, into);
}

/**
 * Dong and Yang, "NAS-Bench-201" (ICLR 2020), section 2.1: three stages of cells, before the second and the third a
 * residual block of stride 2; batch norm and ReLU before the pooling. Its names for what is not in a cell.
 */
const nasbench201: Macro = {
  stemChannels: (channels) => channels,
  geometries: stageGeometries,
  entry(b, { index, channels, inputChannels: [before] }) {
    if (index === 0) return { kind: 'layer', layer: applied };
    if (before === channels) return { kind: 'state' };
    return { kind: 'layer', layer: residualBlock(b, `cells.${index}.block`, before, channels) };
  },
  tail(b, channels) {
    const last = norm({ ...b, affine: true }, 'lastact', channels);
    return (tape, x, into) => tape.apply(add, { a: last(tape, x), b: null }, { relu: true }, into);
  },
  poolNorm: false,
  output: 'last node',
};

/** Those that settings name: DARTS' network for CIFAR-10, and that of NAS-Bench-201. */
export const MACROS = { darts, nasbench201 } as const satisfies Record<string, Macro>;
