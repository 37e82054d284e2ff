// Where the supernet's tensors live. Memory is planned by place: every node has a home, and every edge of a cell
// (which node, which of its two edges) has one that all operations share which can stand there, since only one
// of them runs in a step.
import type { Engine, Region } from '../../runtime/engine.ts';
import { type Allocator, directAllocator, SlotAllocator } from '../allocator.ts';
import type { Placement } from '../nn/layers.ts';
import { packTensors } from '../packed.ts';
import { numel, type Shape, type Tensor, tensorAt } from '../tensor.ts';
import { square } from './geometry.ts';
import type { SupernetCell, SupernetModel } from './supernet_model.ts';

/** What a forward pass is for. Each purpose has its own counts of loss and hits (see crossEntropy's `metrics`). */
export const PURPOSES = ['weights', 'before', 'after', 'evaluation'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface EdgePlace {
  /** The edge's result before its batch norm, and that batch norm. */
  readonly result: Placement;
  /** What the operation keeps for its backward. */
  readonly kept: SlotAllocator;
}

export interface CellMemory {
  /** The two input nodes after preprocessing, then the intermediate nodes; all with gradients. */
  readonly nodes: readonly Tensor[];
  /** By intermediate node, then first or second edge. */
  readonly edges: readonly (readonly [EdgePlace, EdgePlace])[];
  /** Concatenation of the intermediate nodes, with gradient. */
  readonly output: Tensor;
}

export interface SupernetMemory {
  readonly images: Tensor;
  readonly targets: Tensor;
  readonly logits: Tensor;
  /** Loss sum, top-1 hits, top-5 hits and images so far, by purpose. */
  readonly meters: Readonly<Record<Purpose, Tensor>>;
  readonly cells: readonly CellMemory[];
  /** Stem, preprocessing and head keep here what their backward needs. */
  readonly kept: Allocator;
  /** Gradients of the stem's output (the first) and temporaries' home. */
  readonly stemGrad: Tensor;
  readonly scratch: SlotAllocator;
  /** Gradients that begin a backward pass at zero. */
  readonly zeroed: Region;
}

/**
 * Makes the supernet's memory for a batch. Without `plan`, edge places and scratch learn their sizes while
 * recordings are made on a PlanEngine; with it they have those sizes.
 */
export function allocateSupernet(
  engine: Engine,
  model: SupernetModel,
  batch: number,
  plan?: SupernetMemory,
): SupernetMemory {
  const { imageSize, channels, classes, nodes } = model.config;
  const fresh = (label: string, shape: Shape): Tensor =>
    tensorAt(engine.createBuffer(label, 4 * numel(shape)), 0, shape);

  const inputShape = ({ geometry: g }: SupernetCell) => square(batch, g.channels, g.inputSize);
  const outputShape = ({ geometry: g }: SupernetCell) => square(batch, g.outputChannels, g.outputSize);
  const zeroed = packTensors(engine, 'gradients of cell inputs and outputs', [
    square(batch, 3 * channels, imageSize),
    ...model.cells.flatMap((cell) => [inputShape(cell), inputShape(cell), outputShape(cell)]),
  ]);

  const cells = model.cells.map((cell, c): CellMemory => {
    const name = `cell ${c}`;
    const g = cell.geometry;
    const nodeShape = square(batch, g.channels, g.outputSize);
    const [grad0, grad1, gradOutput] = zeroed.tensors.slice(1 + 3 * c, 4 + 3 * c) as [Tensor, Tensor, Tensor];
    const inputs = [grad0, grad1].map((grad, i) => ({ ...fresh(`${name} input ${i}`, grad.shape), grad }));
    const sums = Array.from({ length: nodes }, (_, i) => ({
      ...fresh(`${name} node ${i + 2}`, nodeShape),
      grad: fresh(`${name} node ${i + 2} gradient`, nodeShape),
    }));
    const place = (node: number, edge: number): EdgePlace => {
      const label = `${name} node ${node + 2} edge ${edge}`;
      return {
        result: { raw: fresh(label, nodeShape), affine: fresh(`${label} batch norm`, [2, g.channels]) },
        kept: new SlotAllocator(label, engine, plan?.cells[c]!.edges[node]![edge as 0 | 1].kept),
      };
    };
    return {
      nodes: [...inputs, ...sums],
      edges: sums.map((_, node) => [place(node, 0), place(node, 1)] as const),
      output: { ...fresh(`${name} output`, outputShape(cell)), grad: gradOutput },
    };
  });

  const labels = engine.createBuffer('targets', 4 * batch);
  return {
    images: fresh('images', square(batch, 3, imageSize)),
    targets: tensorAt(labels, 0, [batch], 'i32'),
    logits: fresh('logits', [batch, classes]),
    meters: {
      weights: fresh('counts of weights steps', [4]),
      before: fresh('counts before the transformation', [4]),
      after: fresh('counts after the transformation', [4]),
      evaluation: fresh('counts of evaluation', [4]),
    },
    cells,
    kept: directAllocator(engine),
    stemGrad: zeroed.tensors[0]!,
    scratch: new SlotAllocator('scratch', engine, plan?.scratch),
    zeroed: zeroed.whole,
  };
}

/** Bytes of the slots that recordings share; other buffers are counted by the engine. */
export function plannedSlotBytes(memory: SupernetMemory): number {
  const kept = memory.cells.flatMap((cell) => cell.edges.flat().map((place) => place.kept.plannedBytes));
  return kept.reduce((sum, bytes) => sum + bytes, memory.scratch.plannedBytes);
}
