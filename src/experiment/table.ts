// The table of an experiment as data: a row for every architecture and method, with what its runs found.
import type { Files } from '../../runtime/host/platform.ts';
import type { JsonObject } from '../io/json.ts';
import { parseJsonObject } from '../io/json.ts';
import { readRun } from '../run/run_folder.ts';
import { genotypeToJson } from '../arch/genotype_file.ts';
import { blueprintCost } from '../networks/cost_table.ts';
import type { TrainResult } from '../train/run.ts';
import type { Experiment } from './definition.ts';
import type { Grid, Outcome } from './grid.ts';
import { outcomeBlueprint, readDerivation } from './outcome.ts';
import { type Statistic, statistic } from './statistics.ts';

export interface Row {
  readonly architecture: string;
  readonly method: string;
  readonly policy: string | null;
  readonly derive: string | null;
  readonly params: Statistic;
  /** Of one image, fully connected layers included. */
  readonly madds: Statistic;
  /** Accuracy under the shared weights on the images that trained the policy; null without a search. */
  readonly validation: Statistic | null;
  /** Accuracy on the test images after training from scratch; null without. */
  readonly top1: Statistic | null;
  readonly top5: Statistic | null;
  /** The accuracy that the paper prints, in percent. */
  readonly published: string | null;
  /** What the networks are made of, one a seed. */
  readonly genotypes: readonly object[];
}

export interface ExperimentTable {
  readonly name: string;
  readonly description: string;
  readonly adapters: readonly string[];
  readonly seeds: readonly number[];
  readonly rows: readonly Row[];
  /** The experiment file. */
  readonly experiment: JsonObject;
}

/** Made of the files of finished runs alone. */
export async function readTable(files: Files, experiment: Experiment, grid: Grid): Promise<ExperimentTable> {
  const { name, description, seeds, subjects, source } = experiment;
  const adapters = new Set<string>();
  const readResult = async (dir: string): Promise<TrainResult> => {
    for (const adapter of await runAdapters(files, dir)) adapters.add(adapter);
    return (await readRun(files, dir, 'training')).result as unknown as TrainResult;
  };
  for (const { dir } of grid.searches) {
    for (const adapter of await runAdapters(files, dir)) adapters.add(adapter);
  }
  const rows: Row[] = [];
  for (const subject of subjects) {
    for (const method of subject.methods) {
      const own = grid.outcomes.filter((outcome) => outcome.subject === subject && outcome.method === method);
      const found = [];
      for (const outcome of own) {
        const blueprint = await outcomeBlueprint(files, outcome);
        const accuracy = await validationAccuracy(files, outcome, grid.outcomes);
        if (accuracy) adapters.add(accuracy.adapter);
        const result = outcome.training === null ? null : await readResult(outcome.training);
        const { params, madds } = blueprintCost(blueprint, subject.sizes);
        const genotype = genotypeToJson(blueprint.genotype);
        found.push({ params, madds, genotype, validation: accuracy?.value, test: result?.test });
      }
      const over = (values: readonly (number | undefined)[]): Statistic | null =>
        values.every((value) => value !== undefined) ? statistic(values) : null;
      rows.push({
        architecture: subject.label,
        method: method.name,
        policy: method.learner?.policy ?? null,
        derive: method.learner?.derive ?? null,
        params: statistic(found.map(({ params }) => params)),
        madds: statistic(found.map(({ madds }) => madds)),
        validation: over(found.map(({ validation }) => validation)),
        top1: over(found.map(({ test }) => test?.top1)),
        top5: over(found.map(({ test }) => test?.top5)),
        published: subject.published[method.name] ?? null,
        genotypes: found.map(({ genotype }) => genotype),
      });
    }
  }
  return { name, description, adapters: [...adapters].sort(), seeds, rows, experiment: source as JsonObject };
}

/**
 * An unchanged architecture has the accuracy that a transformation of it began with. The shared weights of a seed do
 * not depend on the policy, so any method's will do.
 */
async function validationAccuracy(
  files: Files,
  { derivation, subject, seed }: Outcome,
  all: readonly Outcome[],
): Promise<{ adapter: string; value: number } | null> {
  const related = all.find(
    (other) => other.subject === subject && other.seed === seed && other.derivation !== null,
  );
  const path = derivation ?? related?.derivation ?? null;
  if (path === null) return null;
  const { adapter, accuracy } = await readDerivation(files, path);
  return { adapter, value: derivation === null ? accuracy.before : accuracy.after };
}

/** The adapters that a run has used. */
async function runAdapters(files: Files, dir: string): Promise<string[]> {
  const path = `${dir}/environment.json`;
  const { resumed = [], ...first } = parseJsonObject(await files.readText(path), path);
  const all = [first, ...(resumed as JsonObject[])] as { adapter?: { name?: string } }[];
  return all.flatMap(({ adapter }) => adapter?.name ?? []);
}
