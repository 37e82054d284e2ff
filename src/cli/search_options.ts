// The options of a search: one for every setting, whose default is the preset's.
import type { Files } from '../../runtime/host/platform.ts';
import { loadTransitions, tableToRows } from '../arch/transition_file.ts';
import { NAT_PLUS_PLUS_TRANSITIONS, NAT_TRANSITIONS } from '../arch/transitions.ts';
import { PRESET_NAMES, PRESETS, SEARCH_SETTINGS, type SearchConfig, withSettings } from '../search/config.ts';
import { without } from '../settings/table.ts';
import { CONFIG_OPTION, readSearchConfig } from './config_file.ts';
import type { OptionValues } from './flags.ts';
import { givenSettings, settingOptions } from './setting_options.ts';

const PRESET = {
  type: 'string',
  choices: PRESET_NAMES,
  default: 'quick',
  help: 'settings to start from: small enough for a software adapter, or those of the paper; shown in brackets below',
} as const;

const { data, ...settings } = settingOptions(SEARCH_SETTINGS, ({ preset = PRESET.default }) => ({
  ...PRESETS[preset as keyof typeof PRESETS],
}));

/** Where the images are; not among the others, because a plan needs none. */
export const SEARCH_DATA_OPTION = data;

export const SEARCH_OPTIONS = { preset: PRESET, config: CONFIG_OPTION, ...settings } as const;

type SearchOptions = OptionValues<typeof SEARCH_OPTIONS> & { readonly data?: string | undefined };

/**
 * The preset with the settings of the file, and then the given options on top; a transition table of the user's is read
 * from its file.
 */
export async function searchConfigOf(files: Files, options: SearchOptions): Promise<SearchConfig> {
  const { preset, config: path, transitions } = options;
  const given = givenSettings(without(SEARCH_SETTINGS, 'transitions'), options);
  const base = withSettings(withSettings(PRESETS[preset], await readSearchConfig(files, path)), given);
  return transitions === undefined ? base : { ...base, transitions: await transitionsOf(files, transitions) };
}

async function transitionsOf(files: Files, nameOrPath: string): Promise<SearchConfig['transitions']> {
  const table = await loadTransitions(files, nameOrPath);
  if (table === NAT_TRANSITIONS) return 'nat';
  return table === NAT_PLUS_PLUS_TRANSITIONS ? 'nat++' : tableToRows(table);
}
