// The architectures of an experiment file.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { type Genotype, withOutputs } from '../arch/genotype.ts';
import { genotypeFromJson } from '../arch/genotype_file.ts';
import { SUPERNET_LISTS } from '../arch/primitives.ts';
import { requireExpressible, sampleArchitecture } from '../arch/search_space.ts';
import { createRng, STREAM } from '../core/rng.ts';
import type { JsonObject } from '../io/json.ts';
import { blueprintCost } from '../networks/cost_table.ts';
import type { SettingName } from '../networks/macro_setting.ts';
import { type Blueprint, blueprintOf, loadBlueprint } from '../networks/registry.ts';
import { checkSearchConfig, type SearchConfig, searchSpaceOf } from '../search/config.ts';
import { DEFAULTS } from '../train/config.ts';
import type { DeriveSettings, Learner, SearchSettings, Subject, TrainSettings } from './definition.ts';
import { checkedAs, named, readObject, readSettings, readText } from './fields.ts';
import { chooseMethods, type MethodEntry } from './read_methods.ts';
import { readDerive, readOwnTrain, readSearch, type TrainKinds } from './read_settings.ts';
import { SUBJECT_KEYS, SUBJECT_SETTINGS } from './schema.ts';

/** What all architectures start from. */
export interface Common {
  readonly setting: SettingName;
  readonly search: SearchSettings;
  readonly derive: DeriveSettings;
  readonly train: TrainKinds;
  readonly methods: readonly MethodEntry[];
  /** The folder that paths of genotype files start from. */
  readonly folder: string;
}

/** @param value a name, or an object: of one architecture, or of several random ones */
export async function readSubjects(
  files: Files,
  value: unknown,
  common: Common,
  label: string,
): Promise<Subject[]> {
  const fields = readObject(typeof value === 'string' ? { arch: value } : value, SUBJECT_KEYS, label);
  const given = readSettings(SUBJECT_SETTINGS, fields, label);
  const { network = null, channels, layers } = given;
  const sizes = { ...(channels && { channels }), ...(layers && { layers }) };
  const search = readSearch(fields['search'] ?? {}, common.search, `${label}.search`);
  const blueprints = await readBlueprints(files, fields, { ...common, network, search }, label);
  const row = given.label ?? blueprints[0]!.name;
  return blueprints.map((blueprint, member): Subject => {
    const trained = common.train && trainSettings(blueprint, sizes, common.train, common.setting);
    const base = {
      search,
      derive: readDerive(fields['derive'] ?? {}, common.derive, `${label}.derive`),
      train: readOwnTrain(fields['train'], trained, `${label}.train`),
    };
    const chosen = chooseMethods(fields['methods'], common.methods, `${label}.methods`);
    const methods = chosen.map((method) => method.on(base));
    if (member === 0) checkedAs(label, () => blueprintCost(blueprint, sizes));
    for (const { learner } of methods) if (learner) checkSearch(learner, blueprint, label);
    const names = methods.map(({ name }) => name);
    const published = readObject(fields['published'] ?? {}, names, `${label}.published`);
    for (const [name, text] of Object.entries(published)) readText(text, `${label}.published.${name}`);
    return {
      label: row,
      name: blueprints.length > 1 ? `${row} ${member + 1}` : row,
      member,
      blueprint,
      sizes,
      methods,
      published: published as Subject['published'],
    };
  });
}

function checkSearch({ policy, search }: Learner, { genotype }: Blueprint, label: string): void {
  const config: SearchConfig = { ...search, policy, seed: 0 };
  checkedAs(`${label}.search`, () => checkSearchConfig(config));
  checkedAs(label, () => requireExpressible(genotype, searchSpaceOf(config)));
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

/** The network of `arch` or `genotype`, or those of so many random architectures of the search's space. */
async function readBlueprints(
  files: Files,
  fields: JsonObject,
  place: Pick<Common, 'setting' | 'folder' | 'search'> & { readonly network: string | null },
  label: string,
): Promise<Blueprint[]> {
  const { arch, random, seed = 0 } = readSettings(SUBJECT_SETTINGS, fields, label);
  const { genotype } = fields;
  const { setting, network, folder, search } = place;
  const count = [arch, genotype, random].filter((given) => given !== undefined).length;
  if (count !== 1) {
    throw new UserError(
      `${label}: got ${count === 0 ? 'none of' : 'more than one of'} arch, genotype and random, expected one`,
    );
  }
  if (random !== undefined) {
    return randomGenotypes(search, random, seed).map((drawn) => blueprintOf(drawn, setting, network));
  }
  if (arch === undefined) {
    const given = genotypeFromJson(genotype, `${label}.genotype`);
    return [checkedAs(label, () => blueprintOf(given, setting, network))];
  }
  const isRelativePath = /\.json$|[/\\]/i.test(arch) && !/^([/\\]|[A-Za-z]:)/.test(arch);
  try {
    return [await loadBlueprint(files, isRelativePath ? folder + arch : arch, setting, network)];
  } catch (error) {
    throw named(label, error);
  }
}

/** Architectures that p(beta) draws, from a stream of their own, with the outputs that the supernet gives them. */
function randomGenotypes(search: SearchSettings, count: number, seed: number): Genotype[] {
  const space = searchSpaceOf({ ...search, policy: 'random', seed });
  const rng = createRng(seed, STREAM.experimentArchitecture);
  const { looseEnd } = SUPERNET_LISTS[search.primitives];
  return Array.from({ length: count }, (_, i) => ({
    name: `random ${i + 1}`,
    ...withOutputs(sampleArchitecture(space, rng), looseEnd),
  }));
}
