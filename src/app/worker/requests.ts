// From what the page asks for to the configuration of a run: the preset with the settings that are given.
import { UserError } from '../../../runtime/errors.ts';
import type { Genotype } from '../../arch/genotype.ts';
import { genotypeFromJson } from '../../arch/genotype_file.ts';
import { requireExpressible } from '../../arch/search_space.ts';
import { requireCell } from '../../arch/zoo/find_cell.ts';
import { type Blueprint, blueprintOf, requireBlueprint } from '../../networks/registry.ts';
import {
  checkSearchConfig,
  PRESETS,
  SEARCH_SETTINGS,
  type SearchConfig,
  searchSpaceOf,
  withSettings,
} from '../../search/config.ts';
import { SettingError } from '../../settings/setting.ts';
import type { SettingTable } from '../../settings/table.ts';
import { checkTrainConfig, DEFAULTS, TRAIN_SETTINGS, type TrainConfig } from '../../train/config.ts';
import type { GenotypeJson, RunRequest } from '../protocol.ts';
import { folderOfDataset } from './datasets.ts';

/** A search and the architecture that it transforms at its end. */
export interface SearchAsked {
  readonly kind: 'search';
  readonly preset: keyof typeof PRESETS;
  /** Those that are not the preset's; `data` is a folder. */
  readonly settings: Partial<SearchConfig>;
  readonly config: SearchConfig;
  readonly genotype: Genotype;
}

/** A training and what it trains. */
export interface TrainingAsked {
  readonly kind: 'train';
  readonly config: TrainConfig;
  readonly blueprint: Blueprint;
}

/** Throws SettingError for the first setting that cannot be, UserError for an architecture that is none. */
export function readRequest(request: RunRequest): SearchAsked | TrainingAsked {
  return request.kind === 'search' ? readSearch(request) : readTraining(request);
}

/** The genotype that the page gives. Throws UserError where it is none. */
export const readGenotype = (genotype: GenotypeJson): Genotype => genotypeFromJson(genotype, 'genotype');

function readSearch({ preset, settings: given, arch }: Extract<RunRequest, { kind: 'search' }>): SearchAsked {
  if (!(preset in PRESETS))
    throw new UserError(`preset '${String(preset)}' is not known; expected quick or paper`);
  refuseUnknown(SEARCH_SETTINGS, given);
  const { transitions = 'nat' } = given;
  if (typeof transitions === 'string' && transitions !== 'nat' && transitions !== 'nat++') {
    throw new SettingError('transitions', `got '${String(transitions)}', expected nat, nat++ or a table`);
  }
  const settings = { ...given, data: folderOfDataset(given.data ?? 'sample') };
  const config: SearchConfig = withSettings(PRESETS[preset], settings);
  checkSearchConfig(config);
  const genotype = typeof arch === 'string' ? requireCell(arch) : readGenotype(arch);
  requireExpressible(genotype, searchSpaceOf(config));
  return { kind: 'search', preset, settings, config, genotype };
}

function readTraining({ settings, arch }: Extract<RunRequest, { kind: 'train' }>): TrainingAsked {
  const setting = 'cifar10';
  const { data = 'sample', arch: _, setting: __, dataset: ___, ...values } = settings;
  refuseUnknown(TRAIN_SETTINGS, values);
  const blueprint =
    typeof arch === 'string' ? requireBlueprint(arch, setting) : blueprintOf(readGenotype(arch), setting);
  const config: TrainConfig = {
    arch: blueprint.name,
    setting,
    data: folderOfDataset(data),
    ...DEFAULTS[setting][blueprint.network === null ? 'cells' : 'networks'],
    ...values,
  };
  checkTrainConfig(config);
  return { kind: 'train', config, blueprint };
}

/** A link may be of another version. */
function refuseUnknown(table: SettingTable, settings: object): void {
  for (const name of Object.keys(settings)) {
    if (!(name in table)) throw new SettingError(name, 'there is no such setting; leave it out');
  }
}
