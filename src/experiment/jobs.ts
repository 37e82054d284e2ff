// The work of an experiment as jobs: each search, the transformations that one search judges, each training; and what must
// be done before each. The order is one in which they can be done one after the other.
import type { Grid, Outcome, SearchJob } from './grid.ts';

interface JobOf<K extends string> {
  readonly kind: K;
  /** Its name in the experiment: 'searches/gcn-DARTS-seed1', 'transformations/gcn-DARTS-seed1', 'trainings/...'. */
  readonly id: string;
  /** In messages. */
  readonly what: string;
  /** Ids of the jobs that must be done before it. */
  readonly needs: readonly string[];
  /** The files and folders that it reads of those. */
  readonly reads: readonly string[];
  /** Where it leaves what it finds: a run folder, or files. */
  readonly writes: readonly string[];
}

export interface SearchWork extends JobOf<'search'> {
  readonly search: SearchJob;
}

export interface TransformationsWork extends JobOf<'transformations'> {
  readonly search: SearchJob;
  readonly outcomes: readonly Outcome[];
}

export interface TrainingWork extends JobOf<'training'> {
  readonly outcome: Outcome;
}

export type Job = SearchWork | TransformationsWork | TrainingWork;
export type JobKind = Job['kind'];

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const searchId = ({ dir }: SearchJob): string => `searches/${nameOf(dir)}`;
const transformationsId = ({ dir }: SearchJob): string => `transformations/${nameOf(dir)}`;

/** Jobs with what each needs before it. */
export function jobsOf({ searches, outcomes }: Grid): Job[] {
  const jobs: Job[] = [];
  for (const search of searches) {
    const { dir } = search;
    const judged = outcomes.filter((outcome) => outcome.search === search);
    jobs.push({
      kind: 'search',
      id: searchId(search),
      what: dir,
      needs: [],
      reads: [],
      writes: [dir],
      search,
    });
    jobs.push({
      kind: 'transformations',
      id: transformationsId(search),
      what: `transformations by ${dir}`,
      needs: [searchId(search)],
      reads: [dir],
      writes: judged.map(({ derivation }) => derivation!),
      search,
      outcomes: judged,
    });
  }
  for (const outcome of outcomes) {
    const { search, derivation, training } = outcome;
    if (training === null) continue;
    jobs.push({
      kind: 'training',
      id: `trainings/${nameOf(training)}`,
      what: training,
      needs: search ? [transformationsId(search)] : [],
      reads: derivation === null ? [] : [derivation],
      writes: [training],
      outcome,
    });
  }
  return jobs;
}
