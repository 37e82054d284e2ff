// From the data set's bytes on the GPU to the next batch. The images lie in as many shards as the adapter's largest
// binding demands; a step writes 80 bytes a sample and replays one command a shard.
import type { Engine, Region } from '../../runtime/engine/engine.ts';
import { ShapeError } from '../../runtime/errors.ts';
import { createTensor } from '../core/allocator.ts';
import type { Rng } from '../core/rng.ts';
import { expectShape } from '../ops/shapes.ts';
import { type Step, type Write, writesOnly } from '../core/step.ts';
import type { Tensor } from '../core/tensor.ts';
import {
  type Augmentation,
  CROP_AND_FLIP,
  newSamples,
  placeAugmented,
  placeUnchanged,
  SAMPLE_WORDS,
} from './augment.ts';
import { CIFAR10_FORMAT } from './cifar10.ts';
import type { Normalisation } from './dataset.ts';

export interface FeedShape {
  /** Images in the data set. */
  readonly images: number;
  readonly batch: number;
  /** Width and height of an image. */
  readonly imageSize: number;
  /** 3 unless given, or 1. */
  readonly channels?: number;
}

/** Bytes of images (N,C,S,S) and their classes. */
export interface LabelledImages {
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: ArrayLike<number>;
}

/** Brings images to the device, batch by batch, normalised and, where wanted, changed at random. */
export interface Feed {
  /** Brings the data set to the GPU: once, or with every batch where it is streamed. */
  load(set: LabelledImages): Step;
  /** Fills the batch with these images; `rng` draws their augmentation, null leaves them as they are. */
  batch(indices: Int32Array, rng: Rng | null): Step;
}

interface Shard {
  readonly bytes: Region;
  readonly first: number;
  readonly count: number;
}

function allocateShards(engine: Engine, images: number, imageBytes: number): Shard[] {
  const { maxBindingBytes, maxBufferBytes } = engine.limits;
  const most = Math.floor(Math.min(maxBindingBytes, maxBufferBytes) / imageBytes);
  const shards: Shard[] = [];
  for (let first = 0; first < images; first += most) {
    const count = Math.min(most, images - first);
    // Whole words: an image of an odd size may begin inside one.
    const bytes = Math.ceil((count * imageBytes) / 4) * 4;
    const buffer = engine.createBuffer(`images from ${first}`, bytes);
    shards.push({ bytes: { buffer, offset: 0, bytes }, first, count });
  }
  return shards;
}

/** Records the feed of `batch` images (N,C,S,S), normalised, and of their classes `targets` (N), i32. */
export function recordFeed(
  engine: Engine,
  { images, batch, imageSize, channels = 3 }: FeedShape,
  y: Tensor,
  targets: Tensor,
  augmentation: Augmentation = CROP_AND_FLIP,
  { mean, deviation }: Normalisation = CIFAR10_FORMAT,
): Feed {
  expectShape('feed', 'images', y, [batch, channels, imageSize, imageSize]);
  expectShape('feed', 'targets', targets, [batch]);
  const imageBytes = channels * imageSize * imageSize;
  const shards = allocateShards(engine, images, imageBytes);
  const labels = createTensor(engine, 'labels', [images], 'i32');
  const samples = createTensor(engine, 'samples', [batch, SAMPLE_WORDS]);
  const normalise: Record<string, number> = {};
  for (let c = 0; c < 3; c++) {
    // a grey image has no second and no third
    const [center, scale] = c < channels ? [mean[c]!, deviation[c]!] : [0, 1];
    normalise[`scale${c}`] = 1 / (255 * scale);
    normalise[`shift${c}`] = -center / scale;
  }
  const commands = shards.map(({ bytes, first, count }) =>
    engine.record({
      kernel: 'augment',
      bind: { bytes, labels, samples, y, targets },
      params: { n: batch, size: imageSize, channels, first, count, ...normalise },
      threads: [batch * imageSize * Math.ceil(imageSize / 4)],
    }),
  );
  const rows = newSamples(batch);

  function load(set: LabelledImages): Step {
    if (set.labels.length !== images || set.images.length !== images * imageBytes) {
      throw new ShapeError(
        `feed: got ${set.labels.length} labels and ${set.images.length} bytes of images, ` +
          `expected ${images} and ${images * imageBytes}`,
      );
    }
    const bytesOf = ({ bytes, first, count }: Shard): Write => {
      const part = set.images.subarray(first * imageBytes, (first + count) * imageBytes);
      if (part.length === bytes.bytes) return { region: bytes, data: part };
      const padded = new Uint8Array(bytes.bytes);
      padded.set(part);
      return { region: bytes, data: padded };
    };
    return writesOnly(...shards.map(bytesOf), { region: labels, data: Int32Array.from(set.labels) });
  }

  function batchOf(indices: Int32Array, rng: Rng | null): Step {
    if (indices.length !== batch)
      throw new ShapeError(`feed: got ${indices.length} indices, expected ${batch}`);
    for (let n = 0; n < batch; n++) {
      const index = indices[n]!;
      if (!(index >= 0 && index < images))
        throw new ShapeError(`feed: got index ${index}, expected 0 to ${images - 1}`);
      if (rng) placeAugmented(rows, n, index, imageSize, augmentation, rng);
      else placeUnchanged(rows, n, index);
    }
    return { writes: [{ region: samples, data: rows.words.slice() }], commands: [commands] };
  }

  return { load, batch: batchOf };
}
