// What is subtracted from a reward, so that an update follows how much better an action was than expected.

/**
 * `moving-average` of all rewards so far. `leave-one-out`: the mean reward of the other transformations of the same
 * architecture in this update (Kool et al., "Buy 4 REINFORCE samples, get a baseline for free!", 2019). `best`: of the
 * rewards only counts which is the best of those n, so that a policy learns to have a good one among its draws: R - b is
 * n / k - 1 for the k that share it, -1 for the others. It has no scale, nor one that differs between architectures.
 */
export const BASELINES = ['none', 'moving-average', 'leave-one-out', 'best'] as const;

/** What is taken off a reward before it becomes a gradient. */
export type Baseline = (typeof BASELINES)[number];

/** How the rewards of an update become its gradient. */
export interface BaselineSetting {
  readonly baseline: Baseline;
  /** Of the moving average. */
  readonly baselineDecay: number;
  /** n: transformations of an architecture. */
  readonly samples: number;
}

/** Whether the reward of one transformation matters to the gradient of another of the same architecture. */
const comparesSamples = (baseline: Baseline): boolean => baseline === 'leave-one-out' || baseline === 'best';

/** What is wrong with a setting, for a message; null where nothing is. */
export const baselineProblem = ({ baseline, samples }: BaselineSetting): string | null =>
  comparesSamples(baseline) && samples < 2
    ? `got ${baseline}, expected another baseline with --samples ${samples}, or --samples of 2 or more`
    : null;
