// What a cell network costs, edge by edge: a fixed part (stem, preprocessing, classifier) and one for every edge,
// which depends on its operation and on where it stands alone. Every part is counted once, on the operation that
// would be built at each cell's channels and pixels, so that thousands of architectures can be compared. The sum is
// exactly what cost.ts counts on the whole network.
import { createTensor, directAllocator } from '../core/allocator.ts';
import { ANY_ADAPTER, planRecording } from '../core/plan.ts';
import { ParameterStore } from '../nn/parameters.ts';
import { Tape } from '../core/tape.ts';
import { type Cost, cellNetworkCost } from './cost.ts';
import { CELL_KINDS, type Cell, type CellKind, type Genotype } from '../arch/genotype.ts';
import { type CellGeometry, cellGeometries, square, edgeStride } from './geometry.ts';
import { MACRO_SETTINGS } from './macro_setting.ts';
import { applyOperation, buildOperation } from './operations.ts';
import type { Primitive } from '../arch/primitives.ts';

/**
 * Where an edge stands: in the normal cells; in the reduction cells leaving an input node, where it has stride 2; in
 * the reduction cells leaving an intermediate node.
 */
export const EDGE_SITES = ['normal', 'reduceInput', 'reduceInner'] as const;

export type EdgeSite = (typeof EDGE_SITES)[number];

export function edgeSite(kind: CellKind, from: number): EdgeSite {
  if (kind === 'normal') return 'normal';
  return from < 2 ? 'reduceInput' : 'reduceInner';
}

/** An operation's size in one cell of the network. */
export interface OperationPlace {
  readonly channels: number;
  /** Height and width of the operation's input. */
  readonly size: number;
  readonly stride: 1 | 2;
}

/** The places that an edge of a site has in the network, one a cell. */
export function placesOf(site: EdgeSite): OperationPlace[] {
  const { channels, layers, imageSize } = MACRO_SETTINGS.cifar10;
  // What cells concatenate matters to their preprocessing only.
  const macro = { stemChannels: 3 * channels, concatenated: { normal: 1, reduce: 1 } };
  const from = site === 'reduceInner' ? 2 : 0;
  return cellGeometries({ channels, layers, imageSize, ...macro })
    .filter(({ reduction }) => reduction === (site !== 'normal'))
    .map((geometry: CellGeometry) => ({
      channels: geometry.channels,
      size: from < 2 ? geometry.inputSize : geometry.outputSize,
      stride: edgeStride(geometry, from),
    }));
}

/** The genotype with nothing on its edges: the network's fixed part. */
export function withoutEdges(genotype: Genotype): Genotype {
  const emptied = (cell: Cell): Cell => cell.map(([, from, to]) => ['null', from, to]);
  return { ...genotype, normal: emptied(genotype.normal), reduce: emptied(genotype.reduce) };
}

/** The fixed part depends on these numbers alone. */
export const concatKey = ({ normalConcat, reduceConcat }: Genotype): string =>
  `${normalConcat.length},${reduceConcat.length}`;

/** Costs of architectures of the CIFAR-10 network (36 channels, 20 cells). */
export interface EdgeCosts {
  /** What an operation adds there, over all cells. */
  edge(site: EdgeSite, op: Primitive): Cost;
  fixed(genotype: Genotype): Cost;
  /** What cellNetworkCost counts. */
  total(genotype: Genotype): Cost;
}

/** Everything is counted at most once, when it is first asked for. */
export function createEdgeCosts(): EdgeCosts {
  const edges = new Map<string, Cost>();
  const fixedParts = new Map<string, Cost>();
  const edge = (site: EdgeSite, op: Primitive): Cost =>
    remember(edges, `${site} ${op}`, () => sum(placesOf(site).map((place) => operationCost(op, place))));
  const fixed = (genotype: Genotype): Cost =>
    remember(fixedParts, concatKey(genotype), () => cellNetworkCost(withoutEdges(genotype)));
  const total = (genotype: Genotype): Cost => {
    const parts = CELL_KINDS.flatMap((kind) =>
      genotype[kind].map(([op, from]) => edge(edgeSite(kind, from), op)),
    );
    return sum([fixed(genotype), ...parts]);
  };
  return { edge, fixed, total };
}

function operationCost(op: Primitive, { channels, size, stride }: OperationPlace): Cost {
  const weights = new ParameterStore('weights', true);
  const statistics = new ParameterStore('running statistics', false);
  const operation = buildOperation({ weights, statistics, affine: true }, op, op, channels, stride, false);
  if (operation.kind !== 'compute') return { params: 0, madds: 0 };
  const { madds } = planRecording(ANY_ADAPTER, (engine) => {
    weights.allocate(engine);
    statistics.allocate(engine);
    const allocator = directAllocator(engine);
    const tape = new Tape({ engine, activations: allocator, scratch: allocator, training: false });
    return applyOperation(operation, tape, createTensor(engine, 'input', square(1, channels, size)));
  });
  return { params: weights.count, madds: madds.all };
}

const sum = (costs: readonly Cost[]): Cost =>
  costs.reduce((a, b) => ({ params: a.params + b.params, madds: a.madds + b.madds }), {
    params: 0,
    madds: 0,
  });

function remember<T>(known: Map<string, T>, key: string, make: () => T): T {
  let value = known.get(key);
  if (value === undefined) known.set(key, (value = make()));
  return value;
}
