// The images of a training, from where its settings say.
import type { Platform } from '../../runtime/platform.ts';
import { UserError } from '../errors.ts';
import { loadImages } from '../data/load.ts';
import type { TrainConfig } from './config.ts';
import type { TrainingImages } from './images.ts';
import { residentImages } from './resident_images.ts';

/** Throws UserError naming the file or folder that is missing or damaged. */
export async function loadTrainingImages(
  platform: Pick<Platform, 'files' | 'readAsset'>,
  config: TrainConfig,
): Promise<TrainingImages> {
  if (config.setting === 'imagenet') {
    throw new UserError(
      '--setting imagenet: reading ImageNet folders is not built yet; train with --setting cifar10',
    );
  }
  return residentImages(await loadImages(platform, config.data), config);
}
