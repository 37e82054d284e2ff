// The cost columns of the paper's Tables 1 and 2 beside what the networks here count.
import { type NetworkCost, networkCost } from './cost.ts';
import { buildNetwork, type NetworkOptions } from './build_network.ts';
import { PUBLISHED, type PublishedRow } from './published.ts';
import { type Blueprint, requireBlueprint } from './registry.ts';

/** Which multiply-adds a published figure is: those of the convolutions alone, or of all layers. */
export type Convention = 'convolutions' | 'all';

export interface CostRow extends PublishedRow {
  readonly cost: NetworkCost | null;
  /** Whether our count, rounded as the paper rounds, is what it prints; null where there is nothing to compare. */
  readonly paramsAgree: boolean | null;
  /** Under which convention our count is what the paper prints; null where it is under none. */
  readonly maddsAgree: Convention | null;
}

/** What a network costs, without auxiliary head. Throws UserError where an option does not fit. */
export const blueprintCost = (blueprint: Blueprint, options: NetworkOptions = {}): NetworkCost =>
  networkCost(buildNetwork(blueprint, options));

export const costTable = (): CostRow[] => PUBLISHED.map(compare);

function compare(row: PublishedRow): CostRow {
  if (row.ours === null) return { ...row, cost: null, paramsAgree: null, maddsAgree: null };
  const { arch, ...sizes } = row.ours;
  const cost = blueprintCost(requireBlueprint(arch, row.setting), sizes);
  const { params, madds, linearMadds } = cost;
  const agreement = { convolutions: madds - linearMadds, all: madds } as const;
  const conventions = Object.keys(agreement) as Convention[];
  const found = conventions.find((convention) => printedAs(agreement[convention], row.madds));
  return { ...row, cost, paramsAgree: printedAs(params, row.params), maddsAgree: found ?? null };
}

/** Whether a count in millions, with as many decimals as the printed figure, is that figure. */
function printedAs(count: number, figure: string | null): boolean {
  if (figure === null) return false;
  const decimals = figure.split('.')[1]?.length ?? 0;
  return (count / 1e6).toFixed(decimals) === figure;
}
