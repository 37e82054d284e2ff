// The images that a network is trained on and tested with, and how batches of them get onto the GPU.
import type { Command, Device, Engine } from '../../runtime/engine/engine.ts';
import type { Tensor } from '../core/tensor.ts';

/** Where a batch lies: images (N,3,S,S), normalised, and their classes (N), i32. */
export interface BatchPlace {
  readonly images: Tensor;
  readonly targets: Tensor;
}

export interface Batch {
  /** Images of the data set that it stands for. */
  readonly size: number;
  /** How many of its first rows hold them; the others are padding, or stand in for damaged images. */
  readonly live: number;
}

/** Batches in a fixed order. */
export interface Batches {
  /** Chooses the next batch, which the feed's commands then put in its place. */
  next(): Promise<Batch>;
  /** Stops what runs ahead. */
  close(): void;
}

/** Recorded on one engine. */
export interface ImageFeed {
  readonly train: readonly Command[];
  readonly test: readonly Command[];
  /** Brings what stays there to the GPU, once. */
  load(engine: Device): void;
  /** Full batches of augmented images, in the order of an epoch, from a step on. */
  trainBatches(engine: Device, epoch: number, firstStep: number, steps: number): Batches;
  /** All test images in order, unaugmented; the last batch is padded. */
  testBatches(engine: Device): Batches;
}

export interface TrainingImages {
  readonly classNames: readonly string[];
  readonly imageSize: number;
  readonly trainCount: number;
  readonly testCount: number;
  /** Records what fills a batch. Without `training` only the test images are provided for. */
  record(engine: Engine, place: BatchPlace, training: boolean): ImageFeed;
  /** Ends what works in the background. */
  close(): Promise<void>;
}
