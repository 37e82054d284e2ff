// The zoo's cells against independent lists: some spelled out edge by edge, all by structure (their outputs are
// their loose ends), by what the supernets can express, and by which pairs are legal transformations.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cell } from '../src/arch/genotype.ts';
import { looseEnds, nodeCount } from '../src/arch/genotype.ts';
import { formatGenotype, genotypeFromJson, genotypeToJson } from '../src/arch/genotype_file.ts';
import { findViolations } from '../src/arch/legality.ts';
import {
  FULLY_CONCAT_PRIMITIVES,
  LOOSE_END_PRIMITIVES,
  PRIMITIVE_KINDS,
  PRIMITIVE_NAMES,
  PRIMITIVES,
  SUPERNET_LISTS,
} from '../src/arch/primitives.ts';
import { missingOps } from '../src/arch/search_space.ts';
import { NAT_PLUS_PLUS_TRANSITIONS, NAT_TRANSITIONS } from '../src/arch/transitions.ts';
import { CELLS } from '../src/arch/zoo/cells.ts';
import { CELL_NAMES, findCell, loadGenotype, requireCell } from '../src/arch/zoo/find_cell.ts';
import { genotype } from '../src/arch/zoo/notation.ts';
import { memoryFiles } from './support/memory_files.ts';

/** Edges written `op from to, op from to, ...`. */
function edges(text: string) {
  return text.split(', ').map((edge) => {
    const [op, from, to] = edge.split(' ');
    return [op, Number(from), Number(to)];
  });
}

function assertGenotype(
  name: string,
  normal: string,
  normalConcat: number[],
  reduce: string,
  reduceConcat: number[],
) {
  assert.equal(genotypeToJson(requireCell(name)), {
    name,
    normal: edges(normal),
    normal_concat: normalConcat,
    reduce: edges(reduce),
    reduce_concat: reduceConcat,
  });
}

test('zoo: DARTS and NAT_DARTS, edge by edge', () => {
  assertGenotype(
    'DARTS',
    'sep_conv_3x3 0 2, sep_conv_3x3 1 2, sep_conv_3x3 0 3, sep_conv_3x3 1 3, sep_conv_3x3 1 4, skip_connect 0 4, skip_connect 0 5, dil_conv_3x3 2 5',
    [2, 3, 4, 5],
    'max_pool_3x3 0 2, max_pool_3x3 1 2, skip_connect 2 3, max_pool_3x3 1 3, max_pool_3x3 0 4, skip_connect 2 4, skip_connect 2 5, max_pool_3x3 1 5',
    [2, 3, 4, 5],
  );
  assertGenotype(
    'NAT_DARTS',
    'sep_conv_3x3 0 2, sep_conv_3x3 1 2, skip_connect 0 3, sep_conv_3x3 1 3, skip_connect 1 4, skip_connect 0 4, skip_connect 0 5, dil_conv_3x3 2 5',
    [2, 3, 4, 5],
    'max_pool_3x3 0 2, skip_connect 1 2, skip_connect 2 3, skip_connect 1 3, max_pool_3x3 0 4, null 2 4, skip_connect 2 5, max_pool_3x3 1 5',
    [2, 3, 4, 5],
  );
});

test('zoo: ENAS edge by edge, NAT_ENAS by its two null edges', () => {
  assertGenotype(
    'ENAS',
    'sep_conv_3x3 1 2, skip_connect 1 2, skip_connect 0 3, sep_conv_5x5 1 3, avg_pool_3x3 0 4, sep_conv_3x3 1 4, sep_conv_3x3 0 5, avg_pool_3x3 1 5, avg_pool_3x3 0 6, sep_conv_5x5 1 6',
    [2, 3, 4, 5, 6],
    'sep_conv_5x5 0 2, avg_pool_3x3 1 2, sep_conv_3x3 1 3, avg_pool_3x3 1 3, avg_pool_3x3 1 4, sep_conv_3x3 1 4, avg_pool_3x3 1 5, sep_conv_5x5 4 5, sep_conv_5x5 0 6, sep_conv_3x3 5 6',
    [2, 3, 6],
  );
  const changed = (kind: 'normal' | 'reduce') =>
    requireCell('NAT_ENAS')[kind].filter((edge, i) => edge[0] !== requireCell('ENAS')[kind][i][0]);
  assert.equal(changed('normal'), [['null', 0, 4]]);
  assert.equal(changed('reduce'), [['null', 1, 5]]);
});

test('zoo: the hand-crafted cells, edge by edge', () => {
  const vgg = 'null 0 2, skip_connect 1 2, null 0 3, conv_3x3 2 3, null 0 4, conv_3x3 3 4, null 0 5, ';
  assertGenotype('VGG', `${vgg}skip_connect 4 5`, [5], `${vgg}max_pool_3x3 4 5`, [5]);
  const natVgg =
    'skip_connect 0 2, skip_connect 1 2, null 0 3, conv_3x3 2 3, null 0 4, conv_3x3 3 4, skip_connect 0 5, skip_connect 4 5';
  assertGenotype('NAT_VGG', natVgg, [5], natVgg, [5]);
  const block = (op: string) =>
    `null 0 2, skip_connect 1 2, ${op} 0 3, conv_3x3 2 3, ${op} 0 4, conv_3x3 3 4, skip_connect 2 5, skip_connect 4 5`;
  assertGenotype('ResBlock', block('null'), [5], block('null'), [5]);
  assertGenotype('NAT_ResBlock', block('skip_connect'), [5], block('skip_connect'), [5]);
});

test('zoo: every cell is a valid genotype file, and no two share a name', () => {
  assert.is(new Set(CELL_NAMES).size, CELLS.length);
  assert.is(CELLS.length, 29);
  for (const cell of CELLS) assert.equal(genotypeFromJson(genotypeToJson(cell), 'x'), cell);
});

test('zoo: every primitive is used by a cell, by NAT++ or by a list of the supernet', () => {
  const inCells = CELLS.flatMap(({ normal, reduce }) => [...normal, ...reduce].map(([op]) => op));
  const inLists = Object.values(SUPERNET_LISTS).flatMap(({ primitives }) => primitives);
  const used = new Set([...inCells, ...NAT_PLUS_PLUS_TRANSITIONS.ops, ...inLists]);
  assert.equal(PRIMITIVE_NAMES.filter((op) => !used.has(op)), []); // prettier-ignore
});

test('zoo: searched cells put out their loose ends, except where all nodes are concatenated', () => {
  const concatenatesAll = (cell: Cell, concat: readonly number[]) => concat.length === nodeCount(cell);
  for (const { name, normal, normalConcat, reduce, reduceConcat } of CELLS) {
    if (!concatenatesAll(normal, normalConcat))
      assert.equal(normalConcat, looseEnds(normal), `${name} normal`);
    if (!concatenatesAll(reduce, reduceConcat))
      assert.equal(reduceConcat, looseEnds(reduce), `${name} reduce`);
  }
  assert.equal(requireCell('NAONet').normalConcat, [3, 5, 6]);
  assert.equal(requireCell('AmoebaNet-A').reduceConcat, [3, 4, 6]);
});

test('zoo: what each supernet can express', () => {
  const expressed = (list: typeof PRIMITIVE_NAMES) =>
    CELLS.filter((cell) => missingOps(cell, list).length === 0).map(({ name }) => name);
  const dilated = ['DARTS', 'NAT_DARTS', 'NATv2_DARTS', 'SNAS_mild', 'SNAS_moderate'];
  const pointwise = ['MobileNetV2Block', 'NAT_MobileNetV2Block', 'NATv2_MobileNetV2Block'];
  const withoutEither = CELL_NAMES.filter((name) => /DARTS_V1|ENAS|VGG|ResBlock/.test(name));
  assert.is(withoutEither.length, 15);
  const inZooOrder = (names: string[]) => CELL_NAMES.filter((name) => names.includes(name));
  assert.equal(expressed(FULLY_CONCAT_PRIMITIVES), inZooOrder([...withoutEither, ...dilated]));
  assert.equal(expressed(LOOSE_END_PRIMITIVES), inZooOrder([...withoutEither, ...pointwise]));
  const plain = CELL_NAMES.filter((name) => /^(NAT_)?(VGG|ResBlock)/.test(name));
  assert.equal(expressed(SUPERNET_LISTS.nao.primitives), inZooOrder(['NAONet', 'NAT_NAONet', ...plain]));
});

test('zoo: NAT results are legal transformations; the published NAT_NAONet has one move that is not', () => {
  const violations = (before: string, after: string) =>
    findViolations(requireCell(before), requireCell(after), NAT_TRANSITIONS).map(({ message }) => message);
  for (const name of ['DARTS', 'ENAS', 'VGG', 'ResBlock', 'MobileNetV2Block']) {
    assert.equal(violations(name, `NAT_${name}`), [], name);
  }
  assert.equal(violations('NAONet', 'NAT_NAONet'), [
    'reduce: edge 1 -> 2: avg_pool_2x2 may not become avg_pool_3x3, only avg_pool_2x2, skip_connect, null',
  ]);
});

test('zoo: NAT++ results are legal in its table; the published NATv2_NAONet has three moves that are not', () => {
  const violations = (name: string, table = NAT_PLUS_PLUS_TRANSITIONS) =>
    findViolations(requireCell(name), requireCell(`NATv2_${name}`), table);
  for (const name of ['DARTS', 'ENAS', 'VGG', 'ResBlock', 'MobileNetV2Block'])
    assert.equal(violations(name), [], name);
  assert.equal(
    violations('NAONet').map(
      (violation) => violation.kind === 'transition' && [violation.before, violation.after],
    ),
    [
      ['conv_1x1', 'max_pool_3x3'],
      ['conv_1x3_3x1', 'max_pool_3x3'],
      ['conv_1x1', 'avg_pool_3x3'],
    ],
  );
  assert.ok(violations('DARTS', NAT_TRANSITIONS).length > 0);
});

test('zoo: names and aliases, without regard to case and separators', () => {
  for (const name of CELL_NAMES) {
    assert.is(findCell(name)?.name, name);
    assert.is(findCell(name.toLowerCase().replaceAll('_', '-'))?.name, name);
  }
  const aliases = {
    DARTS_V2: 'DARTS',
    'NAT-MNv2': 'NAT_MobileNetV2Block',
    NATv2_MobileNetV2: 'NATv2_MobileNetV2Block',
    Mobilenetv2: 'MobileNetV2Block',
    'AmoebaNet-A': 'AmoebaNet_A',
    'PNASNet-5': 'PNASNet_5',
    'NASNet-A': 'NASNet_A',
  };
  for (const [alias, name] of Object.entries(aliases)) assert.is(findCell(alias)?.name, name);
  assert.is(findCell('NAT++_DARTS'), undefined);
  assert.throws(
    () => requireCell('DRATS'),
    /^architecture 'DRATS' is not known; did you mean 'DARTS'\? expected a genotype file \(\.json\) or one of DARTS, /,
  );
});

test('zoo: an architecture from a file takes the name of the file if it has none', async () => {
  const { name: _, ...anonymous } = requireCell('VGG');
  const files = memoryFiles();
  const put = (path: string, text: string) => files.contents.set(path, new TextEncoder().encode(text));
  put('runs/a.json', formatGenotype(anonymous));
  put('runs/b.json', formatGenotype(requireCell('ENAS')));
  assert.equal(await loadGenotype(files, 'runs/a.json'), { ...requireCell('VGG'), name: 'a' });
  assert.equal(await loadGenotype(files, 'runs/b.json'), requireCell('ENAS'));
  assert.equal(await loadGenotype(files, 'enas'), requireCell('ENAS'));
  const refusal = await loadGenotype(files, 'c.json').catch((error: Error) => error.message);
  assert.is(refusal, 'genotype file c.json: no such file');
});

test('notation: every operation has a short form of its own', () => {
  for (const op of PRIMITIVE_NAMES) {
    const { kind, kernel } = PRIMITIVES[op];
    const short = `${PRIMITIVE_KINDS[kind].short}${kernel || ''}`;
    assert.equal(genotype('x', `${short}@0 skip@1 > 2`).normal[0], [op, 0, 2]);
  }
});

test('notation: an unknown short name is an error, not another operation', () => {
  assert.throws(() => genotype('x', 'sep9@0 skip@1 > 2'), /'sep9' is no operation/);
});

test.run();
