// The weight-sharing supernet as a model: one set of weights for every (cell, edge, primitive), under the
// reference's parameter names. Batch norms in it have no learned scale and shift, except in the stem.
import {
  type Builder,
  conv,
  dense,
  factorizedReduce,
  type Layer,
  norm,
  reluConvNorm,
  sequence,
} from '../nn/layers.ts';
import { ParameterStore } from '../nn/parameters.ts';
import { type CellGeometry, cellGeometries, edgeStride } from '../networks/geometry.ts';
import { buildOperation, type Operation } from '../networks/operations.ts';
import type { Primitive } from '../arch/primitives.ts';
import { edgeIndex } from '../arch/search_space.ts';

export interface SupernetConfig {
  /** Channels of the first cells (C in the paper). */
  readonly channels: number;
  /** Cells. */
  readonly layers: number;
  /** Intermediate nodes of a cell (B). */
  readonly nodes: number;
  readonly primitives: readonly Primitive[];
  /** True: a cell's output keeps only nodes that no edge leaves, the others are multiplied by 0. */
  readonly looseEnd: boolean;
  readonly classes: number;
  readonly imageSize: number;
}

/**
 * What can stand on an edge. Everything that computes is followed by a batch norm without learned scale and shift: the
 * supernet normalises it together with the other edge of its node.
 */
export type EdgeOperation =
  | { readonly kind: 'compute'; readonly raw: Layer }
  | { readonly kind: 'identity' }
  | { readonly kind: 'null' };

export interface SupernetCell {
  readonly geometry: CellGeometry;
  /** The layers before the batch norms of the cell's two inputs, which are normalised together too. */
  readonly preprocess: readonly [Layer, Layer];
  /** By edge number, then by primitive index. */
  readonly operations: readonly (readonly EdgeOperation[])[];
}

export interface SupernetModel {
  readonly config: SupernetConfig;
  readonly weights: ParameterStore;
  readonly stem: Layer;
  readonly cells: readonly SupernetCell[];
  readonly classifier: Layer;
}

/** Declares all shared weights. */
export function buildSupernet(config: SupernetConfig): SupernetModel {
  const { channels, layers, nodes, primitives, imageSize } = config;
  const weights = new ParameterStore('supernet weights', true);
  const b: Builder = { weights, statistics: null, affine: false };
  const stemChannels = 3 * channels;
  const stem = sequence(
    conv(b, 'stem.0', 3, stemChannels, { kernel: 3, normalised: true }),
    norm({ ...b, affine: true }, 'stem.1', stemChannels),
  );
  const geometries = cellGeometries({
    channels,
    layers,
    imageSize,
    stemChannels,
    concatenated: { normal: nodes, reduce: nodes },
  });
  const cells = geometries.map((geometry) => buildCell(b, geometry, nodes, primitives));
  const classifier = dense(b, 'classifier', geometries.at(-1)!.outputChannels, config.classes);
  return { config, weights, stem, cells, classifier };
}

function buildCell(
  b: Builder,
  geometry: CellGeometry,
  nodes: number,
  primitives: readonly Primitive[],
): SupernetCell {
  const name = `cells.${geometry.index}`;
  const { channels: c, inputChannels, reduceFirst } = geometry;
  const preprocess = [
    reduceFirst
      ? factorizedReduce(b, `${name}.preprocess0`, inputChannels[0], c).raw
      : reluConvNorm(b, `${name}.preprocess0`, inputChannels[0], c, { kernel: 1 }).raw,
    reluConvNorm(b, `${name}.preprocess1`, inputChannels[1], c, { kernel: 1 }).raw,
  ] as const;
  const operations: EdgeOperation[][] = [];
  for (let to = 2; to < nodes + 2; to++) {
    for (let from = 0; from < to; from++) {
      const edge = edgeIndex(from, to);
      operations[edge] = primitives.map((op, p) => {
        const place = `${name}._ops.${edge}._ops.${p}`;
        return withoutNorm(buildOperation(b, place, op, c, edgeStride(geometry, from), true), place);
      });
    }
  }
  return { geometry, preprocess, operations };
}

/** An operation before its batch norm. Throws where it has none: the supernet would normalise it all the same. */
function withoutNorm(operation: Operation, place: string): EdgeOperation {
  if (operation.kind !== 'compute') return operation;
  if (!operation.norm) throw new Error(`internal: ${place} has no batch norm, which the supernet relies on`);
  return { kind: 'compute', raw: operation.raw };
}
