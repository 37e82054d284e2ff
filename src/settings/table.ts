// Tables of settings: one for each kind of run, from which follow the type of its configuration, its presets, and the
// check of a configuration.
import { expectation, type Setting, SettingError, type ValueOf } from './setting.ts';

/** A setting with the value that it has where nobody gives one. */
export type DefaultedSetting = Setting & {
  readonly default?: string | number | boolean;
  /** Its values in presets where it is another. */
  readonly presets?: Readonly<Record<string, string | number | boolean>>;
};

/** Name -> setting, in the order in which configurations and --help have them. */
export type SettingTable = Readonly<Record<string, DefaultedSetting>>;

/** The configuration that a table describes; a setting without a default may be left out. */
export type SettingValues<T extends SettingTable> = {
  readonly [K in keyof T as T[K] extends { readonly default: unknown } ? K : never]: ValueOf<T[K]>;
} & {
  readonly [K in keyof T as T[K] extends { readonly default: unknown } ? never : K]?:
    ValueOf<T[K]> | undefined;
};

/** The presets that settings of a table name. */
export type PresetName<T extends SettingTable> = {
  [K in keyof T]: T[K] extends { readonly presets: infer P } ? keyof P : never;
}[keyof T];

/** The values of a preset: the defaults, but for the settings that name it. */
export function presetOf<const T extends SettingTable>(table: T, preset?: PresetName<T>): SettingValues<T> {
  const values = Object.entries(table).flatMap(([name, setting]) => {
    const value = preset === undefined ? undefined : setting.presets?.[preset as string];
    const chosen = value ?? setting.default;
    return chosen === undefined ? [] : [[name, chosen]];
  });
  return Object.fromEntries(values) as SettingValues<T>;
}

/** Throws SettingError for the first value that its setting does not allow. */
export function checkValues(table: SettingTable, values: object): void {
  for (const [name, setting] of Object.entries(table)) {
    const value = (values as Record<string, unknown>)[name];
    if (value === undefined && setting.default === undefined) continue;
    const expected = expectation(setting, value);
    if (expected !== null) throw new SettingError(name, `got ${String(value)}, expected ${expected}`);
  }
}

/** A table without some of its settings. */
export function without<T extends SettingTable, K extends keyof T>(
  table: T,
  ...names: readonly K[]
): Omit<T, K> {
  const kept = Object.entries(table).filter(([name]) => !names.includes(name as K));
  return Object.fromEntries(kept) as Omit<T, K>;
}
