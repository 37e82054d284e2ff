// Pictures of one architecture: a cell, or both.
import { CELL_KINDS, type CellKind, type Genotype } from '../arch/genotype.ts';
import { outputNodes } from '../arch/reach.ts';
import {
  CELL_TITLES,
  cellDrawing,
  describeEdge,
  type EdgeLook,
  type EdgeRef,
  placeCell,
  withNote,
} from './cell_graph.ts';
import type { Direction } from './layout.ts';
import { picture, type PictureOptions } from './picture.ts';
import { at, type Drawing, text } from './svg.ts';
import { textWidth } from './text_width.ts';

/** How cells are drawn. */
export interface CellOptions extends PictureOptions {
  /** Which way edges point: 'right' unless given; 'down' is narrower. */
  readonly direction?: Direction;
  /** A line that an edge's tooltip says besides its operation. */
  readonly note?: (edge: EdgeRef) => string | undefined;
  /** Whether edges can be focused and are buttons to a screen reader: for a page that listens to them. */
  readonly interactive?: boolean;
}

export const MARGIN = 16;

/** A drawing below a heading. */
export function titled(heading: string, drawing: Drawing): Drawing {
  const content = [text(0, 13, heading, { class: 'nat-heading' }), at(0, 26, drawing)];
  return { width: Math.max(drawing.width, textWidth(heading, 13)), height: drawing.height + 26, content };
}

/** Drawings side by side. */
export function beside(drawings: readonly Drawing[], gap: number): Drawing {
  let x = 0;
  const content = drawings.map((drawing) => {
    const placed = at(x, 0, drawing);
    x += drawing.width + gap;
    return placed;
  });
  return { width: x - gap, height: Math.max(...drawings.map(({ height }) => height)), content };
}

/** Drawings one below the other. */
export function stacked(drawings: readonly Drawing[], gap: number): Drawing {
  let y = 0;
  const content = drawings.map((drawing) => {
    const placed = at(0, y, drawing);
    y += drawing.height + gap;
    return placed;
  });
  return { width: Math.max(...drawings.map(({ width }) => width)), height: y - gap, content };
}

/** With room around it. */
export const withMargin = (drawing: Drawing, margin = MARGIN): Drawing => ({
  width: drawing.width + 2 * margin,
  height: drawing.height + 2 * margin,
  content: [at(margin, margin, drawing)],
});

function plainCell(genotype: Genotype, kind: CellKind, options: CellOptions): Drawing {
  const { direction = 'right', note, interactive = false } = options;
  const concat = outputNodes(genotype, kind);
  const cell = genotype[kind];
  const edges = cell.map((edge, i): EdgeLook => {
    const ref = { kind, node: edge[2], slot: i % 2 };
    return { ref, edge, change: 'kept', tooltip: withNote(describeEdge(edge), note?.(ref)) };
  });
  const placed = placeCell({ edges: cell.map((edge) => [edge]), concat }, direction);
  return cellDrawing(placed, { edges, concat, direction, interactive });
}

/**
 * A cell of a genotype as an SVG picture: nodes, edges with their operations, null edges dotted. Every edge is a group
 * with `data-edge="normal:NODE:SLOT"` (or `reduce:`), NODE the one that it goes to and SLOT which of that node's two.
 */
export function drawCell(genotype: Genotype, kind: CellKind, options: CellOptions = {}): string {
  const title = options.title ?? `${CELL_TITLES[kind]} of ${genotype.name ?? 'an architecture'}`;
  return picture(
    withMargin(plainCell(genotype, kind, options)),
    title,
    describeCell(genotype, kind),
    options,
  );
}

/** Both cells of a genotype as one SVG picture; see `drawCell`. */
export function drawGenotype(genotype: Genotype, options: CellOptions = {}): string {
  const cells = CELL_KINDS.map((kind) => titled(CELL_TITLES[kind], plainCell(genotype, kind, options)));
  const title = options.title ?? genotype.name ?? 'An architecture';
  const description = CELL_KINDS.map((kind) => `${CELL_TITLES[kind]}: ${describeCell(genotype, kind)}`).join(
    ' ',
  );
  return picture(withMargin(stacked(cells, 28)), title, description, options);
}

/** A cell in words, node by node. */
function describeCell(genotype: Genotype, kind: CellKind): string {
  const cell = genotype[kind];
  const nodes = [];
  for (let i = 0; i < cell.length; i += 2) {
    const [[a, from], [b, other]] = [cell[i]!, cell[i + 1]!];
    nodes.push(`node ${i / 2 + 2} is ${a} of node ${from} plus ${b} of node ${other}`);
  }
  return `${nodes.join('; ')}; the output is node ${outputNodes(genotype, kind).join(', ')}.`;
}
