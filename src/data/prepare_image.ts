// From a file's bytes to the square that the network sees: what a decoding worker does with a job.
import { createRng, STREAM } from '../core/rng.ts';
import { centerBox, randomBox, sampleBox, squareBox } from './crop_image.ts';
import { DamagedImage, decodeImage } from './decode_image.ts';
import { jitterColor } from './jitter_color.ts';

export interface ImageJob {
  readonly path: string;
  /** The file's contents; unless given, they are read. */
  readonly bytes?: Uint8Array<ArrayBuffer>;
  /** Height and width wanted. */
  readonly size: number;
  /** How a training image is changed; null for evaluation. `view` numbers the views of all images. */
  readonly random: { readonly seed: number; readonly view: number; readonly colorJitter: number } | null;
  /** For evaluation: all of the largest square in the middle, in place of what ImageNet's evaluation crops. */
  readonly whole?: boolean;
}

/** (3,size,size) bytes, with the image's own width and height; or why the file is no image. */
export type PreparedImage =
  | { readonly pixels: Uint8Array<ArrayBuffer>; readonly width: number; readonly height: number }
  | { readonly damaged: string };

/** Random words that one view may use. */
const WORDS_PER_VIEW = 256;

export async function prepareImage(
  bytes: Uint8Array<ArrayBuffer>,
  { size, random, whole = false }: Omit<ImageJob, 'path' | 'bytes'>,
): Promise<PreparedImage> {
  try {
    const image = await decodeImage(bytes);
    const { width, height } = image;
    if (!random) {
      const box = whole ? squareBox(width, height) : centerBox(width, height, size);
      return { pixels: sampleBox(image, box, size, whole), width, height };
    }
    const rng = createRng(random.seed, STREAM.imageCrop, random.view * WORDS_PER_VIEW);
    const pixels = sampleBox(image, randomBox(width, height, rng), size, true);
    jitterColor(pixels, random.colorJitter, rng);
    return { pixels, width, height };
  } catch (error) {
    if (error instanceof DamagedImage) return { damaged: error.message };
    throw error;
  }
}
