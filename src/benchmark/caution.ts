// When a transformation is taken, and when a cell is left as it is. Validation accuracies after a few epochs know little of
// small differences after full training: what they call a small gain is as often a loss. How large a gain is depends on
// how far the cell is from the best accuracy known, so that nothing here has the scale of one data set.

/** Any of its conditions is enough. */
export interface Caution {
  /** Share of the way from the cell's own accuracy to the best known that the gain must exceed. */
  readonly share: number;
  /** Gain that is enough in any case, as a share of the best known: a poor cell is far from it. */
  readonly enough?: number;
  /** A place in this share of the cells known is enough where the gain exceeds `least` of the way. */
  readonly elite?: { readonly share: number; readonly least: number };
}

/** Leaves out what costs no gain on average. */
export const CAREFUL: Caution = { share: 0.3 };

/** Gives away a fortieth of the gain, so that few cells are made worse. */
export const CAUTIOUS: Caution = { share: 0.7, enough: 0.08, elite: { share: 0.025, least: 0.3 } };

/**
 * Whether a cell of validation accuracy `before` should become one of `after`.
 * @param known validation accuracies of the cells that were learnt from, ascending
 */
export function isWorthwhile(
  { share, enough, elite }: Caution,
  before: number,
  after: number,
  known: Float64Array,
): boolean {
  const best = known.at(-1)!;
  const gain = after - before;
  const way = best - before;
  if (gain > share * way) return true;
  if (enough !== undefined && gain > enough * best) return true;
  if (elite === undefined) return false;
  const bound = known[Math.floor((1 - elite.share) * (known.length - 1))]!;
  return after >= bound && gain > elite.least * way;
}
