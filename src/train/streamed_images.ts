// A data set too large for the GPU, streamed from image files: ImageNet. A batch's bytes go to the GPU as they are;
// flip, cutout and normalisation happen there.
import type { Augmentation } from '../data/augment.ts';
import { recordFeed } from '../data/feed.ts';
import { IMAGENET_NORMALISATION, type ImageFolder } from '../data/image_folder.ts';
import { type ImageDecoder, type StreamOptions, streamImages } from '../data/image_stream.ts';
import { recordOfFolder } from '../data/dataset_record.ts';
import { epochOrder } from '../data/order.ts';
import { RunError } from '../../runtime/errors.ts';
import { type Rng, STREAM, stepRng } from '../core/rng.ts';
import { inOrder } from '../core/step.ts';
import type { TrainConfig } from './config.ts';
import type { Batches, TrainingImages } from './images.ts';

/** Batches that are decoded before they are needed. */
const AHEAD = 2;

/** @param report hears of damaged images that are left out, once each */
export function streamedImages(
  { classNames, train, test }: ImageFolder,
  config: Pick<TrainConfig, 'seed' | 'batch' | 'imageSize' | 'cutout' | 'colorJitter' | 'onDamaged'>,
  decoder: ImageDecoder,
  report: (path: string, reason: string) => void,
): TrainingImages {
  const { seed, batch, imageSize, colorJitter } = config;
  const augmentation: Augmentation = { padding: 0, flip: true, cutout: config.cutout };
  const reported = new Set<string>();
  const common = {
    decoder,
    batch,
    imageSize,
    ahead: AHEAD,
    skipDamaged: config.onDamaged === 'skip',
    damaged(path: string, reason: string) {
      if (!reported.has(path)) report(path, reason);
      reported.add(path);
    },
  };
  const rows = Int32Array.from({ length: batch }, (_, n) => n);

  return {
    classNames,
    format: { classes: classNames.length, channels: 3, imageSize, ...IMAGENET_NORMALISATION },
    describe: () => recordOfFolder({ classNames, train, test }, imageSize),
    trainCount: train.count,
    testCount: test.count,
    close: () => decoder.close(),
    record(engine, { images, targets }) {
      const shape = { images: batch, batch, imageSize };
      const feed = recordFeed(engine, shape, images, targets, augmentation, IMAGENET_NORMALISATION);
      const batchesOf = (
        part: Pick<StreamOptions, 'count' | 'jobOf' | 'labelOf'>,
        rngOf: (index: number) => Rng | null,
      ): Batches => {
        const stream = streamImages({ ...common, ...part });
        let index = 0;
        return {
          async next() {
            const { size, live, ...bytes } = await stream.next();
            const rng = rngOf(index++);
            if (live === 0 && rng)
              throw new RunError('every image of a batch is damaged; look at the images');
            return { size, live, fill: inOrder(feed.load(bytes), feed.batch(rows, rng)) };
          },
          close: () => stream.close(),
        };
      };
      return {
        load: inOrder(),
        trainBatches(epoch, firstStep, steps) {
          const all = Int32Array.from({ length: train.count }, (_, i) => i);
          const order = epochOrder(all, seed, STREAM.shuffleTrain, epoch).subarray(
            firstStep * batch,
            steps * batch,
          );
          const jobOf = (i: number) => ({
            path: train.pathOf(order[i]!),
            size: imageSize,
            random: { seed, view: epoch * train.count + order[i]!, colorJitter },
          });
          const part = { count: order.length, jobOf, labelOf: (i: number) => train.labelOf(order[i]!) };
          return batchesOf(part, (i) => stepRng(seed, STREAM.augment, epoch * steps + firstStep + i));
        },
        testBatches() {
          const jobOf = (i: number) => ({ path: test.pathOf(i), size: imageSize, random: null });
          return batchesOf({ count: test.count, jobOf, labelOf: test.labelOf }, () => null);
        },
      };
    },
  };
}
