// The short form in which the zoo writes its cells: `sep3@0 skip@1 | max3@0 null@2 > 2 3` is a cell of two nodes,
// separated by `|`; each takes two edges, `op@source`; after `>` come the nodes that the output concatenates. An
// operation is its kind's short name and the K of its window (conv1xK: 1xK, then Kx1).
import type { Cell, Edge, Genotype } from '../genotype.ts';
import { PRIMITIVE_KINDS, PRIMITIVE_NAMES, PRIMITIVES, type Primitive } from '../primitives.ts';

const PRIMITIVE_OF_SHORT_NAME: ReadonlyMap<string, Primitive> = new Map(
  PRIMITIVE_NAMES.map((name) => {
    const { kind, kernel } = PRIMITIVES[name];
    return [PRIMITIVE_KINDS[kind].short + (kernel || ''), name];
  }),
);

/** A genotype from its two cells in short form; the reduction cell is the normal one if not given. */
export function genotype(name: string, normalText: string, reduceText = normalText): Genotype {
  const [normal, normalConcat] = expandCell(normalText);
  const [reduce, reduceConcat] = expandCell(reduceText);
  return { name, normal, normalConcat, reduce, reduceConcat };
}

function expandCell(text: string): [Cell, number[]] {
  const [graph, output] = text.split(' > ');
  const cell = graph
    .split(' | ')
    .flatMap((node, i) => node.split(' ').map((edge) => expandEdge(edge, i + 2)));
  return [cell, output.split(' ').map(Number)];
}

function expandEdge(text: string, to: number): Edge {
  const [short, from] = text.split('@');
  const op = PRIMITIVE_OF_SHORT_NAME.get(short);
  if (op === undefined) throw new Error(`internal: '${short}' is no operation of the cell notation`);
  return [op, Number(from), to];
}
