// Mutants of a TypeScript text: small faults, one at a time, as somebody might make them. Types, imports and texts of errors
// are left alone. Prettier's parser reads the text, since this TypeScript has no API.

import { parsers } from 'prettier/plugins/typescript';

/**
 * One fault: what stands from `start` to `end` of the file is replaced.
 * @typedef {{ file: string, line: number, start: number, end: number, was: string, becomes: string }} Mutant
 * @typedef {Record<string, any> & { type: string, range: [number, number] }} Node
 */

/** Operators -> what each of them becomes. @type {Record<string, string>} */
const OPERATORS = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '%': '*',
  '**': '*',
  '<<': '>>',
  '>>': '<<',
  '>>>': '<<',
  '&': '|',
  '|': '&',
  '^': '&',
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '??': '&&',
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '++': '--',
  '--': '++',
};

/** Functions and methods -> what each of them becomes. @type {Record<string, string>} */
const FUNCTIONS = { max: 'min', min: 'max', ceil: 'floor', floor: 'ceil', every: 'some', some: 'every' };

/** Statements that can be left out. */
const REMOVABLE = new Set(['ExpressionStatement', 'IfStatement', 'ForOfStatement']);

/** @returns {node is Node} */
const isNode = (/** @type {unknown} */ node) => typeof Object(node).type === 'string';

/** @returns {Promise<Mutant[]>} every mutant of a file, in the order of its text */
export async function mutantsOf(/** @type {string} */ file, /** @type {string} */ text) {
  /** @type {Mutant[]} */
  const mutants = [];
  const put = (/** @type {number} */ start, /** @type {number} */ end, /** @type {string} */ becomes) => {
    const line = text.slice(0, start).split('\n').length;
    mutants.push({ file, line, start, end, was: text.slice(start, end), becomes });
  };
  const swap = (/** @type {Node} */ { range: [start, end] }, /** @type {string} */ becomes) =>
    put(start, end, becomes);
  const source = (/** @type {Node} */ { range }) => text.slice(...range);

  /** Replaces the operator between two operands, which is looked for behind the first. */
  const operator = (/** @type {Node} */ node, /** @type {number} */ from) => {
    const becomes = OPERATORS[node.operator];
    const start = text.indexOf(node.operator, from);
    if (becomes && node.operator !== '=') put(start, start + node.operator.length, becomes);
  };

  /** @type {Record<string, (node: Node) => void>} */
  const rules = {
    BinaryExpression: (node) => operator(node, node.left.range[1]),
    LogicalExpression: (node) => operator(node, node.left.range[1]),
    AssignmentExpression: (node) => operator(node, node.left.range[1]),
    UpdateExpression: (node) => operator(node, node.prefix ? node.range[0] : node.argument.range[1]),
    UnaryExpression: (node) => {
      if (node.operator === '-' || node.operator === '!') swap(node, source(node.argument));
    },
    Literal: (node) => {
      if (typeof node.value === 'boolean') swap(node, String(!node.value));
      if (typeof node.value !== 'number') return;
      swap(node, `(${node.raw} + 1)`);
      swap(node, `(${node.raw} - 1)`);
    },
    IfStatement: ({ test }) => swap(test, `!(${source(test)})`),
    ConditionalExpression: ({ test }) => swap(test, `!(${source(test)})`),
    CallExpression: ({ callee, arguments: [first, second] }) => {
      const name = callee.type === 'MemberExpression' && !callee.computed ? callee.property.name : '';
      if (Object.hasOwn(FUNCTIONS, name)) swap(callee.property, /** @type {string} */ (FUNCTIONS[name]));
      // the order is nothing to max and min
      if (second && name !== 'max' && name !== 'min')
        put(first.range[0], second.range[1], `${source(second)}, ${source(first)}`);
    },
  };

  const visit = (/** @type {unknown} */ node) => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (!isNode(node)) return;
    // types and imports compute nothing; texts of errors are for people
    if (/^TS(?!NonNull|As|Satisfies|Parameter)|^Import|^ThrowStatement$/.test(node.type)) return;
    if (REMOVABLE.has(node.type)) swap(node, ';');
    if (Object.hasOwn(rules, node.type)) rules[node.type]?.(node);
    for (const [key, child] of Object.entries(node)) {
      if (key !== 'loc' && key !== 'parent' && key !== 'typeAnnotation') visit(child);
    }
  };
  const program = await parsers.typescript.parse(text, /** @type {any} */ ({ filepath: file }));
  visit(program.body);
  return mutants.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Comments, attributes, declarations with numbers of bindings, and types in angle brackets of WGSL. */
const NO_CODE = /\/\/.*|@\w+(\([^)]*\))?|<[\w, <>]*>|[iuf]32/g;

/** What is replaced in WGSL, which Prettier does not read but which is written in one style, with spaces. */
const KERNEL_RULES = [
  { find: / (\+|-|\*|\/|%|<<|>>|&|\||\^|<|<=|>|>=|&&|\|\||\+=|-=|\*=) /g, becomes: OPERATORS },
  { find: / (==|!=) /g, becomes: { '==': '!=', '!=': '==' } },
  { find: /\b(max|min)\(/g, becomes: FUNCTIONS },
];

/** @returns {Mutant[]} every mutant of a kernel, or of a part that kernels include, in the order of its text */
export function kernelMutantsOf(/** @type {string} */ file, /** @type {string} */ text) {
  const code = text.replace(NO_CODE, (found) => ' '.repeat(found.length));
  /** @type {Mutant[]} */
  const mutants = [];
  const put = (/** @type {number} */ start, /** @type {string} */ was, /** @type {string} */ becomes) => {
    const line = text.slice(0, start).split('\n').length;
    mutants.push({ file, line, start, end: start + was.length, was, becomes });
  };
  for (const { find, becomes } of KERNEL_RULES) {
    for (const { index, 0: found, 1: was = '' } of code.matchAll(find)) {
      const other = /** @type {Record<string, string>} */ (becomes)[was];
      if (other) put(index + found.indexOf(was), was, other);
    }
  }
  for (const { index, 0: number } of code.matchAll(/(?<![\w.])\d+(\.\d+)?[uif]?(?![\w.])/g)) {
    put(index, number, `(${number} + 1)`);
  }
  for (const { index, 1: statement = '' } of code.matchAll(
    /^ *((?:\w+\[.*\]|\w+)(?:\.\w+)* [-+*]?= .*;)$/gm,
  )) {
    put(text.indexOf(statement.slice(0, 1), index), statement, '');
  }
  return mutants.sort((a, b) => a.start - b.start || a.end - b.end);
}
