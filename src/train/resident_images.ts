// A data set that lies on the GPU as bytes, whole: CIFAR-10, and whatever is as small.
import type { Augmentation } from '../data/augment.ts';
import type { Dataset, ImageSet } from '../data/dataset.ts';
import { recordOf } from '../data/dataset_record.ts';
import { recordFeed } from '../data/feed.ts';
import { epochOrder } from '../data/order.ts';
import { STREAM, stepRng } from '../core/rng.ts';
import { inOrder } from '../core/step.ts';
import type { TrainConfig } from './config.ts';
import type { TrainingImages } from './images.ts';

/**
 * Images as `config` wants them: cropped and flipped at random, with cutout; normalised as in the run, where it remembers
 * how.
 */
export function residentImages(
  dataset: Dataset,
  config: Pick<TrainConfig, 'seed' | 'batch' | 'cutout' | 'dataset'>,
): TrainingImages {
  const { classNames, format, train, test } = dataset;
  const { seed, batch, dataset: normalisation = format } = config;
  const trainCount = train.labels.length;
  const testCount = test.labels.length;
  const augmentation: Augmentation = { padding: 4, flip: true, cutout: config.cutout };
  return {
    classNames,
    format,
    describe: () => recordOf(dataset),
    trainCount,
    testCount,
    close: async () => {},
    record(engine, { images, targets }, training) {
      const feedOf = ({ labels }: ImageSet) =>
        recordFeed(
          engine,
          { images: labels.length, batch, ...format },
          images,
          targets,
          augmentation,
          normalisation,
        );
      const trainFeed = training ? feedOf(train) : null;
      const testFeed = feedOf(test);
      return {
        load: inOrder(...(trainFeed ? [trainFeed.load(train)] : []), testFeed.load(test)),
        trainBatches(epoch, firstStep, steps) {
          const all = Int32Array.from({ length: trainCount }, (_, i) => i);
          const order = epochOrder(all, seed, STREAM.shuffleTrain, epoch);
          let step = firstStep;
          return {
            async next() {
              const indices = order.subarray(step * batch, (step + 1) * batch);
              const rng = stepRng(seed, STREAM.augment, epoch * steps + step);
              step++;
              return { size: batch, live: batch, fill: trainFeed!.batch(indices, rng) };
            },
            close: () => {},
          };
        },
        testBatches() {
          const indices = new Int32Array(batch);
          let first = 0;
          return {
            async next() {
              const live = Math.min(batch, testCount - first);
              for (let n = 0; n < batch; n++) indices[n] = first + Math.min(n, live - 1);
              first += live;
              return { size: live, live, fill: testFeed.batch(indices, null) };
            },
            close: () => {},
          };
        },
      };
    },
  };
}
