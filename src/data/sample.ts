// The sample of CIFAR-10 that comes with the program (src/data/sample/): 1,000 training and 250 test images.

import { cifar10Dataset, parseRecords } from './cifar10.ts';
import type { Dataset } from './dataset.ts';

/** The sample's two files, relative to its folder. */
export const SAMPLE_FILES = { train: 'train.bin', test: 'test.bin' } as const;

/** The sample from the contents of its two files. */
export function parseSample(train: Uint8Array, test: Uint8Array): Dataset {
  return cifar10Dataset(
    parseRecords(train, `sample ${SAMPLE_FILES.train}`),
    parseRecords(test, `sample ${SAMPLE_FILES.test}`),
  );
}
