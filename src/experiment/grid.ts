// The runs of an experiment and where they lie in its folder. A search is shared by all architectures with the same
// settings; every transformation of an architecture belongs to one search, every training to one seed.
import type { SearchConfig } from '../search/config.ts';
import { type Experiment, type LearningMethod, slug, type Subject } from './definition.ts';

/** An architecture as one method left it, with one seed. */
export interface Outcome {
  readonly subject: Subject;
  readonly method: LearningMethod;
  readonly seed: number;
  /** The search that its transformation is by; null for '/'. */
  readonly search: SearchJob | null;
  /** The file of the transformation; null for '/'. */
  readonly derivation: string | null;
  /** The run folder of its training; null where it is not trained. */
  readonly training: string | null;
}

export interface SearchJob {
  /** The run folder. */
  readonly dir: string;
  readonly config: SearchConfig;
}

export interface Grid {
  readonly searches: readonly SearchJob[];
  /** In the order of the table: architectures, their methods, seeds. */
  readonly outcomes: readonly Outcome[];
}

/** @param dir the folder of the experiment */
export function layOut({ subjects, seeds }: Experiment, dir: string): Grid {
  const searches = new Map<string, SearchJob>();
  const searchOf = (
    { search, label }: Subject,
    { learner }: LearningMethod,
    seed: number,
  ): SearchJob | null => {
    if (!learner) return null;
    const config: SearchConfig = { ...search, policy: learner.policy, seed };
    const key = JSON.stringify(config);
    // the architecture that is first to need it gives it its name
    const path = `${dir}/searches/${learner.policy}-${slug(label)}-seed${seed}`;
    const job = searches.get(key) ?? { dir: path, config };
    searches.set(key, job);
    return job;
  };
  const outcomes = subjects.flatMap((subject) =>
    subject.methods.flatMap((method) =>
      seeds.map((seed): Outcome => {
        const name = `${slug(subject.label)}-${slug(method.name)}-seed${seed}`;
        return {
          subject,
          method,
          seed,
          search: searchOf(subject, method, seed),
          derivation: method.learner && `${dir}/derivations/${name}.json`,
          training: subject.train && `${dir}/trainings/${name}`,
        };
      }),
    ),
  );
  return { searches: [...searches.values()], outcomes };
}
