// Experiment files, read and checked as a whole before anything runs. README.md beside the files in
// bench/experiments/ describes the fields.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { type JsonObject, parseJsonObject } from '../io/json.ts';
import { genotypeFromJson } from '../arch/genotype_file.ts';
import { SETTING_NAMES, type SettingName } from '../networks/macro_setting.ts';
import { requireExpressible } from '../arch/search_space.ts';
import { parseTransitions, tableToRows } from '../arch/transition_file.ts';
import { blueprintCost } from '../networks/cost_table.ts';
import { type Blueprint, blueprintOf, loadBlueprint } from '../networks/registry.ts';
import { POLICY_KINDS } from '../policy/policies.ts';
import { checkSearchConfig, PRESETS, primitivesOf } from '../search/config.ts';
import { checkTrainConfig } from '../train/config.ts';
import { DEFAULTS } from '../train/defaults.ts';
import { readUserFile } from '../io/user_file.ts';
import { type DeriveSettings, type Experiment, type Method, slug, type Subject } from './definition.ts';
import { type SearchSettings, type TrainSettings, UNCHANGED } from './definition.ts';
import { checkedAs, mismatch, readChoice, readList, readObject, readSettings } from './fields.ts';
import { readText, readWhole, refuseRepeats } from './fields.ts';

const FIELDS = ['name', 'description', 'setting', 'data', 'seeds', 'search', 'derive', 'train', 'methods', 'architectures']; // prettier-ignore
const SUBJECT_FIELDS = ['arch', 'genotype', 'network', 'label', 'channels', 'layers', 'methods', 'search', 'derive', 'train', 'published']; // prettier-ignore
const SEARCH_CHOICES = { primitives: ['fully-concat', 'loose-end'], baseline: ['none', 'moving-average'] };
const TRAIN_CHOICES = { schedule: ['cosine', 'step', 'drops'], onDamaged: ['fail', 'skip'] };
const DEFAULT_CANDIDATES = 10;

/** What all subjects start from. */
interface Common {
  readonly setting: SettingName;
  readonly search: SearchSettings;
  readonly derive: DeriveSettings;
  readonly train: Readonly<Record<'cells' | 'networks', TrainSettings>> | null;
  readonly methods: readonly Method[];
  /** The folder that paths of genotype files start from. */
  readonly folder: string;
}

/** Throws UserError, one line, for the first thing that is wrong. */
export async function readExperiment(files: Files, path: string): Promise<Experiment> {
  const label = `experiment file ${path}`;
  const source = parseJsonObject(await readUserFile(files, path, label), label);
  const fields = readObject(source, FIELDS, label);
  const { data = 'sample', description = '', derive = {}, search = {} } = fields;
  const setting = readChoice(fields['setting'] ?? 'cifar10', SETTING_NAMES, `${label}: setting`);
  const methods = readList(fields['methods'], 'methods', `${label}: methods`, readMethod);
  refuseRepeats(
    methods.map(({ name }) => slug(name)),
    `${label}: methods`,
  );
  const seeds = readList(fields['seeds'], 'whole numbers', `${label}: seeds`, (seed, where) =>
    readWhole(seed, 0, where),
  );
  refuseRepeats(seeds, `${label}: seeds`);
  const images = readText(data, `${label}: data`);
  const common: Common = {
    setting,
    methods,
    search: readSearch(search, { ...PRESETS.paper, data: images }, `${label}: search`),
    derive: readDerive(derive, { candidates: DEFAULT_CANDIDATES }, `${label}: derive`),
    train: readTrain(fields['train'], setting, images, `${label}: train`),
    folder: path.replace(/[^/\\]*$/, ''),
  };
  const items = readList(
    fields['architectures'],
    'architectures',
    `${label}: architectures`,
    (item, where) => {
      return { item, where };
    },
  );
  const subjects: Subject[] = [];
  for (const { item, where } of items) subjects.push(await readSubject(files, item, common, where));
  refuseRepeats(
    subjects.map((subject) => slug(subject.label)),
    `${label}: architectures`,
  );
  return {
    name: readText(fields['name'], `${label}: name`),
    description:
      typeof description === 'string' ? description : readText(description, `${label}: description`),
    setting,
    seeds,
    subjects,
    source,
  };
}

function readMethod(value: unknown, label: string): Method {
  if (value === UNCHANGED) return { name: UNCHANGED, learner: null };
  if (typeof value !== 'object') throw mismatch(label, value, `'${UNCHANGED}' or {name, policy, derive}`);
  const { name, policy, derive } = readObject(value, ['name', 'policy', 'derive'], label);
  if (name === UNCHANGED) throw mismatch(`${label}.name`, name, "a name; '/' stands for no method");
  const learner = {
    policy: readChoice(policy, POLICY_KINDS, `${label}.policy`),
    derive: readChoice(derive ?? 'sample', ['sample', 'max'], `${label}.derive`),
  };
  return { name: readText(name, `${label}.name`), learner };
}

/** `base` with the given settings on top; `preset` replaces it first. */
function readSearch(value: unknown, base: SearchSettings, label: string): SearchSettings {
  const { policy: _, seed: __, data: ___, transitions: ____, ...defaults } = PRESETS.paper;
  const known = [...Object.keys(defaults), 'preset', 'transitions'];
  const { preset, transitions, ...settings } = readObject(value, known, label);
  const names = Object.keys(PRESETS) as (keyof typeof PRESETS)[];
  return {
    ...base,
    ...(preset === undefined ? {} : PRESETS[readChoice(preset, names, `${label}.preset`)]),
    ...readSettings(settings, defaults, SEARCH_CHOICES, label),
    ...(transitions === undefined
      ? {}
      : { transitions: readTransitions(transitions, `${label}.transitions`) }),
    data: base.data,
  };
}

function readTransitions(value: unknown, label: string): SearchSettings['transitions'] {
  if (typeof value !== 'object') return readChoice(value, ['nat', 'nat++'], label);
  return tableToRows(parseTransitions(JSON.stringify(value), label));
}

function readDerive(value: unknown, base: DeriveSettings, label: string): DeriveSettings {
  const fields = readObject(value, ['candidates', 'maxParams', 'maxMadds'], label);
  for (const [key, given] of Object.entries(fields)) {
    readWhole(given, key === 'candidates' ? 1 : 0, `${label}.${key}`);
  }
  return { ...base, ...fields };
}

function readTrain(value: unknown, setting: SettingName, images: string, label: string): Common['train'] {
  if (value === undefined) return null;
  const { data, ...kinds } = readObject(value, ['data', 'cells', 'networks'], label);
  if (setting === 'imagenet' && data === undefined) {
    throw mismatch(`${label}.data`, data, 'the folder of the ImageNet images');
  }
  const place = { setting, data: data === undefined ? images : readText(data, `${label}.data`) };
  const settingsOf = (kind: 'cells' | 'networks'): TrainSettings => {
    const { seed: _, ...defaults } = DEFAULTS[setting][kind];
    const given = readSettings(kinds[kind] ?? {}, defaults, TRAIN_CHOICES, `${label}.${kind}`);
    const settings = { ...place, ...defaults, ...given };
    checkedAs(`${label}.${kind}`, () => checkTrainConfig({ ...settings, arch: '', seed: 0 }));
    return settings;
  };
  return { cells: settingsOf('cells'), networks: settingsOf('networks') };
}

async function readSubject(files: Files, value: unknown, common: Common, label: string): Promise<Subject> {
  const fields = readObject(typeof value === 'string' ? { arch: value } : value, SUBJECT_FIELDS, label);
  const blueprint = await readBlueprint(files, fields, common, label);
  const methods = subjectMethods(fields['methods'], common.methods, `${label}.methods`);
  const { published = {}, search = {}, derive = {}, train = true } = fields;
  if (typeof train !== 'boolean') throw mismatch(`${label}.train`, train, 'true or false');
  const names = methods.map(({ name }) => name);
  const accuracies = readObject(published, names, `${label}.published`);
  for (const [name, text] of Object.entries(accuracies)) readText(text, `${label}.published.${name}`);
  const sizes = Object.fromEntries(
    ['channels', 'layers']
      .filter((size) => fields[size] !== undefined)
      .map((size) => [size, readWhole(fields[size], 1, `${label}.${size}`)]),
  );
  const subject: Subject = {
    label: fields['label'] === undefined ? blueprint.name : readText(fields['label'], `${label}.label`),
    blueprint,
    sizes,
    methods,
    search: readSearch(search, common.search, `${label}.search`),
    derive: readDerive(derive, common.derive, `${label}.derive`),
    train: train && common.train ? trainSettings(blueprint, sizes, common.train, common.setting) : null,
    published: accuracies as Subject['published'],
  };
  checkedAs(label, () => blueprintCost(blueprint, sizes));
  if (methods.some(({ learner }) => learner !== null)) {
    const config = { ...subject.search, policy: 'gcn', seed: 0 } as const;
    checkedAs(`${label}.search`, () => checkSearchConfig(config));
    const space = { nodes: config.nodes, primitives: primitivesOf(config) };
    checkedAs(label, () => requireExpressible(blueprint.genotype, space));
  }
  return subject;
}

/** An architecture's own sizes hold in the training as well, unless the experiment trains smaller networks. */
function trainSettings(
  { network }: Blueprint,
  sizes: Subject['sizes'],
  train: NonNullable<Common['train']>,
  setting: SettingName,
): TrainSettings {
  if (network !== null) return train.networks;
  const { channels, layers } = DEFAULTS[setting].cells;
  const own = train.cells.channels === channels && train.cells.layers === layers ? sizes : {};
  return { ...train.cells, ...own };
}

function subjectMethods(value: unknown, all: readonly Method[], label: string): readonly Method[] {
  if (value === undefined) return all;
  const names = all.map(({ name }) => name);
  const chosen = readList(value, 'names of methods', label, (name, where) => readChoice(name, names, where));
  refuseRepeats(chosen, label);
  return all.filter(({ name }) => chosen.includes(name));
}

async function readBlueprint(
  files: Files,
  { arch, genotype, network }: JsonObject,
  { setting, folder }: Common,
  label: string,
): Promise<Blueprint> {
  const place = network === undefined ? null : readText(network, `${label}.network`);
  if ((arch === undefined) === (genotype === undefined)) {
    throw new UserError(
      `${label}: got ${arch === undefined ? 'neither' : 'both'}, expected arch or genotype`,
    );
  }
  if (arch === undefined) {
    const given = genotypeFromJson(genotype, `${label}.genotype`);
    return checkedAs(label, () => blueprintOf(given, setting, place));
  }
  const name = readText(arch, `${label}.arch`);
  const isFile = /\.json$|[/\\]/i.test(name);
  try {
    return await loadBlueprint(
      files,
      isFile && !/^([/\\]|[A-Za-z]:)/.test(name) ? folder + name : name,
      setting,
      place,
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`${label}: ${error.message}`);
  }
}
