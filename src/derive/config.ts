// The settings of a transformation, each declared once.
import type { SettingTable, SettingValues } from '../settings/table.ts';

/** Budgets are for the CIFAR-10 network of 36 channels and 20 cells that the transformed architecture stands for. */
export const DERIVE_SETTINGS = {
  method: {
    type: 'string',
    choices: ['sample', 'max'],
    default: 'sample',
    help: 'sample candidates and keep the most accurate, or take the most probable action on every edge',
  },
  candidates: { type: 'integer', min: 1, default: 10, help: 'how many are sampled' },
  seed: { type: 'integer', min: 0, default: 0, help: 'of the sampling' },
  selectImages: {
    type: 'integer',
    min: 0,
    default: 0,
    help: 'how many of the images that trained theta choose among the candidates; 0 for all',
  },
  testImages: {
    type: 'integer',
    min: 0,
    default: 0,
    help: 'on how many test images, which choose nothing, the result is reported; 0 for all',
  },
  maxParams: { type: 'integer', min: 0, help: 'the result has at most so many parameters' },
  maxMadds: { type: 'integer', min: 0, help: 'the result has at most so many multiply-adds' },
  maxLatency: {
    type: 'number',
    min: 0,
    help: 'the result takes at most so many ms an image, by operations measured on this adapter (RUN/latency.json)',
  },
} as const satisfies SettingTable;

export type DeriveConfig = SettingValues<typeof DERIVE_SETTINGS>;

/** On which images architectures are judged. */
export type JudgingImages = Pick<DeriveConfig, 'selectImages' | 'testImages'>;

/** What the transformed network may cost at most. */
export type Budgets = Pick<DeriveConfig, 'maxParams' | 'maxMadds' | 'maxLatency'>;
