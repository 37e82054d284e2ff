// Where a cell's nodes, labels and edges stand: nothing lies on what is not its own, for every cell of the zoo and for
// any cell at all.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CELL_KINDS, type Cell, type Edge, looseEnds } from '../src/arch/genotype.ts';
import { PRIMITIVE_NAMES } from '../src/arch/primitives.ts';
import { outputNodes } from '../src/arch/reach.ts';
import { CELLS } from '../src/arch/zoo/cells.ts';
import { placeCell } from '../src/draw/cell_graph.ts';
import { type Box, type Direction, edgePath, type PlacedGraph, type Point } from '../src/draw/layout.ts';

/** Points of a path of straight parts and cubic curves, by the formula of Bezier curves. */
function pointsOn(path: string): Point[] {
  const points: Point[] = [];
  let at: Point = { x: NaN, y: NaN };
  for (const [, command, list] of path.matchAll(/([MLC])([^MLC]*)/g)) {
    const n = list!.trim().split(/[ ,]+/).map(Number);
    const to = { x: n.at(-2)!, y: n.at(-1)! };
    const [a, b] =
      command === 'C'
        ? [
            { x: n[0]!, y: n[1]! },
            { x: n[2]!, y: n[3]! },
          ]
        : [at, to];
    if (command === 'M') points.push(to);
    for (let i = 1; command !== 'M' && i <= 40; i++) {
      const t = i / 40;
      const mix = (p: number, q: number, r: number, s: number): number =>
        p * (1 - t) ** 3 + 3 * q * t * (1 - t) ** 2 + 3 * r * t ** 2 * (1 - t) + s * t ** 3;
      points.push({ x: mix(at.x, a.x, b.x, to.x), y: mix(at.y, a.y, b.y, to.y) });
    }
    at = to;
  }
  return points;
}

/** Whether a point lies inside a box, more than half a pixel from its border. */
const inside = ({ x, y }: Point, box: Box): boolean =>
  Math.abs(x - box.x) < box.width / 2 - 0.5 && Math.abs(y - box.y) < box.height / 2 - 0.5;

const overlap = (a: Box, b: Box): boolean =>
  Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2;

function checkPlaces(placed: PlacedGraph, cell: Cell, direction: Direction): void {
  const boxes = [
    ...placed.nodes,
    ...[...placed.edges].flatMap(([name, { label }]) => (label ? [[name, label] as const] : [])),
  ];
  assert.is(boxes.filter(([name]) => name.startsWith('edge')).length, cell.length);
  boxes.forEach(([name, box], i) => {
    for (const [other, there] of boxes.slice(i + 1)) {
      assert.not.ok(overlap(box, there), `${name} lies on ${other}`);
    }
    assert.ok(box.x - box.width / 2 >= 0 && box.y - box.height / 2 >= 0, `${name} leaves the picture`);
    assert.ok(box.x + box.width / 2 <= placed.width && box.y + box.height / 2 <= placed.height, name);
  });
  for (const [name, way] of placed.edges) {
    const points = pointsOn(edgePath(way.points, direction));
    for (const [other, box] of boxes) {
      if (other !== name)
        assert.not.ok(
          points.some((point) => inside(point, box)),
          `${name} crosses ${other}`,
        );
    }
    if (way.label)
      assert.ok(
        points.some((point) => inside(point, way.label!)),
        `${name} misses its label`,
      );
    // edges point one way
    const along = points.map(({ x, y }) => (direction === 'right' ? x : y));
    assert.ok(
      along.every((value, i) => i === 0 || value >= along[i - 1]! - 1e-9),
      `${name} turns back`,
    );
  }
  const [first, second] = ['0', '1'].map((name) => placed.nodes.get(name)!);
  assert.ok(direction === 'right' ? first!.y < second!.y : first!.x < second!.x, 'the inputs are in order');
}

const place = (cell: Cell, concat: readonly number[], direction: Direction): PlacedGraph =>
  placeCell({ edges: cell.map((edge) => [edge]), concat }, direction);

for (const direction of ['right', 'down'] as const) {
  test(`layout: no label, node or edge of a cell of the zoo lies on another, edges pointing ${direction}`, () => {
    for (const genotype of CELLS) {
      for (const kind of CELL_KINDS) {
        const placed = place(genotype[kind], outputNodes(genotype, kind), direction);
        checkPlaces(placed, genotype[kind], direction);
      }
    }
  });
}

/** Cells of up to 7 nodes with any edges, also two with the same ends. */
const anyCell: fc.Arbitrary<Cell> = fc.integer({ min: 1, max: 7 }).chain((nodes) =>
  fc.tuple(
    ...Array.from({ length: 2 * nodes }, (_, i): fc.Arbitrary<Edge> => {
      const to = (i >> 1) + 2;
      return fc.tuple(
        fc.constantFrom(...PRIMITIVE_NAMES),
        fc.integer({ min: 0, max: to - 1 }),
        fc.constant(to),
      );
    }),
  ),
);

test('layout: nor of any other cell, and places do not depend on what was drawn before', () => {
  const property = fc.property(
    anyCell,
    fc.constantFrom('right' as const, 'down' as const),
    (cell, direction) => {
      const placed = place(cell, looseEnds(cell), direction);
      checkPlaces(placed, cell, direction);
      assert.equal(place(cell, looseEnds(cell), direction), placed);
    },
  );
  fc.assert(property, { seed: 1, numRuns: 50 });
});

test.run();
