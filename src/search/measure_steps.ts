// How long steps of a search take on an adapter, measured before the search.
import type { Device } from '../../runtime/engine/engine.ts';
import type { PerStep } from './plan_cost.ts';
import { rehearse } from './rehearsal.ts';
import type { SearchPlan } from './session.ts';

/** Steps that compile what they need and are not timed; then at least so many, and for so many milliseconds. */
const WARM_UP = 4;
const LEAST_STEPS = 8;
const LEAST_MS = 3000;

/**
 * Milliseconds of a step of each kind, averaged over random architectures, on images of no meaning.
 * @param images training images of the data set
 * @param report hears of each kind of step while it is measured: of 0 to 1 how much is done
 * @param leastMs for how many milliseconds each kind is repeated at least
 */
export async function measureSteps(
  engine: Device,
  plan: SearchPlan,
  images: number,
  now: () => number,
  report: (done: number) => void,
  leastMs = LEAST_MS,
): Promise<PerStep> {
  const steps = await rehearse(engine, plan, images, now);
  const ms = { weights: 0, policy: 0 };
  for (const phase of ['weights', 'policy'] as const) {
    for (let step = 0; step < WARM_UP; step++) await steps[phase](step);
    await engine.idle();
    const began = now();
    let step = 0;
    for (; step < LEAST_STEPS || now() - began < leastMs; step++) {
      await steps[phase](WARM_UP + step);
      // else the clock would see the submission of steps alone, and the queue would grow
      if (step % LEAST_STEPS === LEAST_STEPS - 1) await engine.idle();
      const share = Math.min(1, step / LEAST_STEPS, (now() - began) / leastMs);
      report((phase === 'policy' ? 0.5 : 0) + share / 2);
    }
    await engine.idle();
    ms[phase] = (now() - began) / step;
  }
  return ms;
}
