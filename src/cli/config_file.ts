// `--config FILE`: settings in the form of a run folder's config.json, all of them or some.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { parseTransitions, tableToRows } from '../arch/transition_file.ts';
import type { DatasetRecord } from '../data/dataset_record.ts';
import { mismatch, readList, readObject, readText, readValue } from '../experiment/fields.ts';
import { parseJsonObject } from '../io/json.ts';
import type { JsonObject } from '../io/json.ts';
import { readUserFile } from '../io/user_file.ts';
import type { Blueprint } from '../networks/registry.ts';
import { RUN_FORMAT } from '../run/run_folder.ts';
import { SEARCH_SETTINGS, type SearchConfig } from '../search/config.ts';
import type { SettingTable, SettingValues } from '../settings/table.ts';
import { without } from '../settings/table.ts';
import type { TrainConfig } from '../train/config.ts';
import { blueprintFromJson } from '../train/network.ts';
import {
  BLUEPRINT_KEYS,
  DATASET_KEYS,
  GENERAL_KEYS,
  TABLE_KEYS,
  TRAIN_CONFIG_SETTINGS,
} from './config_schema.ts';

export const CONFIG_OPTION = {
  type: 'string',
  placeholder: 'FILE.json',
  help: "settings in the form of a run folder's config.json, all or some; options stand above them",
} as const;

/** The settings of a search in a file; none where there is no file. Throws UserError naming the field. */
export async function readSearchConfig(
  files: Files,
  path: string | undefined,
): Promise<Partial<SearchConfig>> {
  if (path === undefined) return {};
  const { fields, label } = await readFields(files, path, SEARCH_SETTINGS, 'dataset');
  const { transitions, dataset } = fields;
  return {
    ...readTable(without(SEARCH_SETTINGS, 'transitions'), fields, label),
    ...(transitions === undefined ? {} : { transitions: readTransitions(transitions, label) }),
    ...(dataset === undefined ? {} : { dataset: readDataset(dataset, label) }),
  };
}

/** The settings of a training in a file, and its architecture; nothing where there is no file. Throws UserError. */
export async function readTrainConfig(
  files: Files,
  path: string | undefined,
): Promise<{ settings: Partial<TrainConfig>; blueprint: Blueprint | null }> {
  if (path === undefined) return { settings: {}, blueprint: null };
  const { fields, label } = await readFields(files, path, TRAIN_CONFIG_SETTINGS, 'blueprint', 'dataset');
  const { blueprint, dataset } = fields;
  const settings = {
    ...readTable(TRAIN_CONFIG_SETTINGS, fields, label),
    ...(dataset === undefined ? {} : { dataset: readDataset(dataset, label) }),
  } as Partial<TrainConfig>;
  if (blueprint === undefined) return { settings, blueprint: null };
  const where = `${label}: blueprint`;
  const { network = null, ...json } = readObject(blueprint, BLUEPRINT_KEYS, where);
  if (network !== null) readValue({ type: 'string', help: '' }, network, `${where}.network`);
  readValue({ type: 'string', help: '' }, json['name'], `${where}.name`);
  return {
    settings,
    blueprint: blueprintFromJson({ ...json, network }, settings.setting ?? 'cifar10', where),
  };
}

/** The fields of a file that has no others than those of a table, and `more`. */
async function readFields(files: Files, path: string, table: SettingTable, ...more: readonly string[]) {
  const label = `config file ${path}`;
  const value = parseJsonObject(await readUserFile(files, path, label), label);
  const fields = readObject(value, [...GENERAL_KEYS, ...Object.keys(table), ...more], label);
  const { format = RUN_FORMAT } = fields;
  if (format !== RUN_FORMAT) throw mismatch(`${label}: format`, format, String(RUN_FORMAT));
  return { fields, label };
}

function readTable<const T extends SettingTable>(
  table: T,
  fields: JsonObject,
  label: string,
): Partial<SettingValues<T>> {
  const given = Object.entries(table).filter(([name]) => fields[name] !== undefined);
  return Object.fromEntries(
    given.map(([name, setting]) => [name, readValue(setting, fields[name], `${label}: ${name}`)]),
  ) as Partial<SettingValues<T>>;
}

/** What a run remembers of its images. */
function readDataset(value: unknown, label: string): DatasetRecord {
  const where = `${label}: dataset`;
  const fields = readObject(value, DATASET_KEYS, where);
  const count = (name: string): number =>
    readValue(
      { type: 'integer', min: name === 'testImages' ? 0 : 1, help: '' },
      fields[name],
      `${where}.${name}`,
    );
  const channels = count('channels');
  if (channels !== 1 && channels !== 3) throw mismatch(`${where}.channels`, channels, '1 or 3');
  const byChannel = (name: string): number[] => {
    const values = readList(fields[name], 'numbers', `${where}.${name}`, (item, at) =>
      readValue({ type: 'number', help: '' }, item, at),
    );
    if (values.length === channels) return values;
    throw mismatch(`${where}.${name}`, values, `${channels} numbers`);
  };
  return {
    ...{ classes: count('classes'), channels, imageSize: count('imageSize') },
    ...{ mean: byChannel('mean'), deviation: byChannel('deviation') },
    ...{ trainImages: count('trainImages'), testImages: count('testImages') },
    sha256: readText(fields['sha256'], `${where}.sha256`),
  };
}

/** 'nat', 'nat++', or a table whose rows are in order. */
function readTransitions(value: unknown, label: string): SearchConfig['transitions'] {
  if (value === 'nat' || value === 'nat++') return value;
  const where = `${label}: transitions`;
  const { name, rows } = readObject(value, TABLE_KEYS, where);
  const pairs: unknown[] = Array.isArray(rows) ? rows : [null];
  for (const row of pairs) {
    if (!Array.isArray(row) || row.length !== 2 || typeof row[0] !== 'string') {
      throw new UserError(`${where}.rows: expected [[operation, [operation, ...]], ...]`);
    }
  }
  const transitions = Object.fromEntries(pairs as [string, unknown][]);
  return tableToRows(parseTransitions(JSON.stringify({ name, transitions }), where));
}
