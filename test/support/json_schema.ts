// Checks values against JSON Schemas, as far as those of this project go.
import type { JsonSchema } from '../../src/settings/json_schema.ts';

type Value = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Value =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
};

/** Keyword -> what is wrong with a value by it, or null. */
const KEYWORDS: Readonly<
  Record<string, (rule: never, value: never, root: JsonSchema, schema: JsonSchema) => string | null>
> = {
  type: (rule: string, value) => (TYPES[rule]!(value) ? null : `is no ${rule}`),
  enum: (rule: readonly unknown[], value) => (rule.includes(value) ? null : `is none of ${rule}`),
  const: (rule, value) => (rule === value ? null : `is not ${rule}`),
  minLength: (rule: number, value: string) => (value.length >= rule ? null : 'is too short'),
  minItems: (rule: number, value: unknown[]) => (value.length >= rule ? null : 'has too few items'),
  minimum: (rule: number, value: number) => (value >= rule ? null : `is below ${rule}`),
  maximum: (rule: number, value: number) => (value <= rule ? null : `is above ${rule}`),
  exclusiveMinimum: (rule: number, value: number) => (value > rule ? null : `is not above ${rule}`),
  exclusiveMaximum: (rule: number, value: number) => (value < rule ? null : `is not below ${rule}`),
  multipleOf: (rule: number, value: number) => (value % rule === 0 ? null : `is no multiple of ${rule}`),
  required: (rule: readonly string[], value: Value) => {
    const missing = rule.find((name) => !(name in value));
    return missing === undefined ? null : `has no ${missing}`;
  },
  properties: (rule: Readonly<Record<string, JsonSchema>>, value: Value, root) =>
    first(Object.keys(rule), (name) => (name in value ? within(name, rule[name]!, value[name], root) : null)),
  additionalProperties: (rule: JsonSchema | false, value: Value, root, { properties = {} }) => {
    const others = Object.keys(value).filter((name) => !(name in (properties as object)));
    if (rule === false) return others.length === 0 ? null : `has an unknown ${others[0]}`;
    return first(others, (name) => within(name, rule, value[name], root));
  },
  items: (rule: JsonSchema, value: readonly unknown[], root) =>
    first([...value.keys()], (i) => within(String(i), rule, value[i], root)),
  anyOf: (rule: readonly JsonSchema[], value, root) => {
    const problems = rule.map((schema) => schemaProblem(schema, value, root));
    return problems.includes(null) ? null : `fits nothing: ${problems.join('; ')}`;
  },
  $ref: (rule: string, value, root) => {
    const target = (root['$defs'] as Readonly<Record<string, JsonSchema>>)[rule.replace('#/$defs/', '')];
    return schemaProblem(target!, value, root);
  },
};

/** They say nothing of values. */
const NOTES = ['$schema', '$defs', 'title', 'description', 'default'];

function first<T>(items: readonly T[], problem: (item: T) => string | null): string | null {
  for (const item of items) {
    const found = problem(item);
    if (found !== null) return found;
  }
  return null;
}

function within(name: string, schema: JsonSchema, value: unknown, root: JsonSchema): string | null {
  const problem = schemaProblem(schema, value, root);
  return problem === null ? null : `${name} ${problem}`;
}

/** What is wrong with a value by a schema, or null. Throws for a keyword that this knows nothing of. */
export function schemaProblem(schema: JsonSchema, value: unknown, root = schema): string | null {
  return first(Object.keys(schema), (keyword) => {
    if (NOTES.includes(keyword)) return null;
    const check = KEYWORDS[keyword];
    if (!check) throw new Error(`keyword ${keyword} is not known`);
    return check(schema[keyword] as never, value as never, root, schema);
  });
}
