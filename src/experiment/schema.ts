// What an experiment file may hold: the fields that files are read by, and the JSON Schema made of them.
import { DATA_IN_WORDS } from '../data/dataset.ts';
import { DERIVE_SETTINGS } from '../derive/config.ts';
import { SETTING_NAMES } from '../networks/macro_setting.ts';
import { PRESET_NAMES, SEARCH_SETTINGS } from '../search/config.ts';
import { LEARNER_KINDS } from '../search/learners.ts';
import { type JsonSchema, objectSchema, tableSchema } from '../settings/json_schema.ts';
import { type SettingTable, without } from '../settings/table.ts';
import { TRAIN_SETTINGS } from '../train/config.ts';
import { UNCHANGED } from './definition.ts';

/** Policy and seed are what the grid varies. */
export const SEARCH_FIELDS = without(SEARCH_SETTINGS, 'data', 'seed', 'policy', 'transitions');
export const TRAIN_FIELDS = without(TRAIN_SETTINGS, 'seed');
export const DERIVE_FIELDS = without(DERIVE_SETTINGS, 'seed', 'maxLatency');

/** Fields of a method that are plain settings. */
export const METHOD_SETTINGS = {
  name: { type: 'string', help: 'what the table calls it' },
  policy: { type: 'string', choices: LEARNER_KINDS, help: 'what learns to transform' },
} as const satisfies SettingTable;

/** Fields of a hypothesis that are plain settings. */
export const HYPOTHESIS_SETTINGS = {
  claim: { type: 'string', help: 'in words' },
  architecture: { type: 'string', help: 'by its label' },
  method: { type: 'string', help: 'the method that is claimed to be better, or not worse' },
  over: { type: 'string', help: 'the method that it is compared with' },
  accuracy: {
    type: 'string',
    choices: ['shared', 'top1'],
    default: 'shared',
    help: 'on test images: under the shared weights, or after training from scratch',
  },
  margin: {
    type: 'number',
    min: 0,
    default: 0,
    help: 'points by which it may be worse; above 0 the claim is that it is not worse by so much',
  },
} as const satisfies SettingTable;

/** Fields of the file that are plain settings. */
export const EXPERIMENT_SETTINGS = {
  name: { type: 'string', help: "the table's title" },
  setting: {
    type: 'string',
    choices: SETTING_NAMES,
    default: 'cifar10',
    help: 'the networks whose costs are counted, and what they are trained on',
  },
  data: { ...SEARCH_SETTINGS.data, help: `images of the search: ${DATA_IN_WORDS}` },
} as const satisfies SettingTable;

/** Fields of an architecture that are plain settings. */
export const SUBJECT_SETTINGS = {
  arch: {
    type: 'string',
    help: 'a network or cell by name, or a genotype file, whose path starts from this file; this, genotype or random',
  },
  network: { type: 'string', help: 'whose blocks the cell takes the place of' },
  label: { type: 'string', help: 'what the table calls it' },
  channels: { type: 'integer', min: 1, help: 'of its first cells' },
  layers: { type: 'integer', min: 1, help: 'cells' },
  random: {
    type: 'integer',
    min: 1,
    help: 'so many architectures that the search could draw, in place of arch; their row is the mean of all',
  },
  seed: { type: 'integer', min: 0, default: 0, help: 'of these random architectures' },
} as const satisfies SettingTable;

const reference = (name: string): JsonSchema => ({ $ref: `#/$defs/${name}` });

const list = (items: JsonSchema, description: string): JsonSchema => ({
  type: 'array',
  items,
  minItems: 1,
  description,
});

const TRANSITIONS: JsonSchema = {
  description: `${SEARCH_SETTINGS.transitions.help}; a table as nat transform-rules --json prints it`,
  anyOf: [{ enum: ['nat', 'nat++'] }, { type: 'object', required: ['transitions'] }],
};

const SEARCH: JsonSchema = tableSchema(SEARCH_FIELDS, {
  preset: { enum: PRESET_NAMES, default: 'paper', description: 'the settings that it begins with' },
  transitions: TRANSITIONS,
});

const TRAIN_KINDS = {
  cells: { ...reference('training'), description: 'of cell networks' },
  networks: { ...reference('training'), description: 'of hand-crafted networks' },
};

const TRAIN: JsonSchema = {
  ...objectSchema({ data: { type: 'string', description: 'images of the trainings' }, ...TRAIN_KINDS }),
  description: "settings that are not the papers'; without this field nothing is trained from scratch",
};

const TRAIN_OWN: JsonSchema = {
  anyOf: [{ const: false }, reference('training')],
  description: 'false: not trained from scratch; or settings of its own',
};

const SUBJECT: JsonSchema = objectSchema({
  ...properties(tableSchema(SUBJECT_SETTINGS)),
  genotype: { type: 'object', description: 'its cells, in the form of a genotype file' },
  methods: list({ type: 'string' }, 'names of those methods that it is transformed by'),
  search: reference('search'),
  derive: reference('derive'),
  train: TRAIN_OWN,
  published: {
    type: 'object',
    additionalProperties: { type: 'string' },
    description: 'accuracies that the paper prints, by method',
  },
});

const METHOD: JsonSchema = objectSchema(
  {
    ...properties(tableSchema(METHOD_SETTINGS)),
    search: reference('search'),
    derive: {
      anyOf: [{ enum: DERIVE_SETTINGS.method.choices }, reference('derive')],
      description: 'how architectures are derived: the way alone, or an object',
    },
    train: TRAIN_OWN,
  },
  ['name', 'policy'],
);

const HYPOTHESIS: JsonSchema = objectSchema(properties(tableSchema(HYPOTHESIS_SETTINGS)), [
  'claim',
  'architecture',
  'method',
  'over',
]);

const EXPERIMENT: JsonSchema = objectSchema(
  {
    $schema: { type: 'string', description: 'where this schema is, for editors' },
    ...properties(tableSchema(EXPERIMENT_SETTINGS)),
    description: { type: 'string', description: 'what the table says below its title' },
    seeds: list({ type: 'integer', minimum: 0 }, 'every search and training runs once for each'),
    search: reference('search'),
    derive: reference('derive'),
    train: reference('train'),
    methods: list(
      { anyOf: [{ const: UNCHANGED }, reference('method')] },
      `${UNCHANGED}, the architecture as it is, or a way to transform it`,
    ),
    architectures: list({ anyOf: [{ type: 'string' }, reference('architecture')] }, 'names, or objects'),
    hypotheses: list(
      reference('hypothesis'),
      'what is to be shown, decided before it runs: those of one architecture are tested in this order at 5%, each ' +
        'only where all before it hold',
    ),
  },
  ['name', 'seeds', 'methods', 'architectures'],
);

function properties(schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return schema['properties'] as Readonly<Record<string, JsonSchema>>;
}

export const EXPERIMENT_KEYS = Object.keys(properties(EXPERIMENT));
export const SEARCH_KEYS = Object.keys(properties(SEARCH));
export const TRAIN_KEYS = Object.keys(properties(TRAIN));
export const METHOD_KEYS = Object.keys(properties(METHOD));
export const SUBJECT_KEYS = Object.keys(properties(SUBJECT));

/** The JSON Schema of experiment files. */
export const EXPERIMENT_SCHEMA: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'An experiment of nat: architectures x methods x seeds',
  ...EXPERIMENT,
  $defs: {
    search: SEARCH,
    derive: tableSchema(DERIVE_FIELDS),
    train: TRAIN,
    training: tableSchema(TRAIN_FIELDS),
    method: METHOD,
    architecture: SUBJECT,
    hypothesis: HYPOTHESIS,
  },
};
