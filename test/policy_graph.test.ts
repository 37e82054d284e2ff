// The adjacency matrices that the policy reads, against dense ones: A[t][f] counts the edges from f to t, two edges from
// one source add to 2, cells that share a pass stay apart, and the transposed form is the same matrix.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cell } from '../src/arch/genotype.ts';
import { LOOSE_END_PRIMITIVES } from '../src/arch/primitives.ts';
import { sampleCell } from '../src/arch/search_space.ts';
import { type Adjacency, ADJACENCIES, adjacencyOf, entriesOf } from '../src/policy/adjacency.ts';
import { type GraphSize, operationsOf, vertexOf, verticesOf } from '../src/policy/graph.ts';
import { STREAM, createRng } from '../src/core/rng.ts';
import { near } from './support/near.ts';
import { plainAdjacency, plainDirected } from './support/plain_gcn.ts';

/** The dense matrix of compressed rows, in which entries of one place add. */
function dense(width: number, pointers: Int32Array, columns: Int32Array, values: Float32Array): number[][] {
  return Array.from({ length: pointers.length - 1 }, (_, row) => {
    const out = Array.from({ length: width }, () => 0);
    for (let i = pointers[row]; i < pointers[row + 1]; i++) out[columns[i]] += values[i];
    return out;
  });
}

function matrices(adjacency: Adjacency, size: GraphSize, cells: readonly Cell[]) {
  const a = adjacencyOf(adjacency, size, cells);
  const vertices = verticesOf(size);
  const rows = a.rowPointers.length - 1;
  return {
    entries: a.values.length,
    forward: dense(vertices, a.rowPointers, a.columns, a.values),
    transposed: dense(rows, a.transposedPointers, a.transposedColumns, a.transposedValues),
  };
}

const CELL: Cell = [['conv_3x3', 1, 2], ['null', 1, 2], ['null', 0, 3], ['max_pool_3x3', 2, 3]]; // prettier-ignore

test('adjacency: one cell, written out', () => {
  const of = (kind: Adjacency['kind'], normalizeRows = false) =>
    matrices({ kind, normalizeRows }, { graphs: 1, nodes: 2 }, [CELL]).forward;
  assert.equal(of('paper'), [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 2, 0, 0],
    [1, 0, 1, 0],
  ]);
  assert.equal(of('paper', true), [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 1, 0, 0],
    [0.5, 0, 0.5, 0],
  ]);
  assert.equal(of('self-loops'), [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 2, 1, 0],
    [1, 0, 1, 1],
  ]);
  const third = Math.fround(1 / 3);
  assert.equal(of('self-loops', true), [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 2 * third, third, 0],
    [third, 0, third, third],
  ]);
  // Row sums of A + A^T + I: 2, 3, 4, 3.
  const [s6, s12] = [Math.fround(1 / Math.sqrt(6)), Math.fround(1 / Math.sqrt(12))];
  assert.equal(of('symmetric'), [
    [0.5, 0, 0, s6],
    [0, third, 2 * s12, 0],
    [0, 2 * s12, 0.25, s12],
    [s6, 0, s12, third],
  ]);
  const half = 0.5;
  assert.equal(of('directed'), [
    [1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1],
    [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0],
    [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1],
    [0, 0, 0, 1], [half, 0, half, 0], [0, 0, 0, 0],
  ]); // prettier-ignore
  assert.equal([...operationsOf([CELL], LOOSE_END_PRIMITIVES)], [6, 8, 8, 0]);
});

for (const kind of ADJACENCIES.filter((each) => each !== 'directed')) {
  for (const normalizeRows of kind === 'symmetric' ? [false] : [false, true]) {
    const name = `${kind}${normalizeRows ? ', rows normalised' : ''}`;
    test(`adjacency, ${name}: sampled pairs of cells, forward and transposed (100 pairs, seed 34)`, () => {
      const size = { graphs: 2, nodes: 5 };
      const vertices = verticesOf(size);
      const rng = createRng(34, STREAM.policyArchitecture);
      for (let i = 0; i < 100; i++) {
        const cells = [0, 1].map(() => sampleCell({ nodes: 5, primitives: LOOSE_END_PRIMITIVES }, rng));
        const expected = Array.from({ length: vertices }, () => Array.from({ length: vertices }, () => 0));
        cells.forEach((cell, graph) =>
          plainAdjacency(kind, normalizeRows, cell).forEach((row, to) =>
            row.forEach((value, from) => {
              expected[vertexOf(size, graph, to)][vertexOf(size, graph, from)] = value;
            }),
          ),
        );
        const { forward, transposed, entries } = matrices({ kind, normalizeRows }, size, cells);
        assert.is(entries, entriesOf(kind, size));
        near(forward.flat(), expected.flat(), 1e-7, 'A');
        assert.equal(transposed, forward[0].map((_, column) => forward.map((row) => row[column]))); // prettier-ignore
      }
    });
  }
}

test('adjacency, directed: what each vertex gathers, of sampled pairs of cells (100 pairs, seed 34)', () => {
  const size = { graphs: 2, nodes: 5 };
  const rng = createRng(34, STREAM.policyArchitecture);
  for (let i = 0; i < 100; i++) {
    const cells = [0, 1].map(() => sampleCell({ nodes: 5, primitives: LOOSE_END_PRIMITIVES }, rng));
    const expected = Array.from({ length: 3 * verticesOf(size) }, () =>
      Array.from({ length: verticesOf(size) }, () => 0),
    );
    cells.forEach((cell, graph) => {
      const { enters, leads } = plainDirected(cell);
      enters.forEach((row, v) => {
        const first = 3 * vertexOf(size, graph, v);
        expected[first]![vertexOf(size, graph, v)] = 1;
        row.forEach((value, w) => (expected[first + 1]![vertexOf(size, graph, w)] = value));
        leads[v]!.forEach((value, w) => (expected[first + 2]![vertexOf(size, graph, w)] = value));
      });
    });
    for (const normalizeRows of [false, true]) {
      const { forward, transposed, entries } = matrices({ kind: 'directed', normalizeRows }, size, cells);
      assert.is(entries, entriesOf('directed', size));
      near(forward.flat(), expected.flat(), 1e-7, 'A');
      assert.equal(transposed, forward[0]!.map((_, column) => forward.map((row) => row[column]))); // prettier-ignore
    }
  }
});

test('graph: every vertex of every graph has a row of its own', () => {
  const size = { graphs: 3, nodes: 4 };
  const rows = [0, 1, 2].flatMap((graph) => [0, 1, 2, 3, 4, 5].map((node) => vertexOf(size, graph, node)));
  assert.is(new Set(rows).size, verticesOf(size));
  assert.is(Math.max(...rows), verticesOf(size) - 1);
});

test.run();
