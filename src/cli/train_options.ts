// The options of a training: one for every setting, whose default is that of the images and of the kind of network.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { CELL_NAMES } from '../arch/zoo/find_cell.ts';
import { SETTING_NAMES, type SettingName } from '../networks/macro_setting.ts';
import { type Blueprint, loadBlueprint, networkNames, requireBlueprint } from '../networks/registry.ts';
import { without } from '../settings/table.ts';
import { checkTrainConfig, DEFAULTS, TRAIN_SETTINGS, type TrainConfig } from '../train/config.ts';
import { CONFIG_OPTION, readTrainConfig } from './config_file.ts';
import { TRAIN_CONFIG_SETTINGS } from './config_schema.ts';
import type { Given, OptionValues } from './flags.ts';
import { givenSettings, settingOptions } from './setting_options.ts';

const NETWORK_NAMES = [...new Set(SETTING_NAMES.flatMap(networkNames))];

/** A network, a cell or a genotype file. */
export const ARCH_OPTION = {
  type: 'string',
  placeholder: 'NAME|FILE',
  suggestions: [...NETWORK_NAMES, ...CELL_NAMES],
  help: 'a network (ResNet20, NAT_VGG16, ...), a cell (DARTS, ...) or a genotype file',
} as const;

/** The network that a cell goes into. */
export const NETWORK_OPTION = {
  type: 'string',
  suggestions: NETWORK_NAMES,
  help: 'put the cell in place of the blocks of this network (VGG16, ResNet20, ...)',
} as const;

const settings = settingOptions(without(TRAIN_CONFIG_SETTINGS, 'arch'), usualConfig);

export const TRAIN_OPTIONS = {
  arch: ARCH_OPTION,
  network: NETWORK_OPTION,
  config: CONFIG_OPTION,
  ...settings,
} as const;

/** Commands that do not train have some of them. */
type TrainOptions = Partial<OptionValues<typeof TRAIN_OPTIONS>>;

/** What a training does unless told otherwise, under the options that are given. */
function usualConfig({ arch, setting, network }: Given): Readonly<Record<string, unknown>> {
  const { data, setting: usual } = TRAIN_CONFIG_SETTINGS;
  const images = (setting ?? usual.default) as SettingName;
  const kind = network === undefined && !isNetwork(arch, images) ? 'cells' : 'networks';
  return { data: data.default, setting: usual.default, ...DEFAULTS[images][kind] };
}

function isNetwork(name: unknown, setting: SettingName): boolean {
  try {
    return typeof name === 'string' && requireBlueprint(name, setting).network !== null;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/**
 * The defaults with the settings of the file, and then the given options on top. Throws UserError for an architecture
 * that is not known, and for settings that cannot be.
 */
export async function trainConfigOf(
  files: Files,
  options: TrainOptions,
): Promise<{ config: TrainConfig; blueprint: Blueprint }> {
  const { settings: recorded, blueprint: own } = await readTrainConfig(files, options.config);
  const { arch: _, setting: images, data, ...values } = recorded;
  const { arch = recorded.arch, network } = options;
  if (arch === undefined)
    throw new UserError(`--arch is missing: --arch ${ARCH_OPTION.placeholder}, ${ARCH_OPTION.help}`);
  const setting = options.setting ?? images ?? TRAIN_CONFIG_SETTINGS.setting.default;
  const asked = options.arch !== undefined || network !== undefined;
  const blueprint = own && !asked ? own : await loadBlueprint(files, arch, setting, network ?? null);
  const config: TrainConfig = {
    arch: blueprint.name,
    setting,
    data: options.data ?? data ?? TRAIN_CONFIG_SETTINGS.data.default,
    ...DEFAULTS[setting][blueprint.network === null ? 'cells' : 'networks'],
    ...values,
    ...givenSettings(TRAIN_SETTINGS, options),
  };
  checkTrainConfig(config);
  return { config, blueprint };
}
