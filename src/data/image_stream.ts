// Batches of images that are decoded while earlier ones are used. At most `ahead` batches are prepared in advance,
// into buffers that are used again and again, so memory stays the same however many images there are.
import { UserError } from '../../runtime/errors.ts';
import type { ImageJob, PreparedImage } from './prepare_image.ts';

/** Prepares images beside the main thread. */
export interface ImageDecoder {
  decode(job: ImageJob): Promise<PreparedImage>;
  close(): Promise<void>;
}

export interface StreamedBatch {
  /** (batch,3,S,S); valid until the next batch is asked for. */
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
  /** Images asked for. */
  readonly size: number;
  /** Of these, how many could be decoded: they come first. The other rows repeat them. */
  readonly live: number;
}

export interface ImageStream {
  next(): Promise<StreamedBatch>;
  /** Forgets what was prepared. */
  close(): void;
}

export interface StreamOptions {
  readonly decoder: ImageDecoder;
  readonly batch: number;
  readonly imageSize: number;
  /** Batches prepared in advance. */
  readonly ahead: number;
  /** The images in their order; the last batch may be smaller than the others. */
  readonly count: number;
  jobOf(index: number): ImageJob;
  labelOf(index: number): number;
  /** Whether a damaged image is left out; otherwise it ends the stream. */
  readonly skipDamaged: boolean;
  /** Hears of a damaged image that is left out. */
  damaged(path: string, reason: string): void;
}

interface Slot {
  readonly images: Uint8Array<ArrayBuffer>;
  readonly labels: Int32Array<ArrayBuffer>;
}

/** Rejects with UserError for a damaged image that must not be left out. */
export function streamImages(options: StreamOptions): ImageStream {
  const { decoder, batch, imageSize, ahead, count, jobOf, labelOf, skipDamaged } = options;
  const imageBytes = 3 * imageSize * imageSize;
  // those in preparation, and the one in use
  const slots: Slot[] = Array.from({ length: ahead + 1 }, () => ({
    images: new Uint8Array(batch * imageBytes),
    labels: new Int32Array(batch),
  }));
  const prepared: Promise<StreamedBatch>[] = [];
  let first = 0;
  let started = 0;

  async function prepare(begin: number, size: number, { images, labels }: Slot): Promise<StreamedBatch> {
    const jobs = Array.from({ length: size }, (_, n) => jobOf(begin + n));
    const row = (n: number) => n * imageBytes;
    const damage = await Promise.all(
      jobs.map(async (job, n) => {
        const result = await decoder.decode(job);
        if ('damaged' in result) return result.damaged;
        images.set(result.pixels, row(n));
        return null;
      }),
    );
    let live = 0;
    damage.forEach((reason, n) => {
      if (reason === null) {
        if (n !== live) images.copyWithin(row(live), row(n), row(n + 1));
        labels[live++] = labelOf(begin + n);
        return;
      }
      const { path } = jobs[n]!;
      if (!skipDamaged) {
        throw new UserError(
          `image ${path} is damaged: ${reason}; remove it, or leave such images out with --on-damaged skip`,
        );
      }
      options.damaged(path, reason);
    });
    for (let n = live; n < batch && live > 0; n++) {
      images.copyWithin(row(n), row(n % live), row((n % live) + 1));
      labels[n] = labels[n % live]!;
    }
    return { images, labels, size, live };
  }

  return {
    next() {
      while (prepared.length <= ahead && first < count) {
        const size = Math.min(batch, count - first);
        const promise = prepare(first, size, slots[started++ % slots.length]!);
        // a rejection is reported when its batch is asked for
        promise.catch(() => {});
        prepared.push(promise);
        first += size;
      }
      const batchPromise = prepared.shift();
      if (!batchPromise) throw new Error('internal: the stream of images is at its end');
      return batchPromise;
    },
    close() {
      prepared.length = 0;
      first = count;
    },
  };
}
