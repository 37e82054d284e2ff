// The cells of NAS-Bench-201 (Dong and Yang, ICLR 2020): four nodes, an edge from each to every later one, and one of
// five operations on each edge; a node is the sum of its edges. A cell is known by its number: its six operations as
// digits to base 5, the edge 2 -> 3 counting ones. That is also the order of the benchmark's tables.
import { UserError } from '../../runtime/errors.ts';
import type { Cell, Edge } from '../arch/genotype.ts';
import type { Primitive } from '../arch/primitives.ts';
import { didYouMean } from '../io/suggest.ts';

/** The benchmark's names, in the order of the digits, and the operations that they are here. */
const OPERATIONS = [
  { name: 'none', primitive: 'null' },
  { name: 'skip_connect', primitive: 'skip_connect' },
  { name: 'nor_conv_1x1', primitive: 'conv_1x1' },
  { name: 'nor_conv_3x3', primitive: 'conv_3x3' },
  { name: 'avg_pool_3x3', primitive: 'avg_pool_3x3' },
] as const satisfies readonly { name: string; primitive: Primitive }[];

export const OPERATION_NAMES: readonly string[] = OPERATIONS.map(({ name }) => name);
export const OPERATION_PRIMITIVES: readonly Primitive[] = OPERATIONS.map(({ primitive }) => primitive);

const BASE = OPERATIONS.length;
/** What the operation on each of the six edges counts in a cell's number: 0->1, 0->2, 1->2, 0->3, 1->3, 2->3. */
export const PLACE_VALUES: readonly number[] = [BASE ** 5, BASE ** 4, BASE ** 3, BASE ** 2, BASE, 1];

/** Cells of NAS-Bench-201: five operations on each of six edges, 15,625. */
export const CELL_COUNT = BASE ** 6;

/** The operations of a cell, as indices into OPERATION_NAMES, one an edge. */
export function operationsOf(cell: number): number[] {
  return PLACE_VALUES.map((value) => Math.floor(cell / value) % BASE);
}

/** The number of the cell with these operations. */
export const cellNumber = (operations: readonly number[]): number =>
  operations.reduce((number, operation) => number * BASE + operation, 0);

/** The benchmark's own string: `|op~0|+|op~0|op~1|+|op~0|op~1|op~2|`. */
export function formatCell(cell: number): string {
  const [a, b, c, d, e, f] = operationsOf(cell).map((operation) => OPERATION_NAMES[operation]);
  return `|${a}~0|+|${b}~0|${c}~1|+|${d}~0|${e}~1|${f}~2|`;
}

const CELL_STRING = /^\|([^|~]*)~0\|\+\|([^|~]*)~0\|([^|~]*)~1\|\+\|([^|~]*)~0\|([^|~]*)~1\|([^|~]*)~2\|$/;

/** The cell of one of the benchmark's strings. Throws UserError that begins with `label`. */
export function parseCell(text: string, label: string): number {
  const names = CELL_STRING.exec(text)?.slice(1);
  if (!names) {
    throw new UserError(
      `${label}: '${text.slice(0, 120)}' is no cell; expected |op~0|+|op~0|op~1|+|op~0|op~1|op~2|`,
    );
  }
  return cellNumber(
    names.map((name) => {
      const operation = OPERATION_NAMES.indexOf(name);
      if (operation < 0) {
        const hint = didYouMean(name, OPERATION_NAMES) || ` expected ${OPERATION_NAMES.join(', ')}`;
        throw new UserError(`${label}: unknown operation '${name}';${hint}`);
      }
      return operation;
    }),
  );
}

/**
 * Where the benchmark's edges stand in the NAT cell of four nodes that computes the same. Of the other two, edge 1 adds
 * nothing to node 2, which has one edge in the benchmark, and edge 6 carries node 4 into node 5, since a node of NAT has
 * two edges and the benchmark's last one three. A policy must leave both as they are.
 */
export const NAT_EDGES: readonly number[] = [0, 2, 3, 4, 5, 7];
export const GLUE_EDGES: readonly number[] = [1, 6];

/** Intermediate nodes of that cell. */
export const NAT_NODES = 4;

/** The NAT cell; its node 1, the output of the cell before, is the benchmark's node 0. Its output is node 5. */
export function toNatCell(cell: number): Cell {
  const [a, b, c, d, e, f] = operationsOf(cell).map((operation) => OPERATION_PRIMITIVES[operation]!);
  return [
    [a!, 1, 2],
    ['null', 0, 2],
    [b!, 1, 3],
    [c!, 2, 3],
    [d!, 1, 4],
    [e!, 2, 4],
    ['skip_connect', 4, 5],
    [f!, 3, 5],
  ];
}

/** The number of a NAT cell as toNatCell makes them. Throws RangeError for any other. */
export function fromNatCell(cell: Cell): number {
  const operations = NAT_EDGES.map((edge) => OPERATION_PRIMITIVES.indexOf(cell[edge]?.[0] as Primitive));
  const number = cellNumber(operations);
  const same = (a: Edge, b: Edge): boolean => a.every((value, i) => value === b[i]);
  const isOne =
    !operations.includes(-1) &&
    cell.length === 8 &&
    toNatCell(number).every((edge, i) => same(edge, cell[i]!));
  if (!isOne) throw new RangeError(`fromNatCell: no cell of NAS-Bench-201: ${JSON.stringify(cell)}`);
  return number;
}
