// The images of a training, from where its settings say.
import { listImageFolder } from '../data/image_folder.ts';
import type { ImageDecoder } from '../data/image_stream.ts';
import { loadImages } from '../data/load.ts';
import type { DataSources } from '../data/sources.ts';
import { UserError } from '../../runtime/errors.ts';
import type { TrainConfig } from './config.ts';
import type { TrainingImages } from './images.ts';
import { residentImages } from './resident_images.ts';
import { streamedImages } from './streamed_images.ts';

export interface ImageSources extends DataSources {
  /** Starts what decodes image files. */
  openDecoder(): ImageDecoder;
  /** Hears of damaged images that are left out, once each. */
  damaged(path: string, reason: string): void;
}

/** Throws UserError naming the file or folder that is missing or damaged. */
export async function loadTrainingImages(
  sources: ImageSources,
  config: TrainConfig,
): Promise<TrainingImages> {
  if (config.setting === 'cifar10') {
    const { imageSize, onDamaged } = config;
    const damaged = onDamaged === 'skip' ? sources.damaged : undefined;
    return residentImages(await loadImages(sources, config.data, { imageSize, damaged }), config);
  }
  if (config.data === 'sample') {
    throw new UserError(
      "--data: got 'sample', which holds CIFAR-10 images; for --setting imagenet expected a folder with train/CLASS/ " +
        'and val/CLASS/',
    );
  }
  const folder = await listImageFolder(sources.files, config.data);
  return streamedImages(folder, config, sources.openDecoder(), sources.damaged);
}

/** Does the work with the images, and ends what loads them however the work ends. */
export async function withTrainingImages<T>(
  sources: ImageSources,
  config: TrainConfig,
  work: (data: TrainingImages) => Promise<T>,
): Promise<T> {
  const data = await loadTrainingImages(sources, config);
  try {
    return await work(data);
  } finally {
    await data.close();
  }
}
