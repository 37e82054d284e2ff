// The images of a run: the sample that comes with the program, or a CIFAR-10 directory.
import type { Platform } from '../../runtime/host/platform.ts';
import { type Cifar10, loadCifar10 } from './cifar10.ts';
import { parseSample, SAMPLE_FILES } from './sample.ts';

/**
 * @param data 'sample' or a directory
 * Throws UserError naming the file that is missing or damaged.
 */
export async function loadImages(
  platform: Pick<Platform, 'files' | 'readAsset'>,
  data: string,
): Promise<Cifar10> {
  if (data !== 'sample') return loadCifar10(platform.files, data);
  const read = (name: string) => platform.readAsset(`sample/${name}`);
  return parseSample(await read(SAMPLE_FILES.train), await read(SAMPLE_FILES.test));
}
