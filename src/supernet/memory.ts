// Where the supernet's tensors live. Memory is planned by place: every node has a home, and every edge of a cell
// (which node, which of its two edges) has one that all operations share which can stand there, since only one
// of them runs in a step. Gradients inside a cell have one home for all cells: the backward pass leaves a cell
// before it enters the next.
import type { Engine } from '../../runtime/engine/engine.ts';
import { type Allocator, createTensor, directAllocator, SlotAllocator } from '../core/allocator.ts';
import { packedLayout } from '../core/packed.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { type Shape, type Tensor, tensorAt } from '../core/tensor.ts';
import { square } from '../networks/geometry.ts';
import { GradientSums } from './gradient_sums.ts';
import { allocatePair, type NormalisedPair } from './normalised_pair.ts';
import type { SupernetCell, SupernetModel } from './model.ts';
import { PARTS } from './parts.ts';

/**
 * What a forward pass is for. Each purpose has its own counts of loss and hits (see crossEntropy's `metrics`): those of
 * updates of w and of evaluations add up, the others are of the last pass.
 */
export const PURPOSES = ['weights', 'before', 'after', 'evaluation'] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface CellMemory {
  /** The two inputs as they are before their batch norms. */
  readonly inputs: NormalisedPair;
  /**
   * The two input nodes, which are `inputs` with their batch norms pending, then the intermediate nodes; all with
   * gradients.
   */
  readonly nodes: readonly Tensor[];
  /** By intermediate node: the results of its two edges before their batch norms. */
  readonly edges: readonly NormalisedPair[];
  /** By intermediate node, then first or second edge: what the operation keeps for its backward. */
  readonly kept: readonly (readonly [SlotAllocator, SlotAllocator])[];
  /** Concatenation of the intermediate nodes, with gradient. */
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
  readonly sums: GradientSums;
}

/** One buffer as large as the largest tensor of each list, seen as any of them. */
function sharedHome(engine: Engine, label: string, lists: readonly (readonly Shape[])[]) {
  const layouts = lists.map(packedLayout);
  const buffer = engine.createBuffer(label, Math.max(...layouts.map(({ bytes }) => bytes)));
  return lists.map((shapes, i) =>
    shapes.map((shape, k) => tensorAt(buffer, layouts[i]!.offsets[k]!, shape)),
  ) as Tensor[][];
}

/**
 * Gradients of the cells' outputs and, last, of the stem's. That of cell c is read as the backward pass enters cell c;
 * at the end of it that of cell c - 2 begins, and takes the same home.
 */
function outputGradients(engine: Engine, outputs: readonly Shape[], stem: Shape): Tensor[] {
  const shapes = [stem, ...outputs];
  const homes = [0, 1].map((k) => {
    const mine = shapes.flatMap((shape, i) => (i % 2 === k ? [[shape]] : []));
    return mine.length > 0 ? sharedHome(engine, `gradients of cell outputs ${k}`, mine) : [];
  });
  const all = shapes.map((_, i) => homes[i % 2]![Math.floor(i / 2)]![0]!);
  return [...all.slice(1), all[0]!];
}

/** Makes the supernet's memory for a batch. */
export function allocateSupernet(engine: PlannedEngine, model: SupernetModel, batch: number): SupernetMemory {
  const { imageSize, channels, classes, nodes } = model.config;
  const [nodeEngine, edgeEngine] = [engine.inPart(PARTS.nodes), engine.inPart(PARTS.edges)];
  const [endEngine, dataEngine] = [engine.inPart(PARTS.ends), engine.inPart(PARTS.data)];

  const inputShape = ({ geometry: g }: SupernetCell) => square(batch, g.channels, g.inputSize);
  const nodeShape = ({ geometry: g }: SupernetCell) => square(batch, g.channels, g.outputSize);
  const outputShape = ({ geometry: g }: SupernetCell) => square(batch, g.outputChannels, g.outputSize);
  const { cells: all } = model;
  const inputGrads = sharedHome(
    nodeEngine,
    'gradients of cell inputs',
    all.map((cell) => [inputShape(cell), inputShape(cell)]),
  );
  // An identity adds one node's gradient to another's: they must lie in different buffers.
  const gradsByNode = Array.from({ length: nodes }, (_, i) =>
    sharedHome(
      nodeEngine,
      `gradients of nodes ${i + 2}`,
      all.map((cell) => [nodeShape(cell)]),
    ),
  );
  const nodeGrads = all.map((_, c) => gradsByNode.map((homes) => homes[c]![0]!));
  const rawGrads = sharedHome(
    edgeEngine,
    'gradients before batch norms',
    all.flatMap((cell) => [inputShape, nodeShape].map((shape) => [shape(cell), shape(cell)])),
  );
  const outputGrads = outputGradients(
    nodeEngine,
    all.map(outputShape),
    square(batch, 3 * channels, imageSize),
  );

  const cells = all.map((cell, c): CellMemory => {
    const name = `cell ${c}`;
    const inputs = allocatePair(nodeEngine, `${name} inputs`, inputShape(cell), rawGrads[2 * c]!);
    const withGrad = (label: string, grad: Tensor) => ({
      ...createTensor(nodeEngine, label, grad.shape),
      grad,
    });
    const input = (grad: Tensor, i: number) => ({
      ...inputs.raw[i]!,
      affine: inputs.norm.affine[i]!,
      grad,
    });
    const node = (grad: Tensor, i: number) => withGrad(`${name} node ${i + 2}`, grad);
    const kept = (i: number, side: 0 | 1): SlotAllocator =>
      new SlotAllocator(`${name} node ${i + 2} edge ${side}`, edgeEngine);
    return {
      inputs,
      nodes: [...inputGrads[c]!.map(input), ...nodeGrads[c]!.map(node)],
      edges: nodeGrads[c]!.map((grad, i) =>
        allocatePair(edgeEngine, `${name} node ${i + 2} edges`, grad.shape, rawGrads[2 * c + 1]!),
      ),
      kept: nodeGrads[c]!.map((_, i) => [kept(i, 0), kept(i, 1)] as const),
      output: withGrad(`${name} output`, outputGrads[c]!),
    };
  });

  const countsOf = (label: string): Tensor => createTensor(endEngine, label, [4]);
  const scratchEngine = engine.inPart(PARTS.scratch);
  return {
    images: createTensor(dataEngine, 'images', square(batch, 3, imageSize)),
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
    stemGrad: outputGrads.at(-1)!,
    scratch: new SlotAllocator('scratch', scratchEngine),
    recomputed: new SlotAllocator('scratch of what is computed again', scratchEngine),
    sums: new GradientSums(engine.inPart(PARTS.weightGradients), model.weights.grads!),
  };
}
