// The options of a search: one for every setting, whose default is the preset's.
import type { Files } from '../../runtime/host/platform.ts';
import { loadTransitions, tableToRows } from '../arch/transition_file.ts';
import { NAT_PLUS_PLUS_TRANSITIONS, NAT_TRANSITIONS } from '../arch/transitions.ts';
import { PRESET_NAMES, PRESETS, SEARCH_SETTINGS, type SearchConfig } from '../search/config.ts';
import { without } from '../settings/table.ts';
import type { OptionValues } from './flags.ts';
import { givenSettings, settingOptions } from './setting_options.ts';

const { data, ...settings } = settingOptions(SEARCH_SETTINGS, { quick: 'quick' });

/** Where the images are; not among the others, because a plan needs none. */
export const SEARCH_DATA_OPTION = data;

export const SEARCH_OPTIONS = {
  preset: {
    type: 'string',
    choices: PRESET_NAMES,
    default: 'quick',
    help: 'settings to start from: the paper (defaults in brackets below), or small enough for a software adapter',
  },
  ...settings,
} as const;

type SearchOptions = OptionValues<typeof SEARCH_OPTIONS> & { readonly data?: string | undefined };

/** The preset with the given options on top; a transition table of the user's is read from its file. */
export async function searchConfigOf(files: Files, options: SearchOptions): Promise<SearchConfig> {
  const { preset, transitions } = options;
  const given = givenSettings(without(SEARCH_SETTINGS, 'transitions'), options);
  const base = { ...PRESETS[preset], ...given };
  return transitions === undefined ? base : { ...base, transitions: await transitionsOf(files, transitions) };
}

async function transitionsOf(files: Files, nameOrPath: string): Promise<SearchConfig['transitions']> {
  const table = await loadTransitions(files, nameOrPath);
  if (table === NAT_TRANSITIONS) return 'nat';
  return table === NAT_PLUS_PLUS_TRANSITIONS ? 'nat++' : tableToRows(table);
}
