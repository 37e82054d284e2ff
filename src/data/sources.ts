// What images are read with, and how.
import type { Platform } from '../../runtime/host/platform.ts';
import type { ImageDecoder } from './image_stream.ts';

/** What images are read with. */
export interface DataSources extends Pick<Platform, 'files' | 'readAsset'> {
  /** Starts what decodes image files beside the main thread; unless given, that does it. */
  openDecoder?(): ImageDecoder;
  /** Hears of images that are read, where that takes its time; what it throws ends the reading. */
  reading?(done: number, total: number): void;
}

/** How images are read from a folder or a file. */
export interface LoadOptions {
  /** What images are brought to: height and width. Their own unless given, where all have the same. */
  readonly imageSize?: number | undefined;
  /** Hears of damaged images, which are left out; unless given, one is an error. */
  readonly damaged?: ((path: string, reason: string) => void) | undefined;
}
