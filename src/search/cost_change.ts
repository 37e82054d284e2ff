// The cost that `--cost-weight` takes from the reward: how much the transformation changes the multiply-adds of the
// CIFAR-10 network, relative to what they were.
import { createEdgeCosts } from '../networks/edge_cost.ts';
import { type Architecture, withOutputs } from '../arch/genotype.ts';

/**
 * (madds(after) - madds(before)) / madds(before): -0.2 where a fifth is saved.
 * @param looseEnd whether cells concatenate the nodes that no edge leaves, or all
 */
export function createCostChange(looseEnd: boolean): (before: Architecture, after: Architecture) => number {
  const costs = createEdgeCosts();
  const madds = (arch: Architecture): number => costs.total(withOutputs(arch, looseEnd)).madds;
  return (before, after) => {
    const base = madds(before);
    return (madds(after) - base) / base;
  };
}
