// The table of an experiment as data: a row for every architecture and method, with what its runs found.
import type { Files } from '../../runtime/host/platform.ts';
import { meanOf } from '../core/statistics.ts';
import type { Derivation } from '../derive/derive.ts';
import type { Judge } from '../derive/evaluator.ts';
import type { JsonObject } from '../io/json.ts';
import { parseJsonObject } from '../io/json.ts';
import { readRun } from '../run/run_folder.ts';
import { genotypeToJson } from '../arch/genotype_file.ts';
import type { Cost } from '../networks/cost.ts';
import { blueprintCost } from '../networks/cost_table.ts';
import type { TrainResult } from '../train/run.ts';
import { type Experiment, UNCHANGED } from './definition.ts';
import type { Grid, Outcome } from './grid.ts';
import { testHypotheses, type TestedHypothesis } from './hypotheses.ts';
import { outcomeBlueprint, readDerivation, type RecordedDerivation } from './outcome.ts';
import { type Difference, difference, type Statistic, statistic } from './statistics.ts';

export interface Row {
  /** The label; where several architectures have it, every figure is the mean of all. */
  readonly architecture: string;
  readonly method: string;
  readonly policy: string | null;
  readonly derive: string | null;
  readonly params: Statistic;
  /** Of one image, fully connected layers included. */
  readonly madds: Statistic;
  /** Accuracy under the shared weights on the images that chose among candidates; null without a search. */
  readonly selection: Statistic | null;
  /** The same on test images, which chose nothing. */
  readonly shared: Statistic | null;
  /** Of the first candidate on test images: what one draw gives. */
  readonly first: Statistic | null;
  /** How far `shared` is above that of the unchanged architecture under the same weights; null for '/'. */
  readonly gain: Difference | null;
  /** Draws that were refused because a cell of theirs was dead, over all seeds. */
  readonly refused: number;
  /** Accuracy on the test images after training from scratch; null without. */
  readonly top1: Statistic | null;
  readonly top5: Statistic | null;
  /** How far `top1` is above that of the unchanged architecture; null for '/', or where that was not trained. */
  readonly top1Gain: Difference | null;
  /** Adapters that its runs used: those of different kinds do not have the same bits. */
  readonly adapters: readonly string[];
  /** The accuracy that the paper prints, in percent. */
  readonly published: string | null;
  /** What the networks are made of: seed by seed, those of all architectures. */
  readonly genotypes: readonly object[];
}

export interface ExperimentTable {
  readonly name: string;
  readonly description: string;
  readonly adapters: readonly string[];
  readonly seeds: readonly number[];
  readonly rows: readonly Row[];
  readonly hypotheses: readonly TestedHypothesis[];
  /** The experiment file. */
  readonly experiment: JsonObject;
}

/** What the runs of one outcome left. */
interface Finding {
  readonly outcome: Outcome;
  readonly cost: Cost;
  readonly genotype: object;
  readonly derivation: RecordedDerivation | null;
  readonly training: TrainResult['test'] | null;
  readonly adapters: readonly string[];
}

/** Made of the files of finished runs alone. */
export async function readTable(files: Files, experiment: Experiment, grid: Grid): Promise<ExperimentTable> {
  const { name, description, seeds, subjects, source } = experiment;
  const findings: Finding[] = [];
  for (const outcome of grid.outcomes) {
    const { subject, derivation, training } = outcome;
    const blueprint = await outcomeBlueprint(files, outcome);
    const found = derivation === null ? null : await readDerivation(files, derivation);
    const runs = [outcome.search?.dir, training].filter((dir) => typeof dir === 'string');
    const adapters = (await Promise.all(runs.map((dir) => runAdapters(files, dir)))).flat();
    if (found) adapters.push(found.adapter);
    findings.push({
      outcome,
      cost: blueprintCost(blueprint, subject.sizes),
      genotype: genotypeToJson(blueprint.genotype),
      derivation: found,
      training: training === null ? null : await readTraining(files, training),
      adapters: distinct(adapters),
    });
  }
  const labels = [...new Set(subjects.map(({ label }) => label))];
  const rows = labels.flatMap((label) =>
    rowsOf(
      findings.filter(({ outcome }) => outcome.subject.label === label),
      seeds,
    ),
  );
  return {
    name,
    description,
    adapters: distinct(findings.flatMap(({ adapters }) => adapters)),
    seeds,
    rows,
    hypotheses: testHypotheses(experiment.hypotheses, rows),
    experiment: source as JsonObject,
  };
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)].sort();

/** The rows of a label, one a method. */
function rowsOf(findings: readonly Finding[], seeds: readonly number[]): Row[] {
  const { subject } = findings[0]!.outcome;
  /** For every seed the mean over the architectures; null where one has no such value. */
  const over = (of: (finding: Finding) => number | undefined, own: readonly Finding[]): number[] | null => {
    const values = seeds.map((seed) => own.filter(({ outcome }) => outcome.seed === seed).map(of));
    return values.flat().includes(undefined) ? null : values.map((each) => meanOf(each as number[]));
  };
  const rows = subject.methods.map(({ name, learner }) => {
    const own = findings.filter(({ outcome }) => outcome.method.name === name);
    const figure = (of: (finding: Finding) => number | undefined): Statistic | null => {
      const values = over(of, own);
      return values && statistic(values);
    };
    const accuracy = (judge: Judge, moment: 'before' | 'first' | 'after') =>
      figure((finding) => judged(finding, findings)?.[judge][finding.derivation ? moment : 'before']);
    const before = over((finding) => finding.derivation?.accuracy.test.before, own);
    const shared = accuracy('test', 'after');
    return {
      architecture: subject.label,
      method: name,
      policy: learner?.policy ?? null,
      derive: learner?.derive.method ?? null,
      params: figure(({ cost }) => cost.params)!,
      madds: figure(({ cost }) => cost.madds)!,
      selection: accuracy('selection', 'after'),
      shared,
      first: learner ? accuracy('test', 'first') : null,
      gain: learner && shared && before ? difference(shared.values, before) : null,
      refused: own.reduce((sum, { derivation }) => sum + (derivation?.refused ?? 0), 0),
      top1: figure(({ training }) => training?.top1),
      top5: figure(({ training }) => training?.top5),
      adapters: distinct(own.flatMap(({ adapters }) => adapters)),
      published: subject.published[name] ?? null,
      genotypes: own.map(({ genotype }) => genotype),
    };
  });
  const unchanged = rows.find(({ method }) => method === UNCHANGED)?.top1;
  return rows.map((row) => ({
    ...row,
    top1Gain:
      row.method !== UNCHANGED && row.top1 && unchanged
        ? difference(row.top1.values, unchanged.values)
        : null,
  }));
}

/**
 * An unchanged architecture has the accuracy that a transformation of it began with: that of the first method by which
 * it was transformed.
 */
function judged(
  { outcome, derivation }: Finding,
  findings: readonly Finding[],
): Derivation['accuracy'] | null {
  if (derivation) return derivation.accuracy;
  const { subject, seed } = outcome;
  const related = findings.find(
    (other) => other.outcome.subject === subject && other.outcome.seed === seed && other.derivation,
  );
  return related?.derivation?.accuracy ?? null;
}

const readTraining = async (files: Files, dir: string): Promise<TrainResult['test']> =>
  ((await readRun(files, dir, 'training')).result as unknown as TrainResult).test;

/** The adapters that a run has used. */
async function runAdapters(files: Files, dir: string): Promise<string[]> {
  const path = `${dir}/environment.json`;
  const { resumed = [], ...first } = parseJsonObject(await files.readText(path), path);
  const all = [first, ...(resumed as JsonObject[])] as { adapter?: { name?: string } }[];
  return all.flatMap(({ adapter }) => adapter?.name ?? []);
}
