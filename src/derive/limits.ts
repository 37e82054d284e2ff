// The budgets that a user can set, as limits on edges.
import type { EdgeCosts } from '../networks/edge_cost.ts';
import { concatKey } from '../networks/edge_cost.ts';
import type { Genotype } from '../arch/genotype.ts';
import type { Limit } from './budget.ts';
import type { LatencyTable } from './latency_table.ts';

/** What the transformed network may cost at most, in the CIFAR-10 network of 36 channels and 20 cells. */
export interface Budgets {
  readonly maxParams?: number | undefined;
  readonly maxMadds?: number | undefined;
  /** Milliseconds for one image, by a table of measured operations. */
  readonly maxLatency?: number | undefined;
}

const NS_PER_MS = 1e6;

/** @param latency the table, if `maxLatency` is set */
export function limitsOf(
  { maxParams, maxMadds, maxLatency }: Budgets,
  genotype: Genotype,
  costs: EdgeCosts,
  latency: LatencyTable | null,
): Limit[] {
  const counted = (key: 'params' | 'madds', max: number | undefined, unit: string): Limit[] => {
    if (max === undefined) return [];
    const edge: Limit['edge'] = (site, op) => costs.edge(site, op)[key];
    const fixed = costs.fixed(genotype)[key];
    return [{ option: `--max-${key}`, max, fixed, edge, show: (cost) => `${cost} ${unit}` }];
  };
  const limits = [
    ...counted('params', maxParams, 'parameters'),
    ...counted('madds', maxMadds, 'multiply-adds'),
  ];
  if (maxLatency !== undefined) {
    if (!latency) throw new Error('internal: a limit on latency needs a table');
    limits.push({
      option: '--max-latency',
      max: maxLatency * NS_PER_MS,
      fixed: latency.fixed[concatKey(genotype)]!,
      edge: (site, op) => latency.edges[site][op]!,
      show: (cost) => `${cost / NS_PER_MS} ms`,
    });
  }
  return limits;
}
