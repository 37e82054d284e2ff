// The batches of a training: drawn from arrays in the order of an epoch, or taken from whatever gives them.
import type { Engine } from '../../runtime/engine/engine.ts';
import { UserError } from '../../runtime/errors.ts';
import { type Augmentation, placeAugmented } from '../data/augment.ts';
import { epochOrder, stepsPerEpoch } from '../data/order.ts';
import { type LabelledImages, recordFeed } from '../data/feed.ts';
import { type Rng, STREAM, stepRng } from '../core/rng.ts';
import { type Step, writesOnly } from '../core/step.ts';
import type { Tensor } from '../core/tensor.ts';
import { BatchWriter, countImages, type ImageArrays, type ImageBatches, type ImageFormat } from './images.ts';

/** Where a batch lies. */
export interface BatchPlace {
  /** (N,C,H,W). */
  readonly images: Tensor;
  /** (N), i32. */
  readonly targets: Tensor;
}

export interface TrainingBatches {
  /** Steps of an epoch; null where only its end tells. */
  readonly steps: number | null;
  /** Records on an engine what fills the place. */
  record(engine: Engine, place: BatchPlace): RecordedBatches;
}

export interface RecordedBatches {
  /** Brings to the device what stays there: once. */
  readonly load: Step;
  /** What fills the place with the batches of an epoch, from step `first` on. A step runs before the next is asked for. */
  epoch(epoch: number, first: number): AsyncIterable<Step>;
}

export interface BatchSettings {
  readonly batch: number;
  readonly seed: number;
  readonly format: ImageFormat;
  /** What arrays of images are changed by; null for nothing. */
  readonly augmentation: Augmentation | null;
}

const NOTHING: Step = writesOnly();

const UNCHANGED: Augmentation = { padding: 0, flip: false, cutout: 0 };

/** Bytes of images that stay on the device; what is larger is sent batch by batch. */
const MOST_RESIDENT = 2 ** 30;

const write = ({ images, targets }: BatchWriter, place: BatchPlace): Step =>
  writesOnly({ region: place.images, data: images }, { region: place.targets, data: targets });

/**
 * All images in an order that follows from seed and epoch. An epoch has whole batches only: the images that are left
 * over, others in every epoch, are left out. Throws UserError where there are fewer than a batch.
 */
export function arrayBatches(arrays: ImageArrays, settings: BatchSettings): TrainingBatches {
  const { batch, seed, format, augmentation } = settings;
  const [channels, height, width] = format.shape;
  const count = countImages(arrays, format, true);
  const steps = stepsPerEpoch(count, batch, 0);
  if (steps === 0) throw new UserError(`fit: got batch ${batch}, but there are only ${count} images`);
  if (augmentation && height !== width) {
    throw new UserError(
      `fit: got images of ${height}x${width}, expected square ones for augmentation; leave it out`,
    );
  }
  const { images, labels } = arrays;
  const ofFeed = (channels === 1 || channels === 3) && height === width && images.length <= MOST_RESIDENT;
  const fill =
    ofFeed && images instanceof Uint8Array && labels
      ? residentFill({ images, labels }, count, settings)
      : writtenFill(arrays, settings);
  return {
    steps,
    record(engine, place) {
      const { load, step: stepOf } = fill(engine, place);
      return {
        load,
        async *epoch(epoch, first) {
          const all = Int32Array.from({ length: count }, (_, i) => i);
          const order = epochOrder(all, seed, STREAM.shuffleTrain, epoch);
          for (let step = first; step < steps; step++) {
            const indices = order.subarray(step * batch, (step + 1) * batch);
            yield stepOf(indices, augmentation && stepRng(seed, STREAM.augment, epoch * steps + step));
          }
        },
      };
    },
  };
}

/** Fills a batch with images by their numbers; `rng` draws how they are changed. */
type Fill = (
  engine: Engine,
  place: BatchPlace,
) => { readonly load: Step; step(indices: Int32Array, rng: Rng | null): Step };

/** From bytes that lie on the device. */
const residentFill =
  (set: LabelledImages, count: number, { batch, format, augmentation }: BatchSettings): Fill =>
  (engine, { images, targets }) => {
    const [channels, imageSize] = format.shape;
    const shape = { images: count, batch, channels, imageSize };
    const changes = augmentation ?? UNCHANGED;
    const feed = recordFeed(engine, shape, images, targets, changes, format.normalisation);
    return { load: feed.load(set), step: feed.batch };
  };

/** From the host, batch by batch. */
const writtenFill =
  (arrays: ImageArrays, { batch, format, augmentation }: BatchSettings): Fill =>
  (_, place) => {
    const writer = new BatchWriter(batch, format);
    const [, , width] = format.shape;
    return {
      load: NOTHING,
      step(indices, rng) {
        for (const [row, index] of indices.entries()) {
          if (augmentation && rng) {
            placeAugmented(writer.sample, 0, index, width, augmentation, rng);
            writer.copyAugmented(row, arrays, index);
          } else writer.copy(row, arrays, index);
        }
        return write(writer, place);
      },
    };
  };

/**
 * Batches as they come; `of` is asked anew for every epoch. Smaller ones are left out, since a step is recorded for one
 * size. Throws UserError for larger ones, and where an epoch has none.
 */
export function givenBatches(of: (epoch: number) => ImageBatches, settings: BatchSettings): TrainingBatches {
  const { batch, format } = settings;
  const writer = new BatchWriter(batch, format);
  return {
    steps: null,
    record: (_, place) => ({
      load: NOTHING,
      async *epoch(epoch, first) {
        let step = 0;
        for await (const arrays of of(epoch)) {
          const count = countImages(arrays, format, true);
          if (count > batch)
            throw new UserError(`fit: got a batch of ${count} images, expected ${batch}: set batch`);
          if (count < batch || step++ < first) continue;
          for (let row = 0; row < batch; row++) writer.copy(row, arrays, row);
          yield write(writer, place);
        }
        if (step === 0) {
          throw new UserError(
            `fit: epoch ${epoch} had no batch of ${batch} images; give a function of the epoch where images can be read but once`,
          );
        }
      },
    }),
  };
}
