// A data set that lies on the GPU as bytes, whole: CIFAR-10.
import type { Augmentation } from '../data/augment.ts';
import { type Cifar10, CLASS_NAMES, IMAGE_SIZE, type ImageSet } from '../data/cifar10.ts';
import { recordFeed } from '../data/feed.ts';
import { epochOrder } from '../data/order.ts';
import { STREAM, stepRng } from '../core/rng.ts';
import { inOrder } from '../core/step.ts';
import type { TrainConfig } from './config.ts';
import type { TrainingImages } from './images.ts';

/** CIFAR-10 images as `config` wants them: cropped and flipped at random, with cutout. */
export function residentImages(
  { train, test }: Cifar10,
  config: Pick<TrainConfig, 'seed' | 'batch' | 'cutout'>,
): TrainingImages {
  const { seed, batch } = config;
  const trainCount = train.labels.length;
  const testCount = test.labels.length;
  const augmentation: Augmentation = { padding: 4, flip: true, cutout: config.cutout };
  return {
    classNames: CLASS_NAMES,
    imageSize: IMAGE_SIZE,
    trainCount,
    testCount,
    close: async () => {},
    record(engine, { images, targets }, training) {
      const feedOf = ({ labels }: ImageSet) =>
        recordFeed(
          engine,
          { images: labels.length, batch, imageSize: IMAGE_SIZE },
          images,
          targets,
          augmentation,
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
