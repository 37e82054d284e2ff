// The file form of a genotype, `{name, normal: [[op, from, to], ...], normal_concat, reduce, reduce_concat}`: reading
// with full validation, and writing. Edges may come in any order; they are kept ordered by node, and the two edges
// of a node in the order given.
import { UserError } from '../../runtime/errors.ts';
import { didYouMean } from '../io/suggest.ts';
import { parseJson } from '../io/user_file.ts';
import type { Cell, CellKind, Edge, Genotype } from './genotype.ts';
import { PRIMITIVE_NAMES, findPrimitive } from './primitives.ts';

const FORM = '{name, normal: [[op, from, to], ...], normal_concat, reduce, reduce_concat}';

/** The genotype in a JSON text. `source` opens every error, e.g. "genotype file x.json". Throws UserError. */
export function parseGenotype(text: string, source: string): Genotype {
  return genotypeFromJson(parseJson(text, source), source);
}

/** The genotype in a parsed JSON value. Throws UserError, naming the first thing that is wrong. */
export function genotypeFromJson(value: unknown, source: string): Genotype {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UserError(`${source}: expected an object ${FORM}, got ${shown(value)}`);
  }
  const fields = value as Record<string, unknown>;
  const name = fields.name;
  if (name !== undefined && typeof name !== 'string') {
    throw new UserError(`${source}: name must be a string, got ${shown(name)}`);
  }
  const normal = readCell(fields, 'normal', source);
  const reduce = readCell(fields, 'reduce', source);
  if (normal.length !== reduce.length) {
    throw new UserError(
      `${source}: normal has ${normal.length / 2} intermediate nodes and reduce ${reduce.length / 2}; ` +
        'both cells must have the same number',
    );
  }
  return {
    ...(name === undefined ? {} : { name }),
    normal,
    normalConcat: readConcat(fields, 'normal_concat', normal, source),
    reduce,
    reduceConcat: readConcat(fields, 'reduce_concat', reduce, source),
  };
}

function readCell(fields: Record<string, unknown>, kind: CellKind, source: string): Cell {
  const value = fields[kind];
  if (!Array.isArray(value) || value.length === 0) {
    throw new UserError(`${source}: ${kind} must be a list of edges [op, from, to], got ${shown(value)}`);
  }
  const edges = value.map((edge, i) => readEdge(edge, `${source}: ${kind}[${i}]`));
  const lastNode = Math.max(...edges.map(([, , to]) => to));
  for (let node = 2; node <= lastNode; node++) {
    const incoming = edges.filter(([, , to]) => to === node).length;
    if (incoming !== 2) {
      throw new UserError(
        `${source}: ${kind} node ${node} has ${incoming} incoming edges; ` +
          `every node from 2 to the last, ${lastNode}, needs exactly 2`,
      );
    }
  }
  return edges.toSorted((a, b) => a[2] - b[2]);
}

function readEdge(value: unknown, label: string): Edge {
  if (!Array.isArray(value) || value.length !== 3) {
    throw new UserError(`${label} must be an edge [op, from, to], got ${shown(value)}`);
  }
  const [name, from, to] = value as unknown[];
  if (typeof name !== 'string') throw new UserError(`${label} op must be a string, got ${shown(name)}`);
  const op = findPrimitive(name);
  if (op === undefined) {
    throw new UserError(
      `${label} op '${name}' is not a known operation;${didYouMean(name, PRIMITIVE_NAMES)} ` +
        `expected one of ${PRIMITIVE_NAMES.join(', ')}`,
    );
  }
  if (!isInteger(to) || to < 2) {
    throw new UserError(
      `${label} goes to ${shown(to)}; expected an intermediate node, 2 or above (0 and 1 are the cell's inputs)`,
    );
  }
  if (!isInteger(from) || from < 0 || from >= to) {
    throw new UserError(
      `${label} comes from ${shown(from)}; expected a node before its target ${to}, from 0 to ${to - 1}`,
    );
  }
  return [op, from, to];
}

function readConcat(fields: Record<string, unknown>, key: string, cell: Cell, source: string): number[] {
  const value = fields[key];
  if (!Array.isArray(value) || value.length === 0) {
    throw new UserError(`${source}: ${key} must be a non-empty list of nodes, got ${shown(value)}`);
  }
  const lastNode = cell.length / 2 + 1;
  const nodes = value as unknown[];
  return nodes.map((node, i) => {
    if (!isInteger(node) || node < 2 || node > lastNode) {
      throw new UserError(
        `${source}: ${key}[${i}] is ${shown(node)}; expected an intermediate node, from 2 to ${lastNode}`,
      );
    }
    if (nodes.indexOf(node) !== i) throw new UserError(`${source}: ${key} lists node ${node} twice`);
    return node;
  });
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

/** A value as an error message shows it: JSON, cut short. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** The plain object of the file form, for results and files. */
export function genotypeToJson({ name, normal, normalConcat, reduce, reduceConcat }: Genotype) {
  return {
    ...(name === undefined ? {} : { name }),
    normal,
    normal_concat: normalConcat,
    reduce,
    reduce_concat: reduceConcat,
  };
}

/** The text of a genotype file: one node's two edges a line. */
export function formatGenotype(genotype: Genotype): string {
  const fields = Object.entries(genotypeToJson(genotype)).map(([key, value]) => {
    const text = key === 'normal' || key === 'reduce' ? formatEdges(value as Cell) : spaced(value);
    return `  "${key}": ${text}`;
  });
  return `{\n${fields.join(',\n')}\n}\n`;
}

function formatEdges(cell: Cell): string {
  const lines = [];
  for (let i = 0; i < cell.length; i += 2) lines.push(`    ${spaced(cell[i])}, ${spaced(cell[i + 1])}`);
  return `[\n${lines.join(',\n')}\n  ]`;
}

/** JSON on one line, with a space after every comma of a list. */
function spaced(value: unknown): string {
  if (!Array.isArray(value)) return JSON.stringify(value);
  return `[${value.map(spaced).join(', ')}]`;
}
