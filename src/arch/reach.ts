// Which nodes of a cell depend on its inputs: those that a path of edges leads to, null edges left out. A cell none of
// whose output nodes does is dead: what it puts out is the same for every image.
import { type Cell, CELL_KINDS, type CellKind, type Edge, type Genotype } from './genotype.ts';

/** A set of nodes: bit i is node i. */
export type Reach = number;

/** The cell's two inputs. */
export const INPUTS_REACHED: Reach = 0b11;

/** With the edge's target where the edge hands something on. Edges come in the order of their nodes. */
export const extendReach = (reach: Reach, [op, from, to]: Edge): Reach =>
  op !== 'null' && (reach >> from) & 1 ? reach | (1 << to) : reach;

export const reachesAny = (reach: Reach, nodes: readonly number[]): boolean =>
  nodes.some((node) => (reach >> node) & 1);

/** Whether a cell's output depends on its inputs through no path. */
export const isDead = (cell: Cell, concat: readonly number[]): boolean =>
  !reachesAny(cell.reduce(extendReach, INPUTS_REACHED), concat);

export const outputNodes = (genotype: Genotype, kind: CellKind): readonly number[] =>
  kind === 'normal' ? genotype.normalConcat : genotype.reduceConcat;

/** Whether a cell of the genotype is dead. */
export const hasDeadCell = (genotype: Genotype): boolean =>
  CELL_KINDS.some((kind) => isDead(genotype[kind], outputNodes(genotype, kind)));
