// Errors in the page's own words: those of the engine name options of the command line, which nobody sees here.
import { flagName } from '../../../settings/setting.ts';
import { SEARCH_WORDS } from '../words/search_words.ts';
import type { SettingWords } from '../words/setting_words.ts';
import { TRAIN_WORDS } from '../words/train_words.ts';

const LABELS: ReadonlyMap<string, string> = new Map(
  Object.entries<SettingWords>({ ...TRAIN_WORDS, ...SEARCH_WORDS }).map(([name, { label }]) => [
    flagName(name),
    label,
  ]),
);

/** The message with the labels of fields in place of options; that of the setting that it is about left out. */
export function inPageWords(message: string, setting: string | null): string {
  const own = setting === null ? '' : `${flagName(setting)}: `;
  const rest = message.startsWith(own) ? message.slice(own.length) : message;
  const words = rest.replace(/--[a-z][a-z0-9-]*/g, (flag) => `“${LABELS.get(flag) ?? flag.slice(2)}”`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
