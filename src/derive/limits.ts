// The budgets that a user can set, as limits on edges.
import type { EdgeCosts } from '../networks/edge_cost.ts';
import { concatKey } from '../networks/edge_cost.ts';
import type { Genotype } from '../arch/genotype.ts';
import { flagName } from '../settings/setting.ts';
import type { Limit } from './budget.ts';
import type { Budgets } from './config.ts';
import type { LatencyTable } from './latency_table.ts';

const NS_PER_MS = 1e6;

/** @param latency the table, if `maxLatency` is set */
export function limitsOf(
  budgets: Budgets,
  genotype: Genotype,
  costs: EdgeCosts,
  latency: LatencyTable | null,
): Limit[] {
  const limitOn = (key: 'params' | 'madds', option: 'maxParams' | 'maxMadds', unit: string): Limit[] => {
    const max = budgets[option];
    if (max === undefined) return [];
    const edge: Limit['edge'] = (site, op) => costs.edge(site, op)[key];
    const fixed = costs.fixed(genotype)[key];
    return [{ option: flagName(option), max, fixed, edge, show: (cost) => `${cost} ${unit}` }];
  };
  const limits = [
    ...limitOn('params', 'maxParams', 'parameters'),
    ...limitOn('madds', 'maxMadds', 'multiply-adds'),
  ];
  const { maxLatency } = budgets;
  if (maxLatency !== undefined) {
    if (!latency) throw new Error('internal: a limit on latency needs a table');
    limits.push({
      option: flagName('maxLatency'),
      max: maxLatency * NS_PER_MS,
      fixed: latency.fixed[concatKey(genotype)]!,
      edge: (site, op) => latency.edges[site][op]!,
      show: (cost) => `${cost / NS_PER_MS} ms`,
    });
  }
  return limits;
}
