// `nat schema`: the JSON Schema of experiment files, for editors.
import { EXPERIMENT_SCHEMA } from '../experiment/schema.ts';
import { formatJson } from '../io/json.ts';
import { defineCommand } from './command.ts';

export const schema = defineCommand({
  name: 'schema',
  summary: 'print the JSON Schema of experiment files, all settings included',
  options: {},
  run: async ({ terminal }) => terminal.out(formatJson(EXPERIMENT_SCHEMA, 'schema')),
});
