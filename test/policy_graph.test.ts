// The graph that the policy reads: A[t][f] counts the edges from f to t, two edges from one source add to 2, nothing
// is symmetric or a self-loop, cells that share a pass stay apart, and the transposed form is the same matrix.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cell } from '../src/arch/genotype.ts';
import { LOOSE_END_PRIMITIVES } from '../src/arch/primitives.ts';
import { sampleCell } from '../src/arch/search_space.ts';
import { graphOf, type GraphSize, rowPointers, vertexOf, verticesOf } from '../src/policy/graph.ts';
import { STREAM, createRng } from '../src/core/rng.ts';

/** The dense matrix of compressed rows in which every entry is 1 and entries of one place add. */
function dense(pointers: Int32Array, columns: Int32Array): number[][] {
  const size = pointers.length - 1;
  return Array.from({ length: size }, (_, row) => {
    const out = Array.from({ length: size }, () => 0);
    for (let i = pointers[row]; i < pointers[row + 1]; i++) out[columns[i]]++;
    return out;
  });
}

function matrices(size: GraphSize, cells: readonly Cell[]) {
  const arrays = graphOf(size, cells, LOOSE_END_PRIMITIVES);
  return {
    arrays,
    forward: dense(rowPointers(size), arrays.columns),
    transposed: dense(arrays.transposedPointers, arrays.transposedColumns),
  };
}

test('graph: one cell, written out', () => {
  const cell: Cell = [['conv_3x3', 1, 2], ['null', 1, 2], ['null', 0, 3], ['max_pool_3x3', 2, 3]]; // prettier-ignore
  const { forward, arrays } = matrices({ graphs: 1, nodes: 2 }, [cell]);
  assert.equal(forward, [
    [0, 0, 0, 0],
    [0, 0, 0, 0],
    [0, 2, 0, 0],
    [1, 0, 1, 0],
  ]);
  assert.equal([...arrays.operations], [6, 8, 8, 0]);
});

test('graph: counts the edges of sampled pairs of cells, forward and transposed (100 pairs, seed 34)', () => {
  const size = { graphs: 2, nodes: 5 };
  const rng = createRng(34, STREAM.policyArchitecture);
  for (let i = 0; i < 100; i++) {
    const cells = [0, 1].map(() => sampleCell({ nodes: 5, primitives: LOOSE_END_PRIMITIVES }, rng));
    const expected = Array.from({ length: verticesOf(size) }, () =>
      Array.from({ length: verticesOf(size) }, () => 0),
    );
    cells.forEach((cell, graph) => {
      for (const [, from, to] of cell) expected[vertexOf(size, graph, to)][vertexOf(size, graph, from)]++;
    });
    const { forward, transposed } = matrices(size, cells);
    assert.equal(forward, expected);
    assert.equal(transposed, expected[0].map((_, column) => expected.map((row) => row[column]))); // prettier-ignore
  }
});

test('graph: every vertex of every graph has a row of its own', () => {
  const size = { graphs: 3, nodes: 4 };
  const rows = [0, 1, 2].flatMap((graph) => [0, 1, 2, 3, 4, 5].map((node) => vertexOf(size, graph, node)));
  assert.is(new Set(rows).size, verticesOf(size));
  assert.is(Math.max(...rows), verticesOf(size) - 1);
});

test.run();
