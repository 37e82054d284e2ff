// Where the gradients of a supernet's activations live. Those inside a cell have one home for all cells: the backward
// pass leaves a cell before it enters the next.
import { packedLayout } from '../core/packed.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { type Shape, type Tensor, tensorAt } from '../core/tensor.ts';
import { square } from '../networks/geometry.ts';
import type { SupernetCell, SupernetModel } from './model.ts';
import { PARTS } from './parts.ts';

export interface CellGradients {
  /** Of the two input nodes; of one tensor where both nodes are. */
  readonly inputs: readonly Tensor[];
  /** Of the intermediate nodes. */
  readonly nodes: readonly Tensor[];
  readonly output: Tensor;
  /** Before the batch norms of the two inputs; none where the inputs have none. */
  readonly rawInputs: readonly Tensor[];
  /** Before those of a node's two edges. */
  readonly rawEdges: readonly Tensor[];
}

export interface SupernetGradients {
  readonly stem: Tensor;
  readonly cells: readonly CellGradients[];
}

/** One buffer as large as the largest tensors of a list, seen as those of any. */
function sharedHome(
  engine: PlannedEngine,
  label: string,
  lists: readonly (readonly Shape[])[],
): readonly (readonly Tensor[])[] {
  if (lists.every((shapes) => shapes.length === 0)) return lists.map(() => []);
  const layouts = lists.map(packedLayout);
  const buffer = engine.createBuffer(label, Math.max(...layouts.map(({ bytes }) => bytes)));
  return lists.map((shapes, i) => shapes.map((shape, k) => tensorAt(buffer, layouts[i]!.offsets[k]!, shape)));
}

/**
 * Gradients of states (outputs of the stem and of cells, and what layers before cells make of them), each of which is
 * read by what makes the next or the next but one. That of state i is read where that of state i - 1 is added to; once it
 * is read no more, that of state i - 2 begins, and takes the same home.
 */
function stateGradients(engine: PlannedEngine, shapes: readonly Shape[]): Tensor[] {
  const homes = [0, 1].map((k) =>
    sharedHome(
      engine,
      `gradients of cell outputs ${k}`,
      shapes.flatMap((shape, i) => (i % 2 === k ? [[shape]] : [])),
    ),
  );
  return shapes.map((_, i) => homes[i % 2]![Math.floor(i / 2)]![0]!);
}

/** Makes their memory for a batch. */
export function allocateGradients(
  engine: PlannedEngine,
  { cells, config, stemChannels, output }: SupernetModel,
  batch: number,
): SupernetGradients {
  const [nodeEngine, edgeEngine] = [engine.inPart(PARTS.nodes), engine.inPart(PARTS.edges)];
  const inputShape = ({ geometry: g }: SupernetCell) => square(batch, g.channels, g.inputSize);
  const nodeShape = ({ geometry: g }: SupernetCell) => square(batch, g.channels, g.outputSize);
  const outputShape = ({ geometry: g }: SupernetCell) => square(batch, g.outputChannels, g.outputSize);

  const preprocessed = cells.map((cell) =>
    cell.entry.kind === 'preprocess' ? [inputShape(cell), inputShape(cell)] : [],
  );
  const inputs = sharedHome(nodeEngine, 'gradients of cell inputs', preprocessed);
  // An identity adds one node's gradient to another's: they must lie in different buffers.
  const ownNodes = output === 'last node' ? config.nodes - 1 : config.nodes;
  const nodes = Array.from({ length: ownNodes }, (_, i) =>
    sharedHome(
      nodeEngine,
      `gradients of nodes ${i + 2}`,
      cells.map((cell) => [nodeShape(cell)]),
    ),
  );
  const pairs = cells.flatMap((cell, c) => [preprocessed[c]!, [nodeShape(cell), nodeShape(cell)]]);
  const raw = sharedHome(edgeEngine, 'gradients before batch norms', pairs);

  const shapes = [square(batch, stemChannels, config.imageSize)];
  const places = cells.map((cell) => {
    if (cell.entry.kind === 'layer') shapes.push(inputShape(cell));
    const input = shapes.length - 1;
    return { input, output: shapes.push(outputShape(cell)) - 1 };
  });
  const states = stateGradients(nodeEngine, shapes);
  return {
    stem: states[0]!,
    cells: places.map((place, c) => {
      const input = states[place.input]!;
      const last = states[place.output]!;
      const own = nodes.map((homes) => homes[c]![0]!);
      return {
        inputs: inputs[c]!.length > 0 ? inputs[c]! : [input, input],
        nodes: output === 'last node' ? [...own, last] : own,
        output: last,
        rawInputs: raw[2 * c]!,
        rawEdges: raw[2 * c + 1]!,
      };
    }),
  };
}
