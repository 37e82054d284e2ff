// Which edges of a given architecture take the places of a network's own: both must be cells of the same graph.
import { UserError } from '../../../runtime/errors.ts';
import type { Cell, CellKind, Edge, Genotype } from '../../arch/genotype.ts';
import { findViolations } from '../../arch/legality.ts';
import { NAT_TRANSITIONS } from '../../arch/transitions.ts';

const graphDifference = (own: Genotype, genotype: Genotype) =>
  findViolations(own, genotype, NAT_TRANSITIONS).find(({ kind }) => kind === 'graph');

/** Of a network's own cells, the one whose graph the architecture has; the first if none. */
export const ownCellOf = (genotype: Genotype, candidates: readonly Genotype[]): Genotype =>
  candidates.find((own) => graphDifference(own, genotype) === undefined) ?? candidates[0]!;

/**
 * The architecture with the two edges of every node in the order of the network's own cells.
 * Throws UserError where the graphs differ.
 */
export function placeGenotype(genotype: Genotype, own: Genotype, network: string): Genotype {
  const different = graphDifference(own, genotype);
  if (different) {
    throw new UserError(
      `${genotype.name ?? 'the architecture'} cannot take the place of ${own.name} in ${network}; ` +
        `expected the same graph, but ${different.message}`,
    );
  }
  const place = (kind: CellKind): Cell => alignEdges(genotype[kind], own[kind]);
  return { ...genotype, normal: place('normal'), reduce: place('reduce') };
}

/** Sources must agree; where both orders allow that, the one that keeps more operations. */
function alignEdges(cell: Cell, own: Cell): Cell {
  const aligned: Edge[] = [];
  for (let i = 0; i < cell.length; i += 2) {
    const given = [cell[i]!, cell[i + 1]!];
    const orders = [given, given.toReversed()].filter((edges) =>
      edges.every(([, from], k) => from === own[i + k]![1]),
    );
    const kept = (edges: readonly Edge[]): number => edges.filter(([op], k) => op === own[i + k]![0]).length;
    aligned.push(...orders.reduce((best, order) => (kept(order) > kept(best) ? order : best)));
  }
  return aligned;
}
