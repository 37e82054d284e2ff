// The images that a network is trained on and tested with, and how batches of them get onto the GPU.
import type { Engine } from '../../runtime/engine/engine.ts';
import type { ImageFormat } from '../data/dataset.ts';
import type { DatasetRecord } from '../data/dataset_record.ts';
import type { Step } from '../core/step.ts';
import type { Tensor } from '../core/tensor.ts';

/** Where a batch lies: images (N,C,S,S), normalised, and their classes (N), i32. */
export interface BatchPlace {
  readonly images: Tensor;
  readonly targets: Tensor;
}

export interface Batch {
  /** Images of the data set that it stands for. */
  readonly size: number;
  /** How many of its first rows hold them; the others are padding, or stand in for damaged images. */
  readonly live: number;
  /** Fills the place of a batch with its images and their classes. */
  readonly fill: Step;
}

/** Batches in a fixed order. */
export interface Batches {
  /** The next batch; its bytes last until the one after it is asked for. */
  next(): Promise<Batch>;
  /** Stops what runs ahead. */
  close(): void;
}

/** Does something with the first of them, and stops the others. */
export async function withFirst<T>(batches: Batches, work: (batch: Batch) => Promise<T>): Promise<T> {
  try {
    return await work(await batches.next());
  } finally {
    batches.close();
  }
}

/** Recorded on one engine. */
export interface ImageFeed {
  /** Brings what stays on the GPU there: once. */
  readonly load: Step;
  /** Full batches of augmented images, in the order of an epoch, from a step on. */
  trainBatches(epoch: number, firstStep: number, steps: number): Batches;
  /** All test images in order, unaugmented; the last batch is padded. */
  testBatches(): Batches;
}

export interface TrainingImages {
  readonly classNames: readonly string[];
  readonly format: ImageFormat;
  readonly trainCount: number;
  readonly testCount: number;
  /** What a run remembers of them. */
  describe(): Promise<DatasetRecord | undefined>;
  /** Records what fills a batch. Without `training` only the test images are provided for. */
  record(engine: Engine, place: BatchPlace, training: boolean): ImageFeed;
  /** Ends what works in the background. */
  close(): Promise<void>;
}
