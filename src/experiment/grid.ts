// The runs of an experiment and where they lie in its folder. A search is shared by all architectures and methods with
// the same settings; every transformation of an architecture belongs to one search, every training to one seed. Random
// search needs shared weights alone, and takes those of another search of the seed where that has the same.
import { type SearchConfig, weightsKey } from '../search/config.ts';
import { type Experiment, type Learner, type Method, slug, type Subject } from './definition.ts';

/** An architecture as one method left it, with one seed. */
export interface Outcome {
  readonly subject: Subject;
  readonly method: Method;
  readonly seed: number;
  /** The search whose shared weights judge its transformation; null for '/'. */
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
  const runs = subjects.flatMap((subject) =>
    subject.methods.flatMap((method) => seeds.map((seed) => ({ subject, method, seed }))),
  );
  const searches = new Map<string, SearchJob>();
  const named = new Map<string, number>();
  const configOf = ({ search, policy }: Learner, seed: number): SearchConfig => ({ ...search, policy, seed });
  const addSearch = (config: SearchConfig, { label }: Subject): void => {
    const key = JSON.stringify(config);
    if (searches.has(key)) return;
    // what is first to need it gives it its name
    const name = `${config.policy}-${slug(label)}-seed${config.seed}`;
    const number = 1 + (named.get(name) ?? 0);
    named.set(name, number);
    const path = `${dir}/searches/${name}`;
    searches.set(key, { dir: number === 1 ? path : `${path}-${number}`, config });
  };
  const searchOf = (config: SearchConfig): SearchJob | undefined => {
    if (config.policy !== 'random') return searches.get(JSON.stringify(config));
    return [...searches.values()].find((job) => weightsKey(job.config) === weightsKey(config));
  };
  const needing = runs.flatMap(({ subject, method: { learner }, seed }) =>
    learner ? [{ subject, config: configOf(learner, seed) }] : [],
  );
  for (const { config, subject } of needing) if (config.policy !== 'random') addSearch(config, subject);
  for (const { config, subject } of needing) if (!searchOf(config)) addSearch(config, subject);
  const outcomes = runs.map(({ subject, method, seed }): Outcome => {
    const name = `${slug(subject.name)}-${slug(method.name)}-seed${seed}`;
    const { learner } = method;
    return {
      subject,
      method,
      seed,
      search: learner && searchOf(configOf(learner, seed))!,
      derivation: learner && `${dir}/derivations/${name}.json`,
      training: method.train && `${dir}/trainings/${name}`,
    };
  });
  return { searches: [...searches.values()], outcomes };
}
