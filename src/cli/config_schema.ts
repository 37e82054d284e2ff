// The JSON Schemas of `--config` files and of the config.json of run folders, made of the tables of settings.
import { DATA_IN_WORDS } from '../data/dataset.ts';
import { SETTING_NAMES } from '../networks/macro_setting.ts';
import { RUN_FORMAT } from '../run/run_folder.ts';
import { SEARCH_SETTINGS } from '../search/config.ts';
import { type JsonSchema, objectSchema, tableSchema } from '../settings/json_schema.ts';
import { type SettingTable, without } from '../settings/table.ts';
import { TRAIN_SETTINGS } from '../train/config.ts';

const TEXT: JsonSchema = { type: 'string', minLength: 1 };

/** Everything that a configuration of a training says but its blueprint. */
export const TRAIN_CONFIG_SETTINGS = {
  arch: {
    type: 'string',
    placeholder: 'NAME|FILE',
    help: 'a network (ResNet20, NAT_VGG16, ...), a cell (DARTS, ...) or a genotype file',
  },
  setting: {
    type: 'string',
    choices: SETTING_NAMES,
    default: 'cifar10',
    help: "the images that it is for; the papers' settings for them are the defaults",
  },
  data: {
    type: 'string',
    placeholder: 'DIR',
    default: 'sample',
    help: DATA_IN_WORDS,
  },
  ...TRAIN_SETTINGS,
} as const satisfies SettingTable;

const GENERAL: Readonly<Record<string, JsonSchema>> = {
  $schema: { type: 'string', description: 'where this schema is, for editors' },
  format: { const: RUN_FORMAT, description: 'version of the form of run folders' },
};

/** A user's table of transitions. */
const TABLE: Readonly<Record<string, JsonSchema>> = {
  name: { type: 'string' },
  rows: {
    type: 'array',
    minItems: 1,
    items: { type: 'array', minItems: 2, items: { anyOf: [TEXT, { type: 'array', items: TEXT }] } },
    description: 'an operation and what it may become, itself among them',
  },
};

const BLUEPRINT: Readonly<Record<string, JsonSchema>> = {
  name: TEXT,
  network: { anyOf: [TEXT, { const: null }], description: 'whose blocks the cells take the place of' },
  genotype: { type: 'object', description: 'in the form of a genotype file' },
};

const COUNT: JsonSchema = { type: 'integer', minimum: 1 };
const BY_CHANNEL: JsonSchema = { type: 'array', items: { type: 'number' } };

/** What a run remembers of its images. */
const DATASET: Readonly<Record<string, JsonSchema>> = {
  classes: COUNT,
  channels: { enum: [1, 3] },
  imageSize: COUNT,
  mean: BY_CHANNEL,
  deviation: BY_CHANNEL,
  trainImages: COUNT,
  testImages: { type: 'integer', minimum: 0 },
  sha256: { type: 'string' },
};
const DATASET_SCHEMA: JsonSchema = {
  ...objectSchema(DATASET, Object.keys(DATASET)),
  description: 'what the run remembers of its images; another run writes its own',
};

export const DATASET_KEYS = Object.keys(DATASET);
export const GENERAL_KEYS = Object.keys(GENERAL);
export const TABLE_KEYS = Object.keys(TABLE);
export const BLUEPRINT_KEYS = Object.keys(BLUEPRINT);

const schema = (title: string, table: SettingTable, more: Readonly<Record<string, JsonSchema>>) => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title,
  ...tableSchema(table, { ...more, ...GENERAL }),
});

export const SEARCH_CONFIG_SCHEMA: JsonSchema = schema(
  'Settings of a search of nat: --config files, and config.json of its run folder',
  without(SEARCH_SETTINGS, 'transitions'),
  {
    dataset: DATASET_SCHEMA,
    transitions: {
      description: SEARCH_SETTINGS.transitions.help,
      anyOf: [{ enum: ['nat', 'nat++'] }, objectSchema(TABLE, ['rows'])],
    },
  },
);

export const TRAIN_CONFIG_SCHEMA: JsonSchema = schema(
  'Settings of a training of nat: --config files, and config.json of its run folder',
  TRAIN_CONFIG_SETTINGS,
  {
    dataset: DATASET_SCHEMA,
    blueprint: {
      ...objectSchema(BLUEPRINT, ['name', 'genotype']),
      description: 'the architecture itself; it stands above arch',
    },
  },
);
