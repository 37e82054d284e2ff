// The network view of a cell (right in the paper's Figure 3): what is computed, as boxes that hand images on. Operations are
// boxes, skip connections plain arrows, null edges are not there, sums are marked with a plus.
import { CELL_KINDS, type CellKind, type Edge, type Genotype } from '../arch/genotype.ts';
import { specOf } from '../arch/primitives.ts';
import { extendReach, INPUTS_REACHED, outputNodes } from '../arch/reach.ts';
import { beside, type CellOptions, stacked, titled, withMargin } from './cell.ts';
import {
  CELL_TITLES,
  describeEdge,
  endMarkup,
  ends,
  operationBox,
  operationBoxSize,
  wayMarkup,
} from './cell_graph.ts';
import { type Box, type Direction, type FlowGraph, placeGraph, type Size } from './layout.ts';
import { picture } from './picture.ts';
import { at, type Drawing, element, group, text, tooltip } from './svg.ts';

const SUM: Size = { width: 22, height: 22 };
/** Of a node whose other edge is null. */
const SINGLE: Size = { width: 10, height: 10 };

/** A cell's flow, and how the boxes that are no ends of it are drawn. */
interface Flow extends FlowGraph {
  readonly boxes: ReadonlyMap<string, (box: Box) => string>;
}

/** The edges that the output depends on: that hand on something of an input, from which a way leads to the output. */
function countingEdges(genotype: Genotype, kind: CellKind): Edge[] {
  const cell = genotype[kind];
  const leads = new Set(outputNodes(genotype, kind));
  for (const [op, from, to] of cell.toReversed()) {
    if (op !== 'null' && leads.has(to)) leads.add(from);
  }
  let reach = INPUTS_REACHED;
  return cell.filter((edge) => {
    const [op, from, to] = edge;
    const handsOn = op !== 'null' && ((reach >> from) & 1) === 1;
    reach = extendReach(reach, edge);
    return handsOn && leads.has(to);
  });
}

/** What the output depends on, and nothing else. */
function flowOf(genotype: Genotype, kind: CellKind, direction: Direction): Flow {
  const concat = outputNodes(genotype, kind);
  const counting = countingEdges(genotype, kind);
  const edges: { name: string; from: string; to: string }[] = [];
  const boxes = new Map<string, (box: Box) => string>();
  const nodes = new Map(ends(concat.length, direction));
  for (const node of new Set(counting.map(([, , to]) => to))) {
    const isSum = counting.filter(([, , to]) => to === node).length > 1;
    nodes.set(String(node), isSum ? SUM : SINGLE);
    boxes.set(String(node), (box) => nodeMarkup(node, isSum, box));
  }
  counting.forEach((edge, i) => {
    const [op] = edge;
    const [from, to] = [String(edge[1]), String(edge[2])];
    if (specOf(op).kind === 'skip_connect') {
      edges.push({ name: `skip ${i}`, from, to });
      return;
    }
    const name = `operation ${i}`;
    nodes.set(name, operationBoxSize(op));
    boxes.set(name, (box) => operationBox(op, box, describeEdge(edge)));
    edges.push({ name: `into ${i}`, from, to: name }, { name: `out of ${i}`, from: name, to });
  });
  for (const node of concat) {
    if (nodes.has(String(node))) edges.push({ name: `output ${node}`, from: String(node), to: 'output' });
  }
  return { nodes, edges, boxes };
}

function nodeMarkup(node: number, isSum: boolean, { x, y, width }: Box): string {
  return group({ class: 'nat-node', 'data-node': node }, [
    tooltip(isSum ? `node ${node}: the sum of both` : `node ${node}`),
    element('circle', { cx: x, cy: y, r: width / 2 }),
    ...(isSum ? [text(x, y + 4.5, '+', { anchor: 'middle' })] : []),
  ]);
}

function flowDrawing(genotype: Genotype, kind: CellKind, direction: Direction): Drawing {
  const flow = flowOf(genotype, kind, direction);
  const placed = placeGraph(flow, direction, ['0', '1']);
  const ways = [...placed.edges.values()].map((way) =>
    group({ class: 'nat-concat' }, wayMarkup(way, direction)),
  );
  const nodes = [...placed.nodes].map(([name, box]) => flow.boxes.get(name)?.(box) ?? endMarkup(name, box));
  // ways without a label may lead around everything that dagre measured
  const points = [...placed.edges.values()].flatMap((way) => way.points);
  const [left, top] = [Math.min(0, ...points.map(({ x }) => x)), Math.min(0, ...points.map(({ y }) => y))];
  const width = Math.max(placed.width, ...points.map(({ x }) => x)) - left;
  const height = Math.max(placed.height, ...points.map(({ y }) => y)) - top;
  return { width, height, content: [at(-left, -top, { width, height, content: [...ways, ...nodes] })] };
}

/** How the network view is drawn. */
export interface FlowOptions extends Pick<CellOptions, 'title' | 'theme' | 'standalone' | 'direction'> {
  /** Which cells; both unless given. */
  readonly cells?: readonly CellKind[];
}

/**
 * The network view of one or several genotypes as an SVG picture: their cells below one another, genotypes side by side. A
 * part of a cell that its output does not depend on is left out.
 */
export function drawFlow(genotypes: readonly Genotype[], options: FlowOptions = {}): string {
  const { cells = CELL_KINDS, direction = 'right' } = options;
  const nameOf = ({ name = 'an architecture' }: Genotype): string => name;
  const columns = genotypes.map((genotype) =>
    stacked(
      cells.map((kind) =>
        titled(
          genotypes.length > 1 ? `${CELL_TITLES[kind]}, ${nameOf(genotype)}` : CELL_TITLES[kind],
          flowDrawing(genotype, kind, direction),
        ),
      ),
      28,
    ),
  );
  const title = options.title ?? `The network of ${genotypes.map(nameOf).join(' and of ')}`;
  const description = genotypes
    .flatMap((genotype) => cells.map((kind) => describeFlow(genotype, kind)))
    .join(' ');
  return picture(withMargin(beside(columns, 44)), title, description, options);
}

/** What a cell computes, in words. */
function describeFlow(genotype: Genotype, kind: CellKind): string {
  const operations = countingEdges(genotype, kind);
  return `${CELL_TITLES[kind]} of ${genotype.name ?? 'an architecture'}: ${operations.map(describeEdge).join('; ') || 'nothing'}.`;
}
