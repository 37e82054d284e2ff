// Where the supernet's tensors live. Memory is planned by place: every node has a home, and every edge of a cell
// (which node, which of its two edges) has one that all operations share which can stand there, since only one
// of them runs in a step.
import { type Allocator, createTensor, directAllocator, SlotAllocator } from '../core/allocator.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import type { Tensor } from '../core/tensor.ts';
import { square } from '../networks/geometry.ts';
import { allocateGradients, type CellGradients } from './gradient_memory.ts';
import { GradientParts } from './gradient_parts.ts';
import { GradientSums } from './gradient_sums.ts';
import { allocatePair, type NormalisedPair } from './normalised_pair.ts';
import type { SupernetModel } from './model.ts';
import { PARTS } from './parts.ts';

/**
 * What a forward pass is for. Each purpose has its own counts of loss and hits (see crossEntropy's `metrics`): those of
 * updates of w and of evaluations add up, the others are of the last pass.
 */
export const PURPOSES = ['weights', 'before', 'after', 'evaluation'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface CellMemory {
  /** The two inputs as they are before their batch norms; null where they have none. */
  readonly inputs: NormalisedPair | null;
  /**
   * The two input nodes (`inputs` with their batch norms pending, or twice one tensor), then the intermediate nodes; all
   * with gradients.
   */
  readonly nodes: readonly Tensor[];
  /** By intermediate node: the results of its two edges before their batch norms. */
  readonly edges: readonly NormalisedPair[];
  /** By intermediate node, then first or second edge: what the operation keeps for its backward. */
  readonly kept: readonly (readonly [SlotAllocator, SlotAllocator])[];
  /** The concatenation of the intermediate nodes, or the last of them; with gradient. */
  readonly output: Tensor;
}

export interface SupernetMemory {
  readonly images: Tensor;
  readonly targets: Tensor;
  readonly logits: Tensor;
  /** Loss sum, top-1 hits, top-5 hits and images, by purpose. */
  readonly metrics: Readonly<Record<Purpose, Tensor>>;
  readonly cells: readonly CellMemory[];
  /** Stem, preprocessing and head keep here what their backward needs. */
  readonly kept: Allocator;
  readonly stemGrad: Tensor;
  /** Temporaries' home. */
  readonly scratch: SlotAllocator;
  /** What the backward pass computes again. */
  readonly recomputed: SlotAllocator;
  /** By cell, the stem being -1: what adds up the parts of its weight gradients. */
  sumsOf(cell: number): GradientSums;
}

/** The first cell of those whose weight gradients are added up first: backward comes to the last cells first. */
export const middleOf = ({ cells }: SupernetModel): number => cells.length >> 1;

/** Makes the supernet's memory for a batch. */
export function allocateSupernet(engine: PlannedEngine, model: SupernetModel, batch: number): SupernetMemory {
  const { imageSize, imageChannels = 3, classes } = model.config;
  const [endEngine, dataEngine] = [engine.inPart(PARTS.ends), engine.inPart(PARTS.data)];
  const gradients = allocateGradients(engine, model, batch);
  const cells: CellMemory[] = [];
  for (const grads of gradients.cells) cells.push(allocateCell(engine, model, cells, grads));

  const sumsEngine = engine.inPart(PARTS.weightGradients);
  const parts = new GradientParts(sumsEngine);
  const sums = (group: string) => new GradientSums(sumsEngine, model.weights.grads, parts, group);
  const [early, late] = [sums('early'), sums('late')];
  const countsOf = (label: string): Tensor => createTensor(endEngine, label, [4]);
  const scratchEngine = engine.inPart(PARTS.scratch);
  return {
    images: createTensor(dataEngine, 'images', square(batch, imageChannels, imageSize)),
    targets: createTensor(dataEngine, 'targets', [batch], 'i32'),
    logits: createTensor(endEngine, 'logits', [batch, classes]),
    metrics: {
      weights: countsOf('counts of weights steps'),
      before: countsOf('counts before the transformation'),
      after: countsOf('counts after the transformation'),
      evaluation: countsOf('counts of evaluation'),
    },
    cells,
    kept: directAllocator(endEngine),
    stemGrad: gradients.stem,
    scratch: new SlotAllocator('scratch', scratchEngine),
    recomputed: new SlotAllocator('scratch of what is computed again', scratchEngine),
    sumsOf: (cell) => (cell < middleOf(model) ? early : late),
  };
}

/** @param before the cells before it */
function allocateCell(
  engine: PlannedEngine,
  { cells, output }: SupernetModel,
  before: readonly CellMemory[],
  grads: CellGradients,
): CellMemory {
  const [nodeEngine, edgeEngine] = [engine.inPart(PARTS.nodes), engine.inPart(PARTS.edges)];
  const c = before.length;
  const name = `cell ${c}`;
  const withGrad = (label: string, grad: Tensor): Tensor => ({
    ...createTensor(nodeEngine, label, grad.shape),
    grad,
  });
  const { kind } = cells[c]!.entry;
  const inputs =
    kind === 'preprocess'
      ? allocatePair(nodeEngine, `${name} inputs`, grads.inputs[0]!.shape, grads.rawInputs)
      : null;
  const state = (): Tensor =>
    kind === 'state' ? before.at(-1)!.output : withGrad(`${name} input`, grads.inputs[0]!);
  const [input, other] = inputs
    ? grads.inputs.map((grad, i) => ({ ...inputs.raw[i]!, affine: inputs.norm.affine[i]!, grad }))
    : Array<Tensor>(2).fill(state());
  const nodes = grads.nodes.map((grad, i) => withGrad(`${name} node ${i + 2}`, grad));
  const kept = (i: number, side: 0 | 1): SlotAllocator =>
    new SlotAllocator(`${name} node ${i + 2} edge ${side}`, edgeEngine);
  return {
    inputs,
    nodes: [input!, other!, ...nodes],
    edges: grads.nodes.map((grad, i) =>
      allocatePair(edgeEngine, `${name} node ${i + 2} edges`, grad.shape, grads.rawEdges),
    ),
    kept: nodes.map((_, i) => [kept(i, 0), kept(i, 1)] as const),
    output: output === 'last node' ? nodes.at(-1)! : withGrad(`${name} output`, grads.output),
  };
}
