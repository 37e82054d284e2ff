// A table of settings as options of the command line, and what was given of them.
import type { SettingTable, SettingValues } from '../settings/table.ts';
import type { Given } from './flags.ts';

/** The settings as options that need not be given. */
export type SettingOptions<T extends SettingTable> = {
  readonly [K in keyof T]: Omit<T[K], 'default' | 'presets'> & {
    usual(given: Given): string | number | boolean | undefined;
  };
};

/** @param base the values that they have unless given, under the other options given: --help shows them */
export function settingOptions<T extends SettingTable>(
  table: T,
  base: (given: Given) => Readonly<Record<string, unknown>>,
): SettingOptions<T> {
  const options = Object.entries(table).map(([name, { default: _, presets: __, ...setting }]) => {
    const usual = (given: Given): unknown => base(given)[name];
    return [name, { ...setting, usual }];
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
