// What a block of a hand-crafted network fixes, whatever becomes of its cell: the shape and activation of every node,
// and what the network has on every edge. A transformed cell is built into this frame, so depth and width stay.
import type { Cell } from '../../arch/genotype.ts';
import { type Primitive, transitionClass } from '../../arch/primitives.ts';
import { activationOf, type NodeShape, shapeAfter } from './layers.ts';
import type { Activation, BlockPlan, LayerPlan } from './plan.ts';

export interface NodeFrame extends NodeShape {
  /** Applied to the sum of the node's edges. */
  readonly activation: Activation | null;
}

export interface EdgeFrame {
  /** The operation of the network's own cell. */
  readonly op: Primitive;
  readonly from: number;
  readonly to: number;
  /** What that operation stands for, if it computes. */
  readonly layers: readonly LayerPlan[];
}

export interface BlockFrame {
  readonly plan: BlockPlan;
  /** Nodes 0 and 1, the block's inputs, then the cell's. */
  readonly nodes: readonly NodeFrame[];
  readonly edges: readonly EdgeFrame[];
  /** The node that is the block's output. */
  readonly output: number;
}

/** How many of a cell's edges compute. */
export const computingEdges = (cell: Cell): number =>
  cell.filter(([op]) => transitionClass(op) === 'O').length;

/**
 * The frame of a block. A node has the shape of what the network's own cell puts there: the result of a computing
 * edge, else of the skip connection from the latest node.
 * @param cell the network's own cell of this kind; its computing edges stand for `plan.operations`
 */
export function frameBlock(
  plan: BlockPlan,
  cell: Cell,
  output: number,
  inputs: readonly [NodeShape, NodeShape],
): BlockFrame {
  let taken = 0;
  const edges = cell.map(([op, from, to]): EdgeFrame => {
    const layers = transitionClass(op) === 'O' ? plan.operations[taken++]! : [];
    return { op, from, to, layers };
  });
  const nodes: NodeFrame[] = inputs.map((shape) => ({ ...shape, activation: null }));
  for (let node = 2; node < 2 + cell.length / 2; node++) {
    const incoming = edges.filter(({ op, to }) => to === node && op !== 'null');
    const rank = ({ op, from }: EdgeFrame): number => from + (transitionClass(op) === 'O' ? cell.length : 0);
    const first = incoming.toSorted((a, b) => rank(b) - rank(a))[0];
    const shape = first?.layers.reduce(shapeAfter, nodes[first.from]!) ?? nodes[1]!;
    const own = activationOf(first?.layers.at(-1));
    const activation = node === output ? (plan.activation ?? own) : own;
    nodes.push({ channels: shape.channels, size: shape.size, activation });
  }
  return { plan, nodes, edges, output };
}
