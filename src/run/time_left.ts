// How long a job will still take: by the time that the steps of each of its phases took so far.
import type { WorkAhead } from './work_ahead.ts';

/** What a step of age n counts for is this to the power of n: what was is forgotten, and single steps do not matter. */
const MEMORY = 0.99;

/** Decayed sums. */
interface Rate {
  seconds: number;
  steps: number;
}

export interface TimeLeft {
  /** Seconds left now that this work is ahead; null where nothing is known yet. */
  update(ahead: readonly WorkAhead[], now: number): number | null;
  /** Tells that what comes next does not follow from the work so far: the time till then counts for nothing. */
  pause(): void;
}

/** Phases that were not seen yet count as the average of those that were. Times are in milliseconds. */
export function createTimeLeft(): TimeLeft {
  const rates = new Map<string, Rate>();
  let before: { readonly ahead: readonly WorkAhead[]; readonly at: number } | null = null;

  /** Shares the time between two updates among the phases whose work became less. */
  const learn = (ahead: readonly WorkAhead[], now: number): void => {
    if (!before) return;
    const left = new Map(ahead.map(({ phase, steps }) => [phase, steps]));
    const done = before.ahead
      .map(({ phase, steps }) => ({ phase, steps: steps - (left.get(phase) ?? 0) }))
      .filter(({ steps }) => steps > 0);
    const all = done.reduce((sum, { steps }) => sum + steps, 0);
    for (const { phase, steps } of done) {
      const rate = rates.get(phase) ?? { seconds: 0, steps: 0 };
      rates.set(phase, rate);
      // MEMORY ** steps, near enough, for fractions of steps too
      const kept = Math.max(0, 1 - (1 - MEMORY) * steps);
      rate.seconds = kept * rate.seconds + ((now - before.at) / 1000) * (steps / all);
      rate.steps = kept * rate.steps + steps;
    }
  };

  return {
    update(ahead, now) {
      learn(ahead, now);
      before = { ahead, at: now };
      const known = [...rates.values()];
      const steps = known.reduce((sum, rate) => sum + rate.steps, 0);
      if (steps === 0) return null;
      const average = known.reduce((sum, rate) => sum + rate.seconds, 0) / steps;
      return ahead.reduce((sum, { phase, steps: count }) => {
        const rate = rates.get(phase);
        return sum + count * (rate ? rate.seconds / rate.steps : average);
      }, 0);
    },
    pause() {
      before = null;
    },
  };
}
