// Genotypes as DARTS prints them, Python text: `NAME = Genotype(normal=[('sep_conv_3x3', 0), ...], normal_concat=
// range(2, 6), reduce=[...], reduce_concat=[2, 3])`. Edges are pairs (operation, source), two for each node in order;
// NAT's own code has triples (operation, source, target), which are read too.
import { UserError } from '../../../runtime/errors.ts';
import type { Cell, Genotype } from '../../arch/genotype.ts';
import { genotypeFromJson } from '../../arch/genotype_file.ts';
import { publishedName } from './spelling.ts';

const FORM =
  'Genotype(normal=[(op, source), ...], normal_concat=range(2, 6), reduce=[...], reduce_concat=...)';

/** More than any genotype has; what is longer is something else. */
const MOST_TOKENS = 10_000;

/** Lists in one another: a list of edges has two levels. */
const DEEPEST = 4;

type Token = { readonly kind: 'name' | 'string' | 'number' | 'sign' | 'end'; readonly text: string };
type Value = string | number | Value[];

/** The genotype in a Python text. `label` opens every error. Throws UserError, naming the first thing that is wrong. */
export function parseDartsGenotype(text: string, label: string): Genotype {
  const tokens = tokenise(text, label);
  let at = 0;
  const next = (): Token => tokens[Math.min(at++, tokens.length - 1)]!;
  const peek = (): string => tokens[Math.min(at, tokens.length - 1)]!.text;
  const fail = (expected: string, { kind, text: got }: Token): never => {
    throw new UserError(
      `${label}: got ${kind === 'end' ? 'the end' : `'${got.slice(0, 40)}'`}, expected ${expected}; the form is ${FORM}`,
    );
  };
  const expect = (text: string): void => {
    const token = next();
    if (token.text !== text || token.kind === 'string') fail(`'${text}'`, token);
  };

  function value(depth: number): Value {
    const token = next();
    if (token.kind === 'string') return token.text;
    if (token.kind === 'number') return Number(token.text);
    if (token.text === 'range' && token.kind === 'name') return range();
    if (token.text === 'list' && token.kind === 'name') return inParentheses(depth);
    const close = ({ '[': ']', '(': ')' } as const)[token.text];
    if (token.kind !== 'sign' || close === undefined || depth > DEEPEST) {
      return fail('a list, a string or a number', token);
    }
    const items: Value[] = [];
    while (peek() !== close) {
      items.push(value(depth + 1));
      if (peek() !== close) expect(',');
    }
    expect(close);
    return items;
  }

  function inParentheses(depth: number): Value {
    if (depth > DEEPEST) return fail('a list', { kind: 'name', text: 'list' });
    expect('(');
    const inner = value(depth + 1);
    expect(')');
    return inner;
  }

  function range(): number[] {
    expect('(');
    const first = next();
    expect(',');
    const end = next();
    expect(')');
    const [a, b] = [first, end].map((token) =>
      token.kind === 'number' ? Number(token.text) : fail('a number', token),
    ) as [number, number];
    if (b - a > MOST_TOKENS) fail('a short range', end);
    return Array.from({ length: Math.max(0, b - a) }, (_, i) => a + i);
  }

  const first = next();
  const named = first.kind === 'name' && peek() === '=';
  if (named) at++;
  const call = named ? next() : first;
  if (call.kind !== 'name' || call.text !== 'Genotype') fail("'Genotype'", call);
  expect('(');
  const fields: Record<string, Value> = Object.create(null);
  while (peek() !== ')') {
    const key = next();
    if (!FIELDS.includes(key.text)) fail(`one of ${FIELDS.join(', ')}`, key);
    if (key.text in fields) fail(`${key.text} once`, key);
    expect('=');
    fields[key.text] = value(0);
    if (peek() !== ')') expect(',');
  }
  expect(')');
  if (next().kind !== 'end') fail('nothing behind the genotype', tokens[at - 1]!);
  const { normal, reduce, ...concat } = fields;
  return genotypeFromJson(
    {
      ...(named ? { name: first.text } : {}),
      ...concat,
      normal: withTargets(normal),
      reduce: withTargets(reduce),
    },
    label,
  );
}

const FIELDS = ['normal', 'normal_concat', 'reduce', 'reduce_concat'];

/** Pairs (operation, source) with the node that they go to: two to each, in order. */
const withTargets = (edges: Value | undefined): Value | undefined =>
  Array.isArray(edges)
    ? edges.map((edge, i) => (Array.isArray(edge) && edge.length === 2 ? [...edge, 2 + (i >> 1)] : edge))
    : edges;

function tokenise(text: string, label: string): Token[] {
  const pattern =
    /(?:\s|#[^\n]*(?:\n|$))*(?:([A-Za-z_]\w*)|'([^'\\\n]*)'|"([^"\\\n]*)"|(\d{1,9})(?!\d)|([()[\],=]))/y;
  const tokens: Token[] = [];
  let end = 0;
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const [, name, single, double, number, sign] = match;
    if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else tokens.push({ kind: 'string', text: single ?? double! });
    end = pattern.lastIndex;
    if (tokens.length > MOST_TOKENS)
      throw new UserError(`${label}: too long for a genotype; the form is ${FORM}`);
  }
  const rest = text.slice(end, end + 10_000).replace(/^(?:\s|#[^\n]*(?:\n|$))+/, '');
  if (rest !== '') throw new UserError(`${label}: cannot read '${rest.slice(0, 40)}'; the form is ${FORM}`);
  return [...tokens, { kind: 'end', text: '' }];
}

/** The Python text of a genotype, in DARTS's own names. */
export function formatDartsGenotype({ name, normal, normalConcat, reduce, reduceConcat }: Genotype): string {
  const variable = name?.replace(/\W/g, '_').replace(/^(?=\d)/, '_');
  const fields = [
    `normal=${pairs(normal)}`,
    `normal_concat=${nodes(normalConcat)}`,
    `reduce=${pairs(reduce)}`,
    `reduce_concat=${nodes(reduceConcat)}`,
  ];
  const body = fields.map((field) => `    ${field},\n`).join('');
  return `${variable ? `${variable} = ` : ''}Genotype(\n${body})\n`;
}

function pairs(cell: Cell): string {
  const edges = cell.map(([op, from]) => `('${publishedName(op)}', ${from})`);
  const lines = edges.flatMap((edge, i) => (i % 2 === 0 ? [`        ${edge}, ${edges[i + 1]},\n`] : []));
  return `[\n${lines.join('')}    ]`;
}

const nodes = (concat: readonly number[]): string =>
  concat.every((node, i) => node === concat[0]! + i)
    ? `range(${concat[0]}, ${concat[0]! + concat.length})`
    : `[${concat.join(', ')}]`;
