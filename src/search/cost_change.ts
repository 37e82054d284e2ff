// The cost that `--cost-weight` takes from the reward: how much the transformation changes the multiply-adds of the
// CIFAR-10 network, relative to what they were.
import { createEdgeCosts } from '../networks/edge_cost.ts';
import {
  type Architecture,
  type Cell,
  type Genotype,
  intermediateNodes,
  looseEnds,
} from '../arch/genotype.ts';

/**
 * (madds(after) - madds(before)) / madds(before): -0.2 where a fifth is saved.
 * @param looseEnd whether cells concatenate the nodes that no edge leaves, or all
 */
export function createCostChange(looseEnd: boolean): (before: Architecture, after: Architecture) => number {
  const costs = createEdgeCosts();
  const concat = (cell: Cell): number[] => (looseEnd ? looseEnds(cell) : intermediateNodes(cell));
  const network = ({ normal, reduce }: Architecture): Genotype => {
    return { normal, reduce, normalConcat: concat(normal), reduceConcat: concat(reduce) };
  };
  return (before, after) => {
    const base = costs.total(network(before)).madds;
    return (costs.total(network(after)).madds - base) / base;
  };
}
