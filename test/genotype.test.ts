// Genotype files: what is read, what is refused and in which words, and that writing and reading are inverse.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { type Genotype, intermediateNodes, looseEnds } from '../src/arch/genotype.ts';
import {
  formatGenotype,
  genotypeFromJson,
  genotypeToJson,
  parseGenotype,
} from '../src/arch/genotype_file.ts';
import { formatCells, formatComparison } from '../src/arch/print_cell.ts';
import { FULLY_CONCAT_PRIMITIVES, PRIMITIVE_NAMES } from '../src/arch/primitives.ts';
import { sampleArchitecture } from '../src/arch/search_space.ts';
import { STREAM, createRng } from '../src/core/rng.ts';
import { didYouMean, editDistance } from '../src/io/suggest.ts';

/** A valid file of two nodes, as plain JSON that a test may spoil. */
function valid() {
  return {
    name: 'tiny' as unknown,
    normal: [
      ['sep_conv_3x3', 0, 2],
      ['skip_connect', 1, 2],
      ['null', 0, 3],
      ['dil_conv_5x5', 2, 3],
    ] as unknown,
    normal_concat: [3] as unknown,
    reduce: [
      ['max_pool_3x3', 0, 2],
      ['max_pool_3x3', 0, 2],
      ['conv_1x1', 1, 3],
      ['avg_pool_3x3', 2, 3],
    ] as unknown,
    reduce_concat: [2, 3] as unknown,
  };
}

function refuses(spoil: (file: ReturnType<typeof valid>) => void, message: string) {
  const file = valid();
  spoil(file);
  assert.throws(
    () => genotypeFromJson(JSON.parse(JSON.stringify(file)), 'genotype file x.json'),
    (error: Error) => {
      assert.instance(error, UserError);
      assert.is(error.message.slice(0, message.length + 22), `genotype file x.json: ${message}`);
      assert.not.match(error.message, /\n/);
      return true;
    },
  );
}

test('genotype file: a valid one is read as written', () => {
  const genotype = parseGenotype(JSON.stringify(valid()), 'x');
  assert.equal(genotypeToJson(genotype), valid());
  assert.equal(genotype.normalConcat, [3]);
});

test('genotype file: the name may be left out, other fields may be there', () => {
  const { name: _, ...rest } = valid();
  const genotype = genotypeFromJson({ ...rest, comment: 'mine' }, 'x');
  assert.not.ok('name' in genotype);
  assert.equal(genotypeToJson(genotype), rest);
});

test('genotype file: edges are ordered by node, and keep their order within a node', () => {
  const file = valid();
  const [a, b, c, d] = file.normal as unknown[];
  file.normal = [c, b, d, a];
  assert.equal(genotypeFromJson(file, 'x').normal, [b, a, c, d]);
});

test('genotype file: the spellings of DARTS mean the same operations', () => {
  const file = valid();
  file.normal = [
    ['conv_7x1_1x7', 0, 2],
    ['none', 1, 2],
    ['null', 0, 3],
    ['conv_1x7_7x1', 2, 3],
  ];
  const ops = genotypeFromJson(file, 'x').normal.map(([op]) => op);
  assert.equal(ops, ['conv_1x7_7x1', 'null', 'null', 'conv_1x7_7x1']);
});

test('genotype file: text that is not JSON, values that are not objects', () => {
  assert.throws(
    () => parseGenotype('{"name": ', 'genotype file x.json'),
    /^genotype file x\.json: not valid JSON \(/,
  );
  for (const text of ['null', '[]', '3', '"DARTS"']) {
    assert.throws(
      () => parseGenotype(text, 'x'),
      `x: expected an object {name, normal: [[op, from, to], ...]`,
    );
  }
});

test('genotype file: wrong types and missing parts', () => {
  refuses((file) => (file.name = 7), 'name must be a string, got 7');
  refuses((file) => (file.normal = undefined), 'normal must be a list of edges [op, from, to], got nothing');
  refuses((file) => (file.reduce = {}), 'reduce must be a list of edges [op, from, to], got {}');
  refuses((file) => (file.normal = []), 'normal must be a list of edges [op, from, to], got []');
  refuses(
    (file) => ((file.normal as unknown[])[1] = 'skip'),
    'normal[1] must be an edge [op, from, to], got "skip"',
  );
  refuses(
    (file) => ((file.normal as unknown[])[1] = [1, 2]),
    'normal[1] must be an edge [op, from, to], got [1,2]',
  );
  refuses((file) => ((file.normal as unknown[][])[2][0] = 8), 'normal[2] op must be a string, got 8');
});

test('genotype file: unknown operations, with the nearest known one', () => {
  refuses(
    (file) => ((file.normal as unknown[][])[3][0] = 'sep_conv_9x9'),
    "normal[3] op 'sep_conv_9x9' is not a known operation; did you mean 'sep_conv_3x3'? expected one of max_pool_2x2",
  );
  refuses(
    (file) => ((file.reduce as unknown[][])[0][0] = 'maxpool_3x3'),
    "reduce[0] op 'maxpool_3x3' is not a known operation; did you mean 'max_pool_3x3'?",
  );
  refuses(
    (file) => ((file.reduce as unknown[][])[0][0] = 'transformer'),
    "reduce[0] op 'transformer' is not a known operation; expected one of max_pool_2x2",
  );
  // A name that every object has is not an operation.
  refuses(
    (file) => ((file.reduce as unknown[][])[0][0] = 'toString'),
    "reduce[0] op 'toString' is not a known",
  );
});

test('genotype file: edges that a cell cannot have', () => {
  const edge = (i: number, from: unknown, to: unknown) => (file: ReturnType<typeof valid>) => {
    (file.normal as unknown[])[i] = ['null', from, to];
  };
  refuses(edge(3, 3, 3), 'normal[3] comes from 3; expected a node before its target 3, from 0 to 2');
  refuses(edge(3, -1, 3), 'normal[3] comes from -1; expected a node before its target 3, from 0 to 2');
  refuses(edge(3, 1.5, 3), 'normal[3] comes from 1.5');
  refuses(edge(3, '2', 3), 'normal[3] comes from "2"');
  refuses(edge(0, 0, 1), 'normal[0] goes to 1; expected an intermediate node, 2 or above');
  refuses(edge(0, 0, null), 'normal[0] goes to null');
});

test('genotype file: nodes without exactly two incoming edges, cells of different size', () => {
  const needs = 'every node from 2 to the last, 3, needs exactly 2';
  refuses((file) => (file.normal as unknown[]).pop(), `normal node 3 has 1 incoming edges; ${needs}`);
  refuses(
    (file) => (file.normal as unknown[]).push(['null', 0, 2]),
    `normal node 2 has 3 incoming edges; ${needs}`,
  );
  refuses((file) => {
    for (const edge of (file.normal as unknown[][]).slice(2)) edge[2] = 4;
  }, 'normal node 3 has 0 incoming edges; every node from 2 to the last, 4, needs exactly 2');
  refuses(
    (file) => (file.normal as unknown[]).push(['null', 0, 1e9], ['null', 0, 1e9]),
    'normal node 4 has 0 incoming edges',
  );
  refuses((file) => {
    (file.normal as unknown[]).push(['null', 0, 4], ['null', 0, 4]);
  }, 'normal has 3 intermediate nodes and reduce 2; both cells must have the same number');
});

test('genotype file: concat lists', () => {
  refuses(
    (file) => (file.normal_concat = undefined),
    'normal_concat must be a non-empty list of nodes, got nothing',
  );
  refuses((file) => (file.reduce_concat = []), 'reduce_concat must be a non-empty list of nodes, got []');
  refuses((file) => (file.reduce_concat = [2, 2]), 'reduce_concat lists node 2 twice');
  refuses(
    (file) => (file.reduce_concat = [4]),
    'reduce_concat[0] is 4; expected an intermediate node, from 2 to 3',
  );
  refuses((file) => (file.reduce_concat = [2, 1]), 'reduce_concat[1] is 1; expected an intermediate node');
  refuses((file) => (file.reduce_concat = ['2']), 'reduce_concat[0] is "2"');
});

test('genotype file: writing and reading are inverse, over 200 sampled architectures (seed 21)', () => {
  const rng = createRng(21, STREAM.weightsArchitecture);
  for (let i = 0; i < 200; i++) {
    const nodes = 1 + (i % 6);
    const architecture = sampleArchitecture({ nodes, primitives: PRIMITIVE_NAMES }, rng);
    const genotype: Genotype = {
      name: `sample ${i}, with "quotes", commas`,
      ...architecture,
      normalConcat: intermediateNodes(architecture.normal),
      reduceConcat: looseEnds(architecture.reduce),
    };
    const text = formatGenotype(genotype);
    assert.equal(parseGenotype(text, 'x'), genotype);
    assert.is(text.split('\n').length, 2 * nodes + 10);
  }
});

test('loose ends: the nodes that no edge leaves, null edges included', () => {
  const cell = genotypeFromJson(valid(), 'x');
  assert.equal(looseEnds(cell.normal), [3]);
  assert.equal(looseEnds([['null', 0, 2], ['null', 1, 2], ['null', 0, 3], ['null', 1, 3]]), [2, 3]); // prettier-ignore
  assert.equal(looseEnds([['conv_3x3', 0, 2], ['null', 1, 2], ['null', 2, 3], ['null', 1, 3]]), [3]); // prettier-ignore
});

test('loose ends: the last node is always one (500 samples, seed 22)', () => {
  const rng = createRng(22, STREAM.weightsArchitecture);
  for (let i = 0; i < 500; i++) {
    const { normal } = sampleArchitecture({ nodes: 5, primitives: FULLY_CONCAT_PRIMITIVES }, rng);
    const ends = looseEnds(normal);
    assert.ok(ends.includes(6));
    for (const node of [2, 3, 4, 5, 6])
      assert.is(ends.includes(node), !normal.some(([, from]) => from === node));
  }
});

test('printing: two genotypes side by side, changed operations marked', () => {
  const before = genotypeFromJson(valid(), 'x');
  const after: Genotype = {
    ...before,
    normal: before.normal.map((edge, i) => (i === 0 || i === 3 ? ['skip_connect', edge[1], edge[2]] : edge)),
  };
  assert.is(
    formatComparison(before, after),
    [
      'normal cell   before                               after',
      '  node 2      sep_conv_3x3(0) + skip_connect(1)   *skip_connect(0) +  skip_connect(1)',
      '  node 3      null(0)         + dil_conv_5x5(2)    null(0)         + *skip_connect(2)',
      '  output      concat(3)                            concat(3)',
      '',
      'reduction cell   before                               after',
      '  node 2         max_pool_3x3(0) + max_pool_3x3(0)    max_pool_3x3(0) +  max_pool_3x3(0)',
      '  node 3         conv_1x1(1)     + avg_pool_3x3(2)    conv_1x1(1)     +  avg_pool_3x3(2)',
      '  output         concat(2, 3)                         concat(2, 3)',
    ].join('\n'),
  );
  assert.is(
    formatComparison(before, after, 60),
    [
      'normal cell    before',
      '               after',
      '  node 2       sep_conv_3x3(0) + skip_connect(1)',
      '              *skip_connect(0) +  skip_connect(1)',
      '  node 3       null(0)         + dil_conv_5x5(2)',
      '               null(0)         + *skip_connect(2)',
      '  output       concat(3)',
      '               concat(3)',
      '',
      'reduction cell    before',
      '                  after',
      '  node 2          max_pool_3x3(0) + max_pool_3x3(0)',
      '                  max_pool_3x3(0) +  max_pool_3x3(0)',
      '  node 3          conv_1x1(1)     + avg_pool_3x3(2)',
      '                  conv_1x1(1)     +  avg_pool_3x3(2)',
      '  output          concat(2, 3)',
      '                  concat(2, 3)',
    ].join('\n'),
    'one below the other where they do not fit',
  );
  assert.equal(formatCells(before).split('\n').slice(0, 4), [
    'normal cell',
    '  node 2      sep_conv_3x3(0) + skip_connect(1)',
    '  node 3      null(0)         + dil_conv_5x5(2)',
    '  output      concat(3)',
  ]);
});

test('suggestions: edit distance, near and far words', () => {
  assert.is(editDistance('kitten', 'sitting'), 3);
  assert.is(editDistance('', 'abc'), 3);
  assert.is(didYouMean('SKIP_CONECT', ['null', 'skip_connect']), " did you mean 'skip_connect'?");
  assert.is(didYouMean('wavelet', ['null', 'skip_connect']), '');
});

test.run();
