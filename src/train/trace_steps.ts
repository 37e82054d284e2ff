// A step of a training and the evaluation of a batch, traced.
import type { Device } from '../../runtime/engine/engine.ts';
import { TracingDevice } from '../../runtime/engine/tracing_device.ts';
import { runSteps } from '../core/step.ts';
import type { Network } from '../nn/network.ts';
import type { TracedStep } from '../run/trace.ts';
import type { TrainConfig } from './config.ts';
import { type Batch, type TrainingImages, withFirst } from './images.ts';
import { keepProbability, learningRate } from './schedule.ts';
import { planTraining, TrainSession } from './session.ts';

/** Steps before the one that is traced, so that what is made once is made. */
const WARM_UP = 2;

/** Traces a step of a training and, after it, the evaluation of the first test images. */
export async function traceTrainingSteps(
  device: Device,
  build: () => Network,
  data: TrainingImages,
  config: TrainConfig,
): Promise<TracedStep[]> {
  const tracer = new TracingDevice(device);
  const session = await TrainSession.open(tracer, planTraining(tracer, build, data, config));
  const { feed, evaluate } = session.program;
  const [lr, keep] = [learningRate(config, 0), keepProbability(config, 0)];
  const train = async (batch: Batch): Promise<void> => session.step(batch, 0, lr, keep);
  for (let step = 0; step < WARM_UP; step++) await withFirst(feed.trainBatches(0, 0, 1), train);
  const training = await withFirst(feed.trainBatches(0, 0, 1), (batch) => tracer.trace(() => train(batch)));
  const evaluation = await withFirst(feed.testBatches(), (batch) =>
    tracer.trace(async () => runSteps(tracer, evaluate(batch))),
  );
  return [
    { name: 'step of the training', commands: training },
    { name: 'evaluation of a batch', commands: evaluation },
  ];
}
