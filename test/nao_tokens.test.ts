// Architectures as sequences of tokens: nothing is lost, and what may not be said is refused.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Cell, nodeCount } from '../src/arch/genotype.ts';
import { FULLY_CONCAT_PRIMITIVES, PRIMITIVE_NAMES } from '../src/arch/primitives.ts';
import { sampleCell } from '../src/arch/search_space.ts';
import { CELLS } from '../src/arch/zoo/cells.ts';
import { fromNatCell, OPERATION_PRIMITIVES, toNatCell } from '../src/benchmark/space.ts';
import { createRng } from '../src/core/rng.ts';
import { cellsOf, tokenLayout, tokensOf } from '../src/nao/tokens.ts';

const SEED = 11;

/** A cell that says nothing of another but its size. */
const blank = (cell: Cell): Cell => cell.map(([, , to]) => ['null', 0, to]);

test('tokens: every cell of the zoo comes back from its tokens alone', () => {
  for (const { name, normal, reduce } of CELLS) {
    const layout = tokenLayout({ primitives: PRIMITIVE_NAMES, nodes: nodeCount(normal) });
    const tokens = tokensOf(layout, [normal, reduce]);
    assert.is(tokens.length, 2 * (normal.length + reduce.length));
    assert.equal(cellsOf(layout, tokens, [blank(normal), blank(reduce)]), [normal, reduce], name);
  }
});

test(`tokens: random cells come back, and no two have the same tokens (seed ${SEED})`, () => {
  const rng = createRng(SEED, 0);
  for (const nodes of [1, 2, 4, 7]) {
    const space = { nodes, primitives: FULLY_CONCAT_PRIMITIVES };
    const layout = tokenLayout({ ...space, cells: 1 });
    const tokensOfCell = new Map<string, string>();
    for (let i = 0; i < 200; i++) {
      const cell = sampleCell(space, rng);
      const tokens = tokensOf(layout, [cell]);
      assert.ok(tokens.every((token) => token >= 0 && token < layout.start));
      assert.equal(cellsOf(layout, tokens, [blank(cell)]), [cell]);
      const text = JSON.stringify(cell);
      assert.is(tokensOfCell.get(tokens.join()) ?? text, text);
      tokensOfCell.set(tokens.join(), text);
    }
  }
});

test('tokens: by hand, for a cell of two nodes', () => {
  const layout = tokenLayout({ primitives: ['conv_3x3', 'skip_connect', 'null'], nodes: 2, cells: 1 });
  const cell: Cell = [
    ['skip_connect', 1, 2],
    ['conv_3x3', 0, 2],
    ['null', 2, 3],
    ['skip_connect', 0, 3],
  ];
  // nodes 0 to 2, then the operations 3 to 5, then the token before the first
  assert.equal(tokensOf(layout, [cell]), [1, 4, 0, 3, 2, 5, 0, 4]);
  assert.equal([layout.firstOperation, layout.start, layout.vocabulary], [3, 6, 7]);
  const sources = layout.places.filter(({ part }) => part === 'source');
  assert.equal(sources.map(({ allowed }) => allowed.end), [2, 2, 3, 3]); // prettier-ignore
});

test('tokens: where sources are not said, nor fixed edges, a cell of NAS-Bench-201 is its six operations', () => {
  const layout = tokenLayout({
    primitives: OPERATION_PRIMITIVES,
    nodes: 4,
    cells: 1,
    sources: 'unsaid',
    fixed: [1, 6],
  });
  for (const cell of [0, 1, 7777, 15624]) {
    const tokens = tokensOf(layout, [toNatCell(cell)]);
    assert.is(tokens.length, 6);
    assert.is(fromNatCell(cellsOf(layout, tokens, [toNatCell(0)])[0]!), cell);
  }
});

test('tokens: sources that are kept are said all the same', () => {
  const space = { primitives: FULLY_CONCAT_PRIMITIVES, nodes: 3 };
  const [free, kept] = [tokenLayout(space), tokenLayout({ ...space, sources: 'kept' })];
  assert.equal(kept.places.map((place) => ({ ...place, kept: false })), free.places); // prettier-ignore
  assert.ok(kept.places.every((place) => place.kept === (place.part === 'source')));
  assert.ok(free.places.every((place) => !place.kept));
});

test('tokens: what may not be said is refused', () => {
  const layout = tokenLayout({ primitives: ['conv_3x3', 'null'], nodes: 1, cells: 1 });
  const cell = (op: 'conv_3x3' | 'sep_conv_3x3', from: number): Cell => [
    [op, from, 2],
    ['null', 0, 2],
  ];
  assert.throws(
    () => tokensOf(layout, [cell('sep_conv_3x3', 0)]),
    /edge 0: no token for sep_conv_3x3 from 0/,
  );
  assert.throws(() => tokensOf(layout, [cell('conv_3x3', 2)]), /no token for conv_3x3 from 2/);
  const [before] = [cell('conv_3x3', 0)];
  assert.throws(() => cellsOf(layout, [0, 1, 0, 3], [before]), /token 1 of edge 0 is 1/);
  assert.throws(() => cellsOf(layout, [0, 2, 2, 3], [before]), /token 2 of edge 1 is 2/);
  assert.throws(() => cellsOf(layout, [0, 2, 0], [before]), RangeError);
});

test.run();
