// How long a step of a training and a batch of an evaluation take on an adapter, measured before the training.
import type { Device } from '../../runtime/engine/engine.ts';
import { runSteps } from '../core/step.ts';
import { stepsPerEpoch } from '../data/order.ts';
import { type TrainingImages, withFirst } from './images.ts';
import { type TrainPlan, TrainSession } from './session.ts';

/** Steps that compile what they need and are not timed; then at least so many. */
const WARM_UP = 2;
const LEAST_STEPS = 4;

/** Milliseconds. */
export interface TrainingTimes {
  readonly step: number;
  readonly evaluation: number;
}

/** @param ms for how many milliseconds each is repeated at least */
export async function measureTraining(
  engine: Device,
  plan: TrainPlan,
  data: TrainingImages,
  now: () => number,
  ms: number,
): Promise<TrainingTimes> {
  const session = await TrainSession.open(engine, plan);
  const { config, program } = session;
  const steps = stepsPerEpoch(data.trainCount, config.batch, config.maxSteps);
  const time = async (run: (number: number) => Promise<void>): Promise<number> => {
    for (let i = 0; i < WARM_UP; i++) await run(i);
    await engine.idle();
    const began = now();
    let count = 0;
    for (; count < LEAST_STEPS || now() - began < ms; count++) {
      await run(count);
      // else the clock would see the submission alone
      await engine.idle();
    }
    return (now() - began) / count;
  };
  let batches = program.feed.trainBatches(0, 0, steps);
  let taken = 0;
  const step = await time(async (number) => {
    if (taken === steps) {
      batches.close();
      batches = program.feed.trainBatches(0, 0, steps);
      taken = 0;
    }
    taken++;
    session.step(await batches.next(), number, config.lr, 1);
  });
  batches.close();
  const evaluation = await time(() =>
    withFirst(program.feed.testBatches(), async (batch) => runSteps(engine, program.evaluate(batch))),
  );
  return { step, evaluation };
}
