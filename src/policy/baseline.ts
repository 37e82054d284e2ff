// What is subtracted from a reward, so that an update follows how much better an action was than expected.

/**
 * `moving-average` of all rewards so far. `leave-one-out`: the mean reward of the other transformations of the same
 * architecture in this update (Kool et al., "Buy 4 REINFORCE samples, get a baseline for free!", 2019).
 */
export const BASELINES = ['none', 'moving-average', 'leave-one-out'] as const;

export type Baseline = (typeof BASELINES)[number];

/** How the rewards of an update become its gradient. */
export interface BaselineSetting {
  readonly baseline: Baseline;
  /** Of the moving average. */
  readonly baselineDecay: number;
  /** n: transformations of an architecture. */
  readonly samples: number;
}

/** What is wrong with a setting, for a message; null where nothing is. */
export const baselineProblem = ({ baseline, samples }: BaselineSetting): string | null =>
  baseline === 'leave-one-out' && samples < 2
    ? `got leave-one-out, expected another baseline with --samples ${samples}, or --samples of 2 or more`
    : null;
