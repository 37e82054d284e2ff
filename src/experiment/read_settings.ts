// The settings in an experiment file, of the whole or of one architecture, on top of those that they start from.
import { parseTransitions, tableToRows } from '../arch/transition_file.ts';
import type { SettingName } from '../networks/macro_setting.ts';
import { PRESET_NAMES, PRESETS, withSettings } from '../search/config.ts';
import { checkTrainConfig, DEFAULTS } from '../train/config.ts';
import type { DeriveSettings, SearchSettings, TrainSettings } from './definition.ts';
import { checkedAs, mismatch, readChoice, readObject, readSettings, readText } from './fields.ts';
import { DERIVE_FIELDS, SEARCH_FIELDS, SEARCH_KEYS, TRAIN_FIELDS, TRAIN_KEYS } from './schema.ts';

/** `base` with the given settings on top; a preset replaces it first. */
export function readSearch(value: unknown, base: SearchSettings, label: string): SearchSettings {
  const fields = readObject(value, SEARCH_KEYS, label);
  const { preset, transitions } = fields;
  const start =
    preset === undefined
      ? base
      : withSettings(base, PRESETS[readChoice(preset, PRESET_NAMES, `${label}.preset`)]);
  return {
    ...withSettings(start, readSettings(SEARCH_FIELDS, fields, label)),
    ...(transitions === undefined
      ? {}
      : { transitions: readTransitions(transitions, `${label}.transitions`) }),
    data: base.data,
  };
}

function readTransitions(value: unknown, label: string): SearchSettings['transitions'] {
  if (typeof value !== 'object') return readChoice(value, ['nat', 'nat++'], label);
  return tableToRows(parseTransitions(JSON.stringify(value), label));
}

export function readDerive(value: unknown, base: DeriveSettings, label: string): DeriveSettings {
  const fields = readObject(value, Object.keys(DERIVE_FIELDS), label);
  return { ...base, ...readSettings(DERIVE_FIELDS, fields, label) };
}

/** A method's way to derive, or an object of settings. */
export const readMethodDerive = (value: unknown, base: DeriveSettings, label: string): DeriveSettings =>
  readDerive(typeof value === 'string' ? { method: value } : value, base, label);

/** Settings of its own on top of `base`; null where `value` is false, or nothing is trained. */
export function readOwnTrain(
  value: unknown,
  base: TrainSettings | null,
  label: string,
): TrainSettings | null {
  if (value === undefined) return base;
  if (value === false) return null;
  if (typeof value !== 'object') throw mismatch(label, value, 'false, or an object of settings');
  const fields = readObject(value, Object.keys(TRAIN_FIELDS), label);
  if (base === null) return null;
  const settings = { ...base, ...readSettings(TRAIN_FIELDS, fields, label) };
  checkedAs(label, () => checkTrainConfig({ ...settings, arch: '', seed: 0 }));
  return settings;
}

/** How the two kinds of networks are trained; null where nothing is. */
export type TrainKinds = Readonly<Record<'cells' | 'networks', TrainSettings>> | null;

/** @param images where the images of the search are */
export function readTrain(value: unknown, setting: SettingName, images: string, label: string): TrainKinds {
  if (value === undefined) return null;
  const { data, ...kinds } = readObject(value, TRAIN_KEYS, label);
  if (setting === 'imagenet' && data === undefined) {
    throw mismatch(`${label}.data`, data, 'the folder of the ImageNet images');
  }
  const place = { setting, data: data === undefined ? images : readText(data, `${label}.data`) };
  const settingsOf = (kind: 'cells' | 'networks'): TrainSettings => {
    const where = `${label}.${kind}`;
    const fields = readObject(kinds[kind] ?? {}, Object.keys(TRAIN_FIELDS), where);
    const { seed: _, ...defaults } = DEFAULTS[setting][kind];
    const settings = { ...place, ...defaults, ...readSettings(TRAIN_FIELDS, fields, where) };
    checkedAs(where, () => checkTrainConfig({ ...settings, arch: '', seed: 0 }));
    return settings;
  };
  return { cells: settingsOf('cells'), networks: settingsOf('networks') };
}
