// What an experiment is: architectures x methods x seeds. A method is a policy learner and how architectures are
// derived with it, or '/', the architecture as it is (the paper's sign for it).
import { formatJson } from '../io/json.ts';
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
export type DeriveSettings = Omit<DeriveConfig, 'seed' | 'maxLatency'>;

/** How a method transforms an architecture. */
export interface Learner {
  readonly policy: LearnerKind;
  readonly search: SearchSettings;
  readonly derive: DeriveSettings;
}

/** A method as it is applied to one architecture: the experiment's settings, then the architecture's, then its own. */
export interface Method {
  readonly name: string;
  /** Null for '/'. */
  readonly learner: Learner | null;
  /** Null where the result is not trained from scratch. */
  readonly train: TrainSettings | null;
}

export interface Subject {
  /** Of its row in the table: the mean of all architectures of that label. */
  readonly label: string;
  /** Its own, in the names of files. */
  readonly name: string;
  /** Its number among the architectures of its label, from 0 on. */
  readonly member: number;
  readonly blueprint: Blueprint;
  /** Of cell networks whose sizes are not those of the setting. */
  readonly sizes: { readonly channels?: number; readonly layers?: number };
  readonly methods: readonly Method[];
  /** Accuracies that the paper prints, by method. */
  readonly published: Readonly<Record<string, string>>;
}

/** What an experiment is to show, decided before it runs: on one label's architectures a method beats another. */
export interface Hypothesis {
  readonly claim: string;
  /** A label. */
  readonly architecture: string;
  readonly method: string;
  /** The method that it is compared with. */
  readonly over: string;
  /** On test images: under the shared weights, or after training from scratch. */
  readonly accuracy: 'shared' | 'top1';
  /** Points by which it may be worse: above 0, the claim is that it is not worse by so much. */
  readonly margin: number;
}

export interface Experiment {
  readonly name: string;
  readonly description: string;
  /** Of the networks: their costs, and the images that they are trained on. */
  readonly setting: SettingName;
  readonly seeds: readonly number[];
  readonly subjects: readonly Subject[];
  /** In the order in which they are tested. */
  readonly hypotheses: readonly Hypothesis[];
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

/** The name of an experiment's definition in its folder. */
export const DEFINITION = 'experiment.json';

/** Its contents: all that runs need, without the file that the user wrote. */
export function formatDefinition({ source: _, ...definition }: Experiment): string {
  return formatJson(definition, DEFINITION);
}
