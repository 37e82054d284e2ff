// The weight-sharing supernet as a model: one set of weights for every (cell, edge, primitive), under the
// reference's parameter names. Batch norms in it have no learned scale and shift, except in the stem.
import { type Builder, conv, dense, type Layer, norm, sequence } from '../nn/layers.ts';
import { ParameterStore } from '../nn/parameters.ts';
import { type CellGeometry, edgeStride } from '../networks/geometry.ts';
import { buildOperation, type Operation } from '../networks/operations.ts';
import type { Primitive } from '../arch/primitives.ts';
import { edgeIndex } from '../arch/search_space.ts';
import { type CellEntry, type Macro, MACROS } from './macro.ts';
import { BOTH, type Side } from './normalised_pair.ts';

/** An edge that a cell may have. */
export interface PossibleEdge {
  readonly from: number;
  readonly to: number;
  /** As which of the two edges of node `to` it may stand. */
  readonly sides: readonly Side[];
  /** What may stand on it: some of the supernet's primitives. */
  readonly primitives: readonly Primitive[];
}

/** The shared network: cells, width, operations. */
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
  /** Of the images: 3 unless given, or 1 for grey ones. */
  readonly imageChannels?: number;
  /** The network around the cells; that of DARTS unless given. */
  readonly macro?: keyof typeof MACROS | Macro;
  /** The edges that a cell may have; from every node to every later one, whatever stands on it, unless given. */
  readonly edges?: readonly PossibleEdge[];
}

/**
 * What can stand on an edge. What computes and is `normalised` is followed by a batch norm without learned scale and
 * shift: the supernet normalises it together with the other edge of its node.
 */
export type EdgeOperation =
  | { readonly kind: 'compute'; readonly raw: Layer; readonly normalised: boolean }
  | { readonly kind: 'identity' }
  | { readonly kind: 'null' };

export interface SupernetCell {
  readonly geometry: CellGeometry;
  readonly entry: CellEntry;
  /** By edge number, then by primitive index; nothing where no such edge, or not on it, may stand. */
  readonly operations: readonly (readonly EdgeOperation[])[];
}

export interface SupernetModel {
  readonly config: SupernetConfig;
  /** The edges that a cell may have, in order of the node that they go to. */
  readonly edges: readonly PossibleEdge[];
  readonly weights: ParameterStore<true>;
  readonly stem: Layer;
  readonly stemChannels: number;
  readonly cells: readonly SupernetCell[];
  readonly output: Macro['output'];
  /** What stands before the pooling. */
  readonly tail: Layer | null;
  readonly classifier: Layer;
}

/** Declares all shared weights. */
export function buildSupernet(config: SupernetConfig): SupernetModel {
  const { channels, nodes, primitives } = config;
  const { macro: chosen = 'darts' } = config;
  const macro: Macro = typeof chosen === 'string' ? MACROS[chosen] : chosen;
  const edges = config.edges ?? allEdges(nodes, primitives);
  const weights = new ParameterStore('supernet weights', true);
  const b: Builder = { weights, statistics: null, affine: false };
  const stemChannels = macro.stemChannels(channels);
  const stem = sequence(
    conv(b, 'stem.0', config.imageChannels ?? 3, stemChannels, { kernel: 3, normalised: true }),
    norm({ ...b, affine: true }, 'stem.1', stemChannels),
  );
  const geometries = macro.geometries(config);
  const cells = geometries.map((geometry): SupernetCell => {
    const entry = macro.entry(b, geometry);
    return { geometry, entry, operations: declareOperations(b, geometry, config, edges, macro.poolNorm) };
  });
  const { outputChannels } = geometries.at(-1)!;
  const tail = macro.tail(b, outputChannels);
  const classifier = dense(b, 'classifier', outputChannels, config.classes);
  return { config, edges, weights, stem, stemChannels, cells, output: macro.output, tail, classifier };
}

function allEdges(nodes: number, primitives: readonly Primitive[]): PossibleEdge[] {
  const targets = Array.from({ length: nodes }, (_, i) => i + 2);
  return targets.flatMap((to) =>
    Array.from({ length: to }, (_, from) => ({ from, to, sides: BOTH, primitives })),
  );
}

function declareOperations(
  b: Builder,
  geometry: CellGeometry,
  { primitives }: SupernetConfig,
  edges: readonly PossibleEdge[],
  poolNorm: boolean,
): EdgeOperation[][] {
  const operations: EdgeOperation[][] = [];
  for (const { from, to, primitives: possible } of edges) {
    const edge = edgeIndex(from, to);
    operations[edge] = [];
    for (const op of possible) {
      const p = primitives.indexOf(op);
      const place = `cells.${geometry.index}._ops.${edge}._ops.${p}`;
      const stride = edgeStride(geometry, from);
      operations[edge][p] = withoutNorm(buildOperation(b, place, op, geometry.channels, stride, poolNorm));
    }
  }
  return operations;
}

/** An operation before its batch norm, if it has one. */
function withoutNorm(operation: Operation): EdgeOperation {
  if (operation.kind !== 'compute') return operation;
  return { kind: 'compute', raw: operation.raw, normalised: operation.norm !== null };
}
