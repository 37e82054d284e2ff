// What an experiment is: architectures x methods x seeds. A method is a policy learner and how architectures are
// derived with it, or '/', the architecture as it is (the paper's sign for it).
import type { DeriveConfig } from '../derive/config.ts';
import type { SettingName } from '../networks/macro_setting.ts';
import type { Blueprint } from '../networks/registry.ts';
import type { SearchConfig } from '../search/config.ts';
import type { LearnerKind } from '../search/learners.ts';
import type { TrainConfig } from '../train/config.ts';

/** The name of the method that changes nothing. */
export const UNCHANGED = '/';

/** A search without what the grid varies. */
export type SearchSettings = Omit<SearchConfig, 'policy' | 'seed'>;

/** A training without what the grid varies. */
export type TrainSettings = Omit<TrainConfig, 'arch' | 'seed'>;

/** A transformation without what the grid varies, and without what depends on the machine. */
export type DeriveSettings = Omit<DeriveConfig, 'method' | 'seed' | 'maxLatency'>;

export interface LearningMethod {
  readonly name: string;
  /** Null for '/'. */
  readonly learner: { readonly policy: LearnerKind; readonly derive: 'sample' | 'max' } | null;
}

export interface Subject {
  readonly label: string;
  readonly blueprint: Blueprint;
  /** Of cell networks whose sizes are not those of the setting. */
  readonly sizes: { readonly channels?: number; readonly layers?: number };
  readonly methods: readonly LearningMethod[];
  readonly search: SearchSettings;
  readonly derive: DeriveSettings;
  /** Null where it is not trained from scratch. */
  readonly train: TrainSettings | null;
  /** Accuracies that the paper prints, by method. */
  readonly published: Readonly<Record<string, string>>;
}

export interface Experiment {
  readonly name: string;
  readonly description: string;
  /** Of the networks: their costs, and the images that they are trained on. */
  readonly setting: SettingName;
  readonly seeds: readonly number[];
  readonly subjects: readonly Subject[];
  /** The file's contents, as given. */
  readonly source: object;
}

/** A label as part of a file name. */
export const slug = (label: string): string =>
  label === UNCHANGED
    ? 'unchanged'
    : label
        .replace(/\+/g, 'p')
        .replace(/[^A-Za-z0-9]+/g, '_')
        .replace(/^_|_$/g, '');
