// Experiment files, read and checked as a whole before anything runs. schema.ts has their fields.
import type { Files } from '../../runtime/host/platform.ts';
import { MOST_DIFFERENCES } from '../core/statistics.ts';
import { parseJsonObject } from '../io/json.ts';
import { readUserFile } from '../io/user_file.ts';
import { DERIVE_SETTINGS } from '../derive/config.ts';
import { PAPER } from '../search/config.ts';
import { presetOf } from '../settings/table.ts';
import { type Experiment, type Hypothesis, slug, type Subject } from './definition.ts';
import {
  mismatch,
  readChoice,
  readList,
  readObject,
  readSettings,
  readText,
  readValue,
  refuseRepeats,
} from './fields.ts';
import { readMethod } from './read_methods.ts';
import { readDerive, readSearch, readTrain } from './read_settings.ts';
import { type Common, readSubjects } from './read_subject.ts';
import { DERIVE_FIELDS, EXPERIMENT_KEYS, EXPERIMENT_SETTINGS, HYPOTHESIS_SETTINGS } from './schema.ts';

const SEED = DERIVE_SETTINGS.seed;

/** Throws UserError, one line, for the first thing that is wrong. */
export async function readExperiment(files: Files, path: string): Promise<Experiment> {
  const label = `experiment file ${path}`;
  const source = parseJsonObject(await readUserFile(files, path, label), label);
  const fields = readObject(source, EXPERIMENT_KEYS, label);
  const { description = '', derive = {}, search = {} } = fields;
  const valueOf = <K extends keyof typeof EXPERIMENT_SETTINGS>(name: K, usual?: unknown) =>
    readValue(EXPERIMENT_SETTINGS[name], fields[name] ?? usual, `${label}: ${name}`);
  const setting = valueOf('setting', EXPERIMENT_SETTINGS.setting.default);
  const methods = readList(fields['methods'], 'methods', `${label}: methods`, readMethod);
  refuseRepeats(
    methods.map(({ name }) => slug(name)),
    `${label}: methods`,
  );
  const seeds = readList(fields['seeds'], 'whole numbers', `${label}: seeds`, (seed, where) =>
    readValue(SEED, seed, where),
  );
  refuseRepeats(seeds, `${label}: seeds`);
  if (seeds.length > MOST_DIFFERENCES) {
    throw mismatch(`${label}: seeds`, seeds.length, `at most ${MOST_DIFFERENCES}`);
  }
  const images = valueOf('data', EXPERIMENT_SETTINGS.data.default);
  const common: Common = {
    setting,
    methods,
    search: readSearch(search, { ...PAPER, data: images }, `${label}: search`),
    derive: readDerive(derive, presetOf(DERIVE_FIELDS), `${label}: derive`),
    train: readTrain(fields['train'], setting, images, `${label}: train`),
    folder: path.replace(/[^/\\]*$/, ''),
  };
  // also those that no architecture has
  for (const method of methods) method.on({ ...common, train: common.train?.cells ?? null });
  const items = readList(
    fields['architectures'],
    'architectures',
    `${label}: architectures`,
    (item, where) => ({ item, where }),
  );
  const subjects: Subject[] = [];
  for (const { item, where } of items) subjects.push(...(await readSubjects(files, item, common, where)));
  refuseRepeats(
    subjects.map((subject) => slug(subject.name)),
    `${label}: architectures`,
  );
  const { hypotheses } = fields;
  return {
    name: valueOf('name'),
    description: description === '' ? '' : readText(description, `${label}: description`),
    setting,
    seeds,
    subjects,
    hypotheses:
      hypotheses === undefined
        ? []
        : readList(hypotheses, 'hypotheses', `${label}: hypotheses`, (item, where) =>
            readHypothesis(item, subjects, where),
          ),
    source,
  };
}

/** Both methods must be there, with accuracies to compare. */
function readHypothesis(value: unknown, subjects: readonly Subject[], label: string): Hypothesis {
  const fields = readObject(value, Object.keys(HYPOTHESIS_SETTINGS), label);
  const given = readSettings(HYPOTHESIS_SETTINGS, fields, label);
  const { accuracy, margin } = { ...presetOf(HYPOTHESIS_SETTINGS), ...given };
  const labels = [...new Set(subjects.map((subject) => subject.label))];
  const architecture = readChoice(fields['architecture'], labels, `${label}.architecture`);
  const { methods } = subjects.find((subject) => subject.label === architecture)!;
  const names = methods
    .filter(({ train }) => accuracy === 'shared' || train !== null)
    .map(({ name }) => name);
  const method = readChoice(fields['method'], names, `${label}.method`);
  const others = names.filter((name) => name !== method);
  const over = readChoice(fields['over'], others, `${label}.over`);
  const claim = readText(fields['claim'], `${label}.claim`);
  return { claim, architecture, method, over, accuracy, margin };
}
