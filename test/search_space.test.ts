// The search space: sampling is uniform over what it should be and never takes null; edges and operations
// get the numbers that shared weights and golden data use.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  FULLY_CONCAT_PRIMITIVES,
  LOOSE_END_PRIMITIVES,
  NAT_PLUS_PLUS_PRIMITIVES,
  PRIMITIVE_NAMES,
  transitionClass,
} from '../src/arch/primitives.ts';
import {
  cellFromIndices,
  cellToIndices,
  edgeIndex,
  missingOps,
  requireExpressible,
  sampleArchitecture,
  sampleCell,
} from '../src/arch/search_space.ts';
import { STREAM, createRng } from '../src/core/rng.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';

const SPACE = { nodes: 4, primitives: FULLY_CONCAT_PRIMITIVES };

test('primitives: the index orders that weights and golden data are numbered by', () => {
  const order = (text: string) => text.split(', ');
  assert.equal(
    FULLY_CONCAT_PRIMITIVES,
    order(
      'max_pool_3x3, avg_pool_3x3, skip_connect, sep_conv_3x3, sep_conv_5x5, dil_conv_3x3, dil_conv_5x5, conv_3x3, null',
    ),
  );
  assert.equal(
    LOOSE_END_PRIMITIVES,
    order(
      'max_pool_3x3, avg_pool_3x3, skip_connect, sep_conv_3x3, sep_conv_5x5, conv_1x1, conv_3x3, conv_5x5, null',
    ),
  );
  assert.is(new Set(NAT_PLUS_PLUS_PRIMITIVES).size, 13);
  const outsideO = PRIMITIVE_NAMES.filter((op) => transitionClass(op) !== 'O');
  assert.equal(outsideO, ['skip_connect', 'null']);
  assert.equal(outsideO.map(transitionClass), ['S', 'N']);
});

test('sampling: sources and operations are uniform, null is never drawn (4000 cells, seed 31)', () => {
  const rng = createRng(31, STREAM.weightsArchitecture);
  const samples = 4000;
  const sources = Array.from({ length: 8 }, () => new Map<number, number>());
  const ops = new Map<string, number>();
  for (let i = 0; i < samples; i++) {
    sampleCell(SPACE, rng).forEach(([op, from, to], edge) => {
      assert.is(to, Math.floor(edge / 2) + 2);
      assert.ok(from >= 0 && from < to);
      sources[edge].set(from, (sources[edge].get(from) ?? 0) + 1);
      ops.set(op, (ops.get(op) ?? 0) + 1);
    });
  }
  const chiSquare = (counts: Iterable<number>, expected: number) =>
    [...counts].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // The 0.1% points of chi-square with 1 to 4 and with 7 degrees of freedom.
  const limits = [10.83, 13.82, 16.27, 18.47];
  sources.forEach((counts, edge) => {
    const node = Math.floor(edge / 2);
    assert.is(counts.size, node + 2);
    assert.ok(chiSquare(counts.values(), samples / (node + 2)) < limits[node], `sources of edge ${edge}`);
  });
  assert.equal(new Set(ops.keys()), new Set(FULLY_CONCAT_PRIMITIVES.filter((op) => op !== 'null')));
  assert.ok(chiSquare(ops.values(), samples) < 24.32);
});

test('sampling: the two edges of a node are independent, and so are the two cells', () => {
  const rng = createRng(32, STREAM.policyArchitecture);
  const samples = 4000;
  let sameSource = 0;
  let sameFirstOp = 0;
  for (let i = 0; i < samples; i++) {
    const { normal, reduce } = sampleArchitecture(SPACE, rng);
    if (normal[6][1] === normal[7][1]) sameSource++;
    if (normal[0][0] === reduce[0][0]) sameFirstOp++;
  }
  assert.ok(Math.abs(sameSource / samples - 1 / 5) < 0.02);
  assert.ok(Math.abs(sameFirstOp / samples - 1 / 8) < 0.02);
});

test('sampling: the same seed gives the same architectures, one at a time or resumed', () => {
  const draw = (seed: number) => sampleArchitecture(SPACE, createRng(seed, STREAM.weightsArchitecture));
  assert.equal(draw(1), draw(1));
  assert.not.equal(draw(1), draw(2));
});

test('edge numbers: every possible edge once, in order of target and source', () => {
  for (const nodes of [1, 4, 5, 7]) {
    const numbers = [];
    for (let to = 2; to < nodes + 2; to++) {
      for (let from = 0; from < to; from++) numbers.push(edgeIndex(from, to));
    }
    assert.equal(
      numbers,
      // 2 + 3 + ... + (nodes + 1) edges
      Array.from({ length: (nodes * (nodes + 3)) / 2 }, (_, i) => i),
    );
  }
});

test('indices: there and back; what is not in the list is refused', () => {
  const cell = sampleCell(SPACE, createRng(33, 0));
  const indexed = cellToIndices(cell, FULLY_CONCAT_PRIMITIVES);
  assert.equal(cellFromIndices(indexed, FULLY_CONCAT_PRIMITIVES), cell);
  assert.equal(cellFromIndices([[7, 0, 2], [8, 1, 2]], FULLY_CONCAT_PRIMITIVES), [['conv_3x3', 0, 2], ['null', 1, 2]]); // prettier-ignore
  assert.throws(
    () => cellToIndices([['conv_5x5', 0, 2]], FULLY_CONCAT_PRIMITIVES),
    /conv_5x5 is not in this list/,
  );
  assert.throws(() => cellFromIndices([[9, 0, 2]], FULLY_CONCAT_PRIMITIVES), /index 9: expected 0 to 8/);
});

test('expressible: operations and node count decide, concat lists do not', () => {
  requireExpressible(requireCell('DARTS'), SPACE);
  requireExpressible(requireCell('VGG'), SPACE);
  assert.equal(missingOps(requireCell('NAONet'), FULLY_CONCAT_PRIMITIVES), [
    'avg_pool_5x5',
    'conv_1x3_3x1',
    'conv_1x1',
    'avg_pool_2x2',
    'max_pool_2x2',
    'conv_1x7_7x1',
  ]);
  assert.throws(
    () => requireExpressible(requireCell('AmoebaNet_A'), { ...SPACE, nodes: 5 }),
    /^AmoebaNet_A uses sep_conv_7x7, conv_1x7_7x1, which this search space lacks; expected only max_pool_3x3, /,
  );
  assert.throws(
    () => requireExpressible(requireCell('ENAS'), SPACE),
    /^ENAS has 5 intermediate nodes, but this search space has 4; search with --nodes 5$/,
  );
  requireExpressible(requireCell('ENAS'), { ...SPACE, nodes: 5 });
});

test.run();
