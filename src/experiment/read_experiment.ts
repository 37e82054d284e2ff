// Experiment files, read and checked as a whole before anything runs. schema.ts has their fields.
import type { Files } from '../../runtime/host/platform.ts';
import { parseJsonObject } from '../io/json.ts';
import { readUserFile } from '../io/user_file.ts';
import { DERIVE_SETTINGS } from '../derive/config.ts';
import { PAPER } from '../search/config.ts';
import { presetOf } from '../settings/table.ts';
import { type Experiment, type LearningMethod, slug, type Subject, UNCHANGED } from './definition.ts';
import { mismatch, readList, readObject, readText, readValue, refuseRepeats } from './fields.ts';
import { readDerive, readSearch, readTrain } from './read_settings.ts';
import { type Common, readSubject } from './read_subject.ts';
import { DERIVE_FIELDS, EXPERIMENT_KEYS, EXPERIMENT_SETTINGS, METHOD_FIELDS, METHOD_KEYS } from './schema.ts';

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
  const images = valueOf('data', EXPERIMENT_SETTINGS.data.default);
  const common: Common = {
    setting,
    methods,
    search: readSearch(search, { ...PAPER, data: images }, `${label}: search`),
    derive: readDerive(derive, presetOf(DERIVE_FIELDS), `${label}: derive`),
    train: readTrain(fields['train'], setting, images, `${label}: train`),
    folder: path.replace(/[^/\\]*$/, ''),
  };
  const items = readList(
    fields['architectures'],
    'architectures',
    `${label}: architectures`,
    (item, where) => ({ item, where }),
  );
  const subjects: Subject[] = [];
  for (const { item, where } of items) subjects.push(await readSubject(files, item, common, where));
  refuseRepeats(
    subjects.map((subject) => slug(subject.label)),
    `${label}: architectures`,
  );
  return {
    name: valueOf('name'),
    description: description === '' ? '' : readText(description, `${label}: description`),
    setting,
    seeds,
    subjects,
    source,
  };
}

function readMethod(value: unknown, label: string): LearningMethod {
  if (value === UNCHANGED) return { name: UNCHANGED, learner: null };
  if (typeof value !== 'object') throw mismatch(label, value, `'${UNCHANGED}' or {name, policy, derive}`);
  const { name, policy, derive } = readObject(value, METHOD_KEYS, label);
  if (name === UNCHANGED) throw mismatch(`${label}.name`, name, "a name; '/' stands for no method");
  const learner = {
    policy: readValue(METHOD_FIELDS.policy, policy, `${label}.policy`),
    derive: readValue(METHOD_FIELDS.derive, derive ?? METHOD_FIELDS.derive.default, `${label}.derive`),
  };
  return { name: readText(name, `${label}.name`), learner };
}
