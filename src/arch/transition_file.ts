// Transition tables by name or from a user's file, `{name, transitions: {op: [op, ...], ...}}`, the form that
// `nat transform-rules --json` prints. A table lists for each operation what it may become; the order of its keys
// is the order of the policy's logits.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { didYouMean } from '../io/suggest.ts';
import { parseJson, readUserFile } from '../io/user_file.ts';
import { PRIMITIVE_NAMES, type Primitive, findPrimitive } from './primitives.ts';
import { NAT_PLUS_PLUS_TRANSITIONS, NAT_TRANSITIONS, type TransitionTable } from './transitions.ts';

/** 'nat', 'nat++', or the path of a table's file. */
export async function loadTransitions(files: Files, nameOrPath: string): Promise<TransitionTable> {
  for (const table of [NAT_TRANSITIONS, NAT_PLUS_PLUS_TRANSITIONS]) {
    if (nameOrPath.toLowerCase() === table.name) return table;
  }
  const label = `transition file ${nameOrPath} (the built-in tables are nat and nat++)`;
  return parseTransitions(await readUserFile(files, nameOrPath, label), `transition file ${nameOrPath}`);
}

/** The table in a JSON text. `source` opens every error. Throws UserError. */
export function parseTransitions(text: string, source: string): TransitionTable {
  const value = parseJson(text, source);
  const { name = 'custom', transitions } = (value ?? {}) as Record<string, unknown>;
  if (typeof name !== 'string') throw new UserError(`${source}: name must be a string`);
  if (typeof transitions !== 'object' || transitions === null || Array.isArray(transitions)) {
    throw new UserError(`${source}: expected {name, transitions: {op: [op, ...], ...}}`);
  }
  const rows = Object.entries(transitions).map(([key, targets]) => {
    return [readOp(key, `${source}: transitions`), targets as unknown] as const;
  });
  const ops = rows.map(([op]) => op);
  if (ops.length === 0) throw new UserError(`${source}: transitions lists no operation`);
  requireDistinct(ops, `${source}: transitions`);
  return { name, ops, targets: new Map(rows.map(([op, row]) => [op, readTargets(op, row, ops, source)])) };
}

function readTargets(op: Primitive, row: unknown, ops: readonly Primitive[], source: string): Primitive[] {
  const label = `${source}: transitions.${op}`;
  if (!Array.isArray(row)) throw new UserError(`${label} must be a list of operations`);
  const targets = row.map((target) => readOp(target, label));
  requireDistinct(targets, label);
  const unlisted = targets.find((target) => !ops.includes(target));
  if (unlisted !== undefined) {
    throw new UserError(`${label} leads to ${unlisted}, which has no row of its own; add one`);
  }
  if (!targets.includes(op)) {
    throw new UserError(`${label} must list ${op} itself: every architecture may stay as it is`);
  }
  return targets;
}

function requireDistinct(ops: readonly Primitive[], label: string): void {
  const repeated = ops.find((op, i) => ops.indexOf(op) !== i);
  if (repeated !== undefined) throw new UserError(`${label} lists ${repeated} twice`);
}

function readOp(value: unknown, label: string): Primitive {
  const op = typeof value === 'string' ? findPrimitive(value) : undefined;
  if (op !== undefined) return op;
  const hint = typeof value === 'string' ? didYouMean(value, PRIMITIVE_NAMES) : '';
  throw new UserError(
    `${label}: ${JSON.stringify(value)} is not a known operation;${hint} expected one of ${PRIMITIVE_NAMES.join(', ')}`,
  );
}

/** The plain object of the file form. */
export function transitionsToJson({ name, targets }: TransitionTable) {
  return { name, transitions: Object.fromEntries(targets) };
}

/** A table as a run's settings hold it: a list keeps the order of the operations, which a policy's weights rely on. */
export interface TableRows {
  readonly name: string;
  readonly rows: readonly (readonly [op: Primitive, targets: readonly Primitive[]])[];
}

/** A table of transitions in the form that settings take. */
export const tableToRows = ({ name, targets }: TransitionTable): TableRows => ({ name, rows: [...targets] });

export const tableFromRows = ({ name, rows }: TableRows): TransitionTable => ({
  name,
  ops: rows.map(([op]) => op),
  targets: new Map(rows),
});
