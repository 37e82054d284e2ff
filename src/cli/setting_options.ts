// A table of settings as options of the command line, and what was given of them.
import type { SettingTable, SettingValues } from '../settings/table.ts';

/** The settings as options that need not be given. */
export type SettingOptions<T extends SettingTable> = {
  readonly [K in keyof T]: Omit<T[K], 'default' | 'presets'>;
};

/**
 * The help of each option shows its default in brackets, where it has one.
 * @param shown presets whose values are shown where they differ from the default, and what to call them
 */
export function settingOptions<T extends SettingTable>(
  table: T,
  shown: Readonly<Record<string, string>> = {},
): SettingOptions<T> {
  const options = Object.entries(table).map(([name, { default: usual, presets = {}, ...setting }]) => {
    const others = Object.entries(shown).flatMap(([preset, label]) =>
      presets[preset] === undefined ? [] : [`; ${label} ${presets[preset]}`],
    );
    const without = setting.type === 'boolean' || usual === undefined;
    const brackets = without ? '' : ` [${usual}${others.join('')}]`;
    return [name, { ...setting, help: setting.help + brackets }];
  });
  return Object.fromEntries(options) as SettingOptions<T>;
}

/** The settings of a table that were given as options; a switch that was not given is off. */
export function givenSettings<T extends SettingTable>(
  table: T,
  options: Readonly<Record<string, unknown>>,
): Partial<SettingValues<T>> {
  const given = Object.keys(table).filter((name) => options[name] !== undefined && options[name] !== false);
  return Object.fromEntries(given.map((name) => [name, options[name]])) as Partial<SettingValues<T>>;
}
