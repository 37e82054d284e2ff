// The architectures of an experiment file.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { genotypeFromJson } from '../arch/genotype_file.ts';
import { requireExpressible } from '../arch/search_space.ts';
import { blueprintCost } from '../networks/cost_table.ts';
import type { SettingName } from '../networks/macro_setting.ts';
import { type Blueprint, blueprintOf, loadBlueprint } from '../networks/registry.ts';
import { checkSearchConfig, type SearchConfig, searchSpaceOf } from '../search/config.ts';
import { DEFAULTS } from '../train/config.ts';
import type { DeriveSettings, LearningMethod, SearchSettings, Subject, TrainSettings } from './definition.ts';
import { checkedAs, named, readChoice, readList, readObject, readSettings, readText } from './fields.ts';
import { refuseRepeats } from './fields.ts';
import { readDerive, readSearch, type TrainKinds } from './read_settings.ts';
import { SUBJECT_KEYS, SUBJECT_SETTINGS } from './schema.ts';

/** What all architectures start from. */
export interface Common {
  readonly setting: SettingName;
  readonly search: SearchSettings;
  readonly derive: DeriveSettings;
  readonly train: TrainKinds;
  readonly methods: readonly LearningMethod[];
  /** The folder that paths of genotype files start from. */
  readonly folder: string;
}

/** @param value a name, or an object */
export async function readSubject(
  files: Files,
  value: unknown,
  common: Common,
  label: string,
): Promise<Subject> {
  const fields = readObject(typeof value === 'string' ? { arch: value } : value, SUBJECT_KEYS, label);
  const given = readSettings(SUBJECT_SETTINGS, fields, label);
  const { arch, network, channels, layers, train = true } = given;
  const place = { network: network ?? null, setting: common.setting };
  const blueprint = await readBlueprint(files, arch, fields['genotype'], place, common.folder, label);
  const methods = subjectMethods(fields['methods'], common.methods, `${label}.methods`);
  const { published = {}, search = {}, derive = {} } = fields;
  const names = methods.map(({ name }) => name);
  const accuracies = readObject(published, names, `${label}.published`);
  for (const [name, text] of Object.entries(accuracies)) readText(text, `${label}.published.${name}`);
  const sizes = { ...(channels && { channels }), ...(layers && { layers }) };
  const subject: Subject = {
    label: given.label ?? blueprint.name,
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
    const config: SearchConfig = { ...subject.search, policy: 'gcn', seed: 0 };
    checkedAs(`${label}.search`, () => checkSearchConfig(config));
    checkedAs(label, () => requireExpressible(blueprint.genotype, searchSpaceOf(config)));
  }
  return subject;
}

/** An architecture's own sizes hold in the training as well, unless the experiment trains smaller networks. */
function trainSettings(
  { network }: Blueprint,
  sizes: Subject['sizes'],
  train: NonNullable<TrainKinds>,
  setting: SettingName,
): TrainSettings {
  if (network !== null) return train.networks;
  const { channels, layers } = DEFAULTS[setting].cells;
  const own = train.cells.channels === channels && train.cells.layers === layers ? sizes : {};
  return { ...train.cells, ...own };
}

function subjectMethods(
  value: unknown,
  all: readonly LearningMethod[],
  label: string,
): readonly LearningMethod[] {
  if (value === undefined) return all;
  const names = all.map(({ name }) => name);
  const chosen = readList(value, 'names of methods', label, (name, where) => readChoice(name, names, where));
  refuseRepeats(chosen, label);
  return all.filter(({ name }) => chosen.includes(name));
}

async function readBlueprint(
  files: Files,
  arch: string | undefined,
  genotype: unknown,
  { setting, network }: { setting: SettingName; network: string | null },
  folder: string,
  label: string,
): Promise<Blueprint> {
  if ((arch === undefined) === (genotype === undefined)) {
    throw new UserError(
      `${label}: got ${arch === undefined ? 'neither' : 'both'}, expected arch or genotype`,
    );
  }
  if (arch === undefined) {
    const given = genotypeFromJson(genotype, `${label}.genotype`);
    return checkedAs(label, () => blueprintOf(given, setting, network));
  }
  const isRelativePath = /\.json$|[/\\]/i.test(arch) && !/^([/\\]|[A-Za-z]:)/.test(arch);
  try {
    return await loadBlueprint(files, isRelativePath ? folder + arch : arch, setting, network);
  } catch (error) {
    throw named(label, error);
  }
}
