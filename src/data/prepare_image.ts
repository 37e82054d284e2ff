// From a file's bytes to the square that the network sees: what a decoding worker does with a job.
import { createRng, STREAM } from '../core/rng.ts';
import { centerBox, randomBox, sampleBox } from './crop_image.ts';
import { DamagedImage, decodeImage } from './decode_image.ts';
import { jitterColor } from './jitter_color.ts';

export interface ImageJob {
  readonly path: string;
  /** Height and width wanted. */
  readonly size: number;
  /** How a training image is changed; null for evaluation. `view` numbers the views of all images. */
  readonly random: { readonly seed: number; readonly view: number; readonly colorJitter: number } | null;
}

/** (3,size,size) bytes, or why the file is no image. */
export type PreparedImage = { readonly pixels: Uint8Array<ArrayBuffer> } | { readonly damaged: string };

/** Random words that one view may use. */
const WORDS_PER_VIEW = 256;

export async function prepareImage(
  bytes: Uint8Array<ArrayBuffer>,
  { size, random }: Omit<ImageJob, 'path'>,
): Promise<PreparedImage> {
  try {
    const image = await decodeImage(bytes);
    const { width, height } = image;
    if (!random) return { pixels: sampleBox(image, centerBox(width, height, size), size, false) };
    const rng = createRng(random.seed, STREAM.imageCrop, random.view * WORDS_PER_VIEW);
    const pixels = sampleBox(image, randomBox(width, height, rng), size, true);
    jitterColor(pixels, random.colorJitter, rng);
    return { pixels };
  } catch (error) {
    if (error instanceof DamagedImage) return { damaged: error.message };
    throw error;
  }
}
