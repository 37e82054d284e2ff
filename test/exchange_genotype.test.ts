// Genotypes in the forms of the field: texts as their authors published them are the zoo's cells, what is written is
// read again as the same, and what is wrong is told in one line.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Platform } from '../runtime/host/platform.ts';
import { UserError } from '../runtime/errors.ts';
import { type Genotype, intermediateNodes } from '../src/arch/genotype.ts';
import { CELLS } from '../src/arch/zoo/cells.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { CELL_COUNT, formatCell, parseCell, toNatCell } from '../src/benchmark/space.ts';
import { convert } from '../src/cli/convert.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { formatDot } from '../src/exchange/genotype/dot.ts';
import { readGenotype, writeGenotype } from '../src/exchange/genotype/forms.ts';
import { memoryFiles } from './support/memory_files.ts';

/** DARTS_V2 of DARTS's genotypes.py. */
const DARTS_V2 = `DARTS_V2 = Genotype(normal=[('sep_conv_3x3', 0), ('sep_conv_3x3', 1), ('sep_conv_3x3', 0),
  ('sep_conv_3x3', 1), ('sep_conv_3x3', 1), ('skip_connect', 0), ('skip_connect', 0), ('dil_conv_3x3', 2)],
  normal_concat=[2, 3, 4, 5], reduce=[('max_pool_3x3', 0), ('max_pool_3x3', 1), ('skip_connect', 2),
  ('max_pool_3x3', 1), ('max_pool_3x3', 0), ('skip_connect', 2), ('skip_connect', 2), ('max_pool_3x3', 1)],
  reduce_concat=[2, 3, 4, 5])`;

/** The same cells as NNI's hub has them (darts-v2). */
const NNI_OPS = [
  'sep_conv_3x3',
  'sep_conv_3x3',
  'sep_conv_3x3',
  'sep_conv_3x3',
  'sep_conv_3x3',
  'skip_connect',
]
  .concat('skip_connect', 'dil_conv_3x3', 'max_pool_3x3', 'max_pool_3x3', 'skip_connect', 'max_pool_3x3')
  .concat('max_pool_3x3', 'skip_connect', 'skip_connect', 'max_pool_3x3');
const NNI_INPUTS = [0, 1, 0, 1, 1, 0, 0, 2, 0, 1, 2, 1, 0, 2, 2, 1];
const nniDarts = (input: (from: number) => unknown) =>
  Object.fromEntries(
    NNI_OPS.flatMap((op, i) => {
      const at = `${2 + ((i % 8) >> 1)}_${i % 2}`;
      const kind = i < 8 ? 'normal' : 'reduce';
      return [[`${kind}/op_${at}`, op], [`${kind}/input_${at}`, input(NNI_INPUTS[i]!)]];
    }),
  ); // prettier-ignore

const withoutName = ({ name: _, ...rest }: Genotype) => rest;
const read = (text: string): Genotype => readGenotype(text, 'x');

test('exchange: the published texts of DARTS and NNI are the DARTS cell', () => {
  const darts = requireCell('DARTS');
  assert.equal(read(DARTS_V2), { ...darts, name: 'DARTS_V2' });
  assert.equal(
    read(DARTS_V2.replace('DARTS_V2 =', '# found\n').replaceAll('[2, 3, 4, 5]', 'range(2, 6)')),
    withoutName(darts),
  );
  for (const input of [(from: number) => from, (from: number) => [from]]) {
    assert.equal(read(JSON.stringify({ ...nniDarts(input), width: 36 })), withoutName(darts));
  }
  assert.equal(
    JSON.parse(writeGenotype(darts, 'nni')),
    nniDarts((from) => [from]),
  );
});

test("exchange: DARTS's spelling of operations, quotes, tuples and triples", () => {
  const text = (edges: string, concat: string) =>
    `Genotype(normal=${edges}, normal_concat=${concat}, reduce=${edges}, reduce_concat=${concat})`;
  const expected = [['null', 0, 2], ['conv_1x7_7x1', 1, 2]]; // prettier-ignore
  const forms = [
    text(`[('none', 0), ('conv_7x1_1x7', 1)]`, 'range(2, 3)'),
    text(`[["none", 0], ["conv_1x7_7x1", 1],]`, '(2,)'),
    text(`(('null', 0, 2), ('conv_7x1_1x7', 1, 2))`, 'list(range(2, 3))'),
  ];
  for (const form of forms) assert.equal(read(form).normal, expected);
  const written = writeGenotype(read(forms[0]!), 'darts');
  assert.match(written, "('none', 0), ('conv_7x1_1x7', 1)");
});

test('exchange: every cell of the zoo goes to every form that can say it, and comes back', () => {
  let nni = 0;
  for (const cell of CELLS) {
    assert.equal(read(writeGenotype(cell, 'darts')), cell);
    assert.equal(read(writeGenotype(cell, 'nat')), cell);
    const all = [cell.normalConcat, cell.reduceConcat].every(
      (concat, i) => concat.join() === intermediateNodes(i === 0 ? cell.normal : cell.reduce).join(),
    );
    if (all) assert.equal(read(writeGenotype(cell, 'nni')), withoutName(cell));
    else assert.throws(() => writeGenotype(cell, 'nni'), /concatenates all nodes of a cell/);
    nni += Number(all);
  }
  assert.ok(nni > 5 && nni < CELLS.length);
});

test('exchange: cells of NAS-Bench-201 go to a genotype and back', () => {
  const string = '|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|none~2|';
  const genotype = read(string);
  assert.equal(genotype.normal, toNatCell(parseCell(string, 'x')));
  assert.equal(genotype.reduce, genotype.normal);
  for (let cell = 0; cell < CELL_COUNT; cell += 97) {
    const text = formatCell(cell);
    assert.is(writeGenotype(read(text), 'nasbench201'), `${text}\n`);
    assert.is(writeGenotype(read(writeGenotype(read(text), 'darts')), 'nasbench201'), `${text}\n`);
  }
  assert.throws(
    () => writeGenotype(requireCell('DARTS'), 'nasbench201'),
    /DARTS is no cell of NAS-Bench-201/,
  );
});

test('exchange: Graphviz has every edge and every output of both cells once', () => {
  const cell = requireCell('NAT_DARTS');
  const text = formatDot(cell);
  for (const [kind, edges, concat] of [
    ['normal', cell.normal, cell.normalConcat],
    ['reduce', cell.reduce, cell.reduceConcat],
  ] as const) {
    const drawn = [...text.matchAll(new RegExp(`${kind}_(\\d) -> ${kind}_(\\d) \\[label="(\\w+)"`, 'g'))];
    assert.equal(
      drawn.map(([, from, to, op]) => [op, Number(from), Number(to)]),
      edges,
    );
    const outputs = [...text.matchAll(new RegExp(`${kind}_(\\d) -> ${kind}_output`, 'g'))];
    assert.equal(
      outputs.map(([, node]) => Number(node)),
      concat,
    );
  }
  assert.is(text.split('{').length, text.split('}').length);
});

const PAIR = "[('none', 0), ('none', 1)]";
const REFUSED: readonly (readonly [text: string, message: RegExp])[] = [
  ['', /^x: got '', expected a genotype/],
  ['Genotype(', /^x: got the end, expected one of normal, /],
  [`Genotype(normal=${PAIR}, normal=${PAIR})`, /^x: got 'normal', expected normal once/],
  [`Genotype(normal=${PAIR})`, /^x: reduce must be a list of edges/],
  [
    `Genotype(normal=[('sep_conv_3', 0)])`,
    /^x: normal\[0\] op 'sep_conv_3' is not a known operation; did you mean/,
  ],
  [`Genotype(normal=[('none', 0)], reduce=${PAIR})`, /^x: normal node 2 has 1 incoming edges/],
  [`Genotype(normal=[('none', 5), ('none', 0)])`, /^x: normal\[0\] comes from 5/],
  [`Genotype(normal=range(0, 999999999))`, /expected a short range/],
  [`Genotype(normal=[[[[[[[0]]]]]]])`, /expected a list, a string or a number/],
  [`Genotype(normal=__import__('os'))`, /^x: got '__import__', expected a list, a string or a number/],
  [`Genotype(normal=${PAIR}, reduce=${PAIR}) + 1`, /^x: cannot read '\+ 1'/],
  [`Genotype(normal=${PAIR}, reduce=${PAIR}) x`, /expected nothing behind the genotype/],
  [`{"normal/op_2_0": "none"}`, /^x: there is no 'normal\/input_2_0'/],
  ['|none~0|', /^x: '\|none~0\|' is no cell/],
  ['[1]', /^x: got '\[1\]', expected a genotype/],
];

for (const [text, message] of REFUSED) {
  test(`exchange: refuses ${text.slice(0, 50) || 'an empty text'}`, () => {
    try {
      read(text);
    } catch (error) {
      assert.instance(error, UserError);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable();
  });
}

/** Runs the command on files in memory. */
async function run(args: readonly string[], contents: Record<string, string> = {}) {
  const files = memoryFiles();
  for (const [path, text] of Object.entries(contents))
    files.contents.set(path, new TextEncoder().encode(text));
  let out = '';
  const terminal = { interactive: false, out: (text: string) => void (out += text), err: () => {} };
  await convert.run({ files, terminal } as unknown as Platform, parseFlags(convert.options, args));
  return { out, files };
}

test('nat convert: names, files in any form, strings; to standard output or a file', async () => {
  const { out } = await run(['DARTS', '--to', 'darts']);
  assert.equal(read(out), requireCell('DARTS'));
  const python = { 'found.py': DARTS_V2.replace('DARTS_V2 = ', '') };
  const { files } = await run(['found.py', '--out', 'cell.json'], python);
  const written = new TextDecoder().decode(files.contents.get('cell.json')!);
  assert.equal(read(written), { ...requireCell('DARTS'), name: 'found' });
  const string = formatCell(4321);
  assert.is((await run([string, '--to', 'nasbench201'])).out, `${string}\n`);
});

test.run();
