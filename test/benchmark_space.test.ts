// The cells of NAS-Bench-201 as numbers, strings and NAT cells, NAT's moves on them, and what their networks cost.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { networkCosts } from '../src/benchmark/cost.ts';
import {
  CELL_COUNT,
  cellNumber,
  formatCell,
  fromNatCell,
  NAT_EDGES,
  operationsOf,
  parseCell,
  toNatCell,
} from '../src/benchmark/space.ts';
import {
  bestTransformations,
  drawTransformation,
  isTransformation,
  neighboursOf,
  transformationsOf,
} from '../src/benchmark/transformations.ts';
import { actionSpace } from '../src/arch/action_space.ts';
import { intermediateNodes } from '../src/arch/genotype.ts';
import { ACTIONS, NAT_TRANSITIONS } from '../src/arch/transitions.ts';
import { createRng } from '../src/core/rng.ts';
import { ALL_STRINGS, plainTransformations, product } from './support/benchmark.ts';

const ascending = (cells: Iterable<number>): number[] => [...cells].sort((a, b) => a - b);

test('benchmark space: a number and a string for every cell, in the order of the benchmark', () => {
  assert.is(CELL_COUNT, 15_625);
  assert.equal(
    ALL_STRINGS.map((text) => parseCell(text, 'x')),
    ALL_STRINGS.map((_, i) => i),
  );
  assert.ok(ALL_STRINGS.every((text, cell) => formatCell(cell) === text));
  assert.ok(ALL_STRINGS.every((_, cell) => cellNumber(operationsOf(cell)) === cell));
});

test('benchmark space: a NAT cell computes what the benchmark cell does', () => {
  const text = '|nor_conv_1x1~0|+|avg_pool_3x3~0|none~1|+|skip_connect~0|nor_conv_3x3~1|nor_conv_1x1~2|';
  const cell = toNatCell(parseCell(text, 'x'));
  assert.equal(cell, [
    ['conv_1x1', 1, 2], ['null', 0, 2],
    ['avg_pool_3x3', 1, 3], ['null', 2, 3],
    ['skip_connect', 1, 4], ['conv_3x3', 2, 4],
    ['skip_connect', 4, 5], ['conv_1x1', 3, 5],
  ]); // prettier-ignore
  // node 5 of the NAT cell, and node 3 of the benchmark's, with a number for each operation in place of what it computes
  const gain = { null: 0, skip_connect: 1, conv_1x1: 3, conv_3x3: 7, avg_pool_3x3: 11 } as Record<
    string,
    number
  >;
  const nodes = [100, 2];
  for (const node of intermediateNodes(cell)) {
    const edges = cell.filter(([, , to]) => to === node);
    nodes[node] = edges.reduce((sum, [op, from]) => sum + gain[op]! * nodes[from]!, 0);
  }
  const [one, two] = [3 * 2, 11 * 2];
  assert.is(nodes[5], 1 * 2 + 7 * one + 3 * two);
});

test('benchmark space: from a NAT cell back, and nothing else is taken for one', () => {
  assert.ok(ALL_STRINGS.every((_, cell) => fromNatCell(toNatCell(cell)) === cell));
  const cell = toNatCell(777);
  assert.throws(() => fromNatCell(cell.with(6, ['null', 4, 5])), /no cell of NAS-Bench-201/);
  assert.throws(() => fromNatCell(cell.with(1, ['skip_connect', 0, 2])), /no cell of NAS-Bench-201/);
  assert.throws(() => fromNatCell(cell.with(0, ['sep_conv_3x3', 1, 2])), /no cell of NAS-Bench-201/);
  assert.throws(() => fromNatCell(cell.slice(0, 6)), /no cell of NAS-Bench-201/);
});

test('benchmark space: the transformations of a cell are those of a plain enumeration', () => {
  for (let cell = 0; cell < CELL_COUNT; cell += 31) {
    const plain = ascending(plainTransformations(cell));
    assert.equal(transformationsOf(cell), plain);
    assert.ok(plain.every((after) => isTransformation(cell, after)));
  }
  // 2 + 2 + 3 + 3 + 3 on each of six edges
  const all = ALL_STRINGS.map((_, cell) => transformationsOf(cell).length);
  assert.is(
    all.reduce((sum, count) => sum + count, 0),
    13 ** 6,
  );
  const skips = parseCell(ALL_STRINGS[parseInt('111111', 5)]!, 'x');
  const legal = ALL_STRINGS.filter((_, after) => isTransformation(skips, after)).length;
  assert.is(legal, 2 ** 6);
});

test("benchmark space: a policy's actions lead to exactly these cells", () => {
  const space = actionSpace(NAT_TRANSITIONS);
  const same = ACTIONS.indexOf('same');
  const names = ACTIONS.map((_, action) => String(action));
  for (const cell of [0, 3906, 9999, 15_624]) {
    const before = toNatCell(cell);
    const reached = product(NAT_EDGES.map(() => names)).map((actions) => {
      const all = before.map(() => same);
      NAT_EDGES.forEach((edge, i) => (all[edge] = Number(actions[i])));
      return fromNatCell(space.apply(before, all));
    });
    assert.equal(ascending(new Set(reached)), transformationsOf(cell));
  }
});

test('benchmark space: draws are uniform over the transformations (seed 5)', () => {
  const cell = parseCell('|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|', 'x');
  const all = transformationsOf(cell);
  assert.is(all.length, 3 * 2 ** 5);
  const rng = createRng(5, 0);
  const counts = new Map(all.map((after) => [after, 0]));
  const draws = 96_000;
  for (let i = 0; i < draws; i++) {
    const after = drawTransformation(cell, rng);
    counts.set(after, counts.get(after)! + 1);
  }
  // chi-squared of 95 degrees of freedom: 95 on average, 154 with a probability of 1e-4
  const expected = draws / all.length;
  const statistic = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  assert.ok(statistic < 154, `chi-squared ${statistic}`);
});

test('benchmark space: neighbours are the transformations that differ on one edge', () => {
  for (const [cell, from] of [
    [15_624, 15_624],
    [15_624, 0],
    [8_000, transformationsOf(8_000)[17]!],
  ] as const) {
    const differing = transformationsOf(cell).filter((other) => {
      const [a, b] = [operationsOf(other), operationsOf(from)];
      return a.filter((operation, edge) => operation !== b[edge]).length === 1;
    });
    assert.equal(ascending(neighboursOf(cell, from)), differing);
  }
});

test('benchmark space: the best transformation, among equals the cell itself, then the lowest number', () => {
  const rng = createRng(9, 0);
  // few values, so that there are many equals
  const accuracies = Float64Array.from({ length: CELL_COUNT }, () => rng.int(40));
  const best = bestTransformations(accuracies);
  for (let cell = 0; cell < CELL_COUNT; cell += 31) {
    const reached = ascending(plainTransformations(cell));
    const highest = Math.max(...reached.map((after) => accuracies[after]!));
    const expected =
      accuracies[cell] === highest ? cell : reached.find((after) => accuracies[after] === highest);
    assert.is(best[cell], expected);
  }
});

// the benchmark itself says 0.073306 to 1.531546 M parameters and 7.78305 to 220.11969 M FLOPs, of which its classifier's
// ten biases are ten
test("benchmark space: costs of the benchmark's networks, counted by hand", () => {
  const costs = networkCosts();
  const costOf = (text: string) => costs[parseCell(text, 'x')]!;
  // stem 27*16 + 2*16; blocks 9*16*32 + 9*32*32 + 16*32 + 4*32 and 9*32*64 + 9*64*64 + 32*64 + 4*64; 2*64; 65*10
  const bare = { params: 464 + 14_464 + 57_600 + 128 + 650, madds: 0 };
  // 432 * 32^2, (4608 + 9216 + 512) * 16^2, (18432 + 36864 + 2048) * 8^2, 640
  bare.madds = 442_368 + 3_670_016 + 3_670_016 + 640;
  assert.equal(bare, { params: 73_306, madds: 7_783_040 });
  assert.equal(costOf('|none~0|+|none~0|none~1|+|none~0|none~1|none~2|'), bare);
  assert.equal(
    costOf('|skip_connect~0|+|avg_pool_3x3~0|none~1|+|none~0|avg_pool_3x3~1|skip_connect~2|'),
    bare,
  );
  // an edge, five times a stage: K^2 * C^2 + 2 * C parameters; K^2 * 16^2 * 32^2 multiply-adds in every stage
  const conv1 = { params: 5 * (256 + 1024 + 4096 + 2 * 112), madds: 15 * 256 * 1024 };
  const conv3 = { params: 5 * (9 * (256 + 1024 + 4096) + 2 * 112), madds: 15 * 9 * 256 * 1024 };
  assert.equal(costOf('|none~0|+|nor_conv_1x1~0|none~1|+|none~0|nor_conv_3x3~1|none~2|'), {
    params: bare.params + conv1.params + conv3.params,
    madds: bare.madds + conv1.madds + conv3.madds,
  });
  assert.equal(
    costOf('|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|nor_conv_3x3~2|'),
    { params: 1_531_546, madds: 220_119_680 },
  );
});

test.run();
