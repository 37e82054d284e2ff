// How a run is getting on, for the page: at most some ten times a second.
import type { RunNeeds, RunProgress } from '../../run/observer.ts';
import { createTimeLeft } from '../../run/time_left.ts';
import type { RunStatus } from '../protocol.ts';

const MS_BETWEEN = 100;
/** Over how long steps are counted for their rate. */
const RATE_MS = 1000;

export interface StatusReport {
  planned(needs: RunNeeds): void;
  progress(progress: RunProgress): void;
  /** Of the whole job, 0 to 1. */
  share(): number;
}

/**
 * Tells `tell` how the run is getting on.
 * @param steps of the whole job
 * @param before how much of it was done when it last stopped, 0 to 1
 */
export function reportStatus(
  run: string,
  steps: number,
  before: number,
  now: () => number,
  tell: (status: RunStatus) => void,
): StatusReport {
  const timeLeft = createTimeLeft();
  let needs: RunNeeds | null = null;
  let share = before;
  let toldAt = -Infinity;
  let rate: { stepsPerSecond: number | null; at: number; ahead: number } | null = null;
  return {
    planned: (planned) => void (needs = planned),
    share: () => share,
    progress({ label, done, total, ahead = [] }) {
      const at = now();
      const left = timeLeft.update(ahead, at);
      const stepsAhead = ahead.reduce((sum, part) => sum + part.steps, 0);
      share = Math.min(1, Math.max(0, 1 - stepsAhead / Math.max(1, steps)));
      rate ??= { stepsPerSecond: null, at, ahead: stepsAhead };
      if (at - rate.at >= RATE_MS) {
        const stepsPerSecond = (1000 * Math.max(0, rate.ahead - stepsAhead)) / (at - rate.at);
        rate = { stepsPerSecond, at, ahead: stepsAhead };
      }
      if (at - toldAt < MS_BETWEEN && done < total) return;
      toldAt = at;
      const { stepsPerSecond } = rate;
      const { bytes = null, pipelines = null } = needs ?? {};
      tell({ run, label, done, total, progress: share, stepsPerSecond, left, bytes, pipelines });
    },
  };
}
