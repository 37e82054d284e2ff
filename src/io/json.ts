// JSON as run folders hold it: keys in the order given, numbers as JavaScript prints them, nothing that JSON
// cannot say. Equal values give equal text.

import { RunError, UserError } from '../../runtime/errors.ts';
import { parseJson } from './user_file.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Indented text with a final newline. Throws RunError for NaN and infinities, which JSON cannot hold. */
export function formatJson(value: object, what: string): string {
  return `${JSON.stringify(value, finiteNumbers(what), 2)}\n`;
}

/** One line with its newline, for .jsonl files. Throws RunError as formatJson does. */
export function formatJsonLine(value: object, what: string): string {
  return `${JSON.stringify(value, finiteNumbers(what))}\n`;
}

function finiteNumbers(what: string) {
  return (key: string, value: unknown): unknown => {
    if (typeof value === 'number' && !Number.isFinite(value)) {
      throw new RunError(`${what}: '${key}' is ${value}; it cannot be recorded`);
    }
    return value;
  };
}

/** The object that a JSON file holds. Throws UserError that begins with `name`. */
export function parseJsonObject(text: string, name: string): JsonObject {
  const value = parseJson(text, name);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`${name}: expected a JSON object, got ${text.trim().slice(0, 40)}`);
  }
  return value as JsonObject;
}

/** `key` or `outer.key` of everything in which two JSON objects differ, with both values as JSON text. */
export function jsonDifferences(a: JsonObject, b: JsonObject): { key: string; a: string; b: string }[] {
  const left = leaves(a);
  const right = leaves(b);
  const keys = [...new Set([...left.keys(), ...right.keys()])];
  return keys
    .filter((key) => left.get(key) !== right.get(key))
    .map((key) => ({ key, a: left.get(key) ?? 'nothing', b: right.get(key) ?? 'nothing' }));
}

function leaves(value: JsonObject, prefix = '', into = new Map<string, string>()): Map<string, string> {
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner)) {
      leaves(inner as JsonObject, `${prefix}${key}.`, into);
    } else if (inner !== undefined) {
      into.set(prefix + key, JSON.stringify(inner));
    }
  }
  return into;
}
