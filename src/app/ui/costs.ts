// What architectures cost, counted in the page itself: no adapter is needed. The counting is loaded when it is first
// asked for.
import type { Genotype } from '../../arch/genotype.ts';
import type { EdgeCosts } from '../../networks/edge_cost.ts';
import type { NetworkCost } from '../protocol.ts';

let costs: EdgeCosts | null = null;
let loading = false;

/**
 * The costs, once they are loaded; null before.
 * @param ready is called when they are
 */
export function edgeCosts(ready: () => void): EdgeCosts | null {
  if (!costs && !loading) {
    loading = true;
    // not before the page has been seen
    setTimeout(() => {
      void import('../../networks/edge_cost.ts').then(({ createEdgeCosts }) => {
        costs = createEdgeCosts();
        ready();
      });
    });
  }
  return costs;
}

/** Of the CIFAR-10 network that the genotype stands for. */
export const costOf = (genotype: Genotype, ready: () => void): NetworkCost | null =>
  edgeCosts(ready)?.total(genotype) ?? null;
