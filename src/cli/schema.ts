// `nat schema`: the JSON Schemas of files that users write, for editors.
import { EXPERIMENT_SCHEMA } from '../experiment/schema.ts';
import { formatJson } from '../io/json.ts';
import { defineCommand } from './command.ts';
import { SEARCH_CONFIG_SCHEMA, TRAIN_CONFIG_SCHEMA } from './config_schema.ts';

const SCHEMAS = {
  experiment: EXPERIMENT_SCHEMA,
  search: SEARCH_CONFIG_SCHEMA,
  train: TRAIN_CONFIG_SCHEMA,
} as const;

export const schema = defineCommand({
  name: 'schema',
  summary: 'print a JSON Schema, all settings included: of experiment files or of --config files',
  options: {
    of: {
      type: 'string',
      positional: true,
      placeholder: 'experiment|search|train',
      choices: ['experiment', 'search', 'train'],
      default: 'experiment',
      help: 'experiment files, or the --config files of a search or a training',
    },
  },
  examples: [['search', 'the schema of nat search --config FILE.json']],
  run: async ({ terminal }, { of }) => terminal.out(formatJson(SCHEMAS[of], 'schema')),
});
