// Settings as JSON Schema (https://json-schema.org, draft 2020-12), for editors that check and complete files.
import type { Setting } from './setting.ts';
import type { SettingTable } from './table.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The schema of one setting's values. */
function settingSchema(setting: Setting): JsonSchema {
  const { type, help: description } = setting;
  switch (setting.type) {
    case 'boolean':
      return { type, description };
    case 'string':
      return { type, ...(setting.choices ? { enum: setting.choices } : { minLength: 1 }), description };
    default: {
      const { min: minimum, max: maximum, above, below, even } = setting;
      return defined({
        type,
        minimum,
        maximum,
        exclusiveMinimum: above,
        exclusiveMaximum: below,
        multipleOf: even && 2,
        description,
      });
    }
  }
}

/** The schema of an object that holds some of a table's settings and nothing else; `more` are further properties. */
export function tableSchema(
  table: SettingTable,
  more: Readonly<Record<string, JsonSchema>> = {},
): JsonSchema {
  const properties = Object.entries(table).map(([name, { default: usual, presets, ...setting }]) => {
    // presets have other defaults
    return [name, defined({ ...settingSchema(setting), default: presets ? undefined : usual })];
  });
  return objectSchema({ ...Object.fromEntries(properties), ...more });
}

/** The schema of an object with these properties and no others. */
export const objectSchema = (
  properties: Readonly<Record<string, JsonSchema>>,
  required: readonly string[] = [],
): JsonSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
  additionalProperties: false,
});

const defined = (schema: JsonSchema): JsonSchema =>
  Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
