// Pictures of what a transformation did: the cell before and after, changed edges marked by colour and by dashes.
import { CELL_KINDS, type CellKind, type Genotype } from '../arch/genotype.ts';
import { outputNodes } from '../arch/reach.ts';
import { beside, type CellOptions, stacked, titled, withMargin } from './cell.ts';
import { CELL_TITLES, cellDrawing, describeEdge, type EdgeLook, placeCell, withNote } from './cell_graph.ts';
import {
  CHANGE_NAMES,
  cellChanges,
  type ChangedEdge,
  EDGE_CHANGES,
  type EdgeChange,
  sameGraph,
} from './change.ts';
import type { Direction, PlacedGraph } from './layout.ts';
import { picture } from './picture.ts';
import { type Drawing, element, group, text } from './svg.ts';
import { textWidth } from './text_width.ts';

/** How a transformation is drawn. */
export interface TransformationOptions extends CellOptions {
  /** Which cells; both unless given. */
  readonly cells?: readonly CellKind[];
  /** `before` and `after` stand one above the other where they would be wider than this, in pixels; 1120 unless given. */
  readonly widest?: number;
}

/**
 * Two genotypes as one SVG picture, a cell's `before` beside or above its `after`: kept edges plain, changed ones marked
 * in both, with a legend. Edges have `data-edge` as in `drawCell`, inside a group with `data-side="before"` or "after".
 * Cells of the same graph have their nodes in the same places.
 */
export function drawTransformation(
  before: Genotype,
  after: Genotype,
  options: TransformationOptions = {},
): string {
  const { cells = CELL_KINDS } = options;
  const changes = cells.map((kind) => cellChanges(before, after, kind));
  const parts = arranged(
    cells.map((kind, i) => cellSides(before, after, kind, changes[i]!, options)),
    options.widest ?? 1120,
  );
  const used = EDGE_CHANGES.filter((change) => changes.flat().some((edge) => edge.change === change));
  const [from, to] = [before.name ?? 'before', after.name ?? 'after'];
  const title = options.title ?? `${from} and its transformation ${to}`;
  const whole = stacked([...parts, legend(used)], 24);
  return picture(withMargin(whole), title, describeChanges(changes.flat()), options);
}

/** What changed, in words. */
function describeChanges(changes: readonly ChangedEdge[]): string {
  const changed = changes.filter(({ change }) => change !== 'kept');
  if (changed.length === 0) return 'Nothing changed.';
  const words = changed.map((edge) => `${CELL_TITLES[edge.kind].toLowerCase()}: ${changeWords(edge)}`);
  return `${changed.length} of ${changes.length} edges changed. ${words.join('; ')}.`;
}

function changeWords({ before, after }: ChangedEdge): string {
  if (before && after)
    return `${describeEdge(before)}, ${before[0] === after[0] ? 'kept' : `became ${after[0]}`}`;
  return before ? `${describeEdge(before)}, removed` : `${describeEdge(after!)}, added`;
}

const BETWEEN = 44;

/** Pairs side by side in columns of one width, or one above the other where they are too wide. */
function arranged(pairs: readonly (readonly Drawing[])[], widest: number): Drawing[] {
  const width = Math.max(...pairs.flat().map((side) => side.width));
  if (2 * width + BETWEEN > widest) return pairs.map((sides) => stacked(sides, 20));
  return pairs.map((sides) =>
    beside(
      sides.map((side) => ({ ...side, width })),
      BETWEEN,
    ),
  );
}

function cellSides(
  before: Genotype,
  after: Genotype,
  kind: CellKind,
  changes: readonly ChangedEdge[],
  options: TransformationOptions,
): Drawing[] {
  const { direction = 'right', note, interactive = false } = options;
  const genotypes = { before, after };
  const shared = sameGraph(changes) ? placeSides(changes, ['before', 'after'], genotypes, direction) : null;
  return SIDES.map((side) => {
    const placed = shared ?? placeSides(changes, [side], genotypes, direction);
    const edges = changes.flatMap((change): EdgeLook[] => {
      const [edge, slot] = [change[side], change.slots[side]];
      if (edge === null || slot === null) return [];
      const ref = { kind, node: change.node, slot };
      return [{ ref, edge, change: change.change, tooltip: withNote(changeWords(change), note?.(ref)) }];
    });
    const concat = outputNodes(genotypes[side], kind);
    const drawing = cellDrawing(placed, { edges, concat, direction, interactive });
    const heading = `${CELL_TITLES[kind]}, ${genotypes[side].name ?? side}`;
    return titled(heading, { ...drawing, content: [group({ 'data-side': side }, drawing.content)] });
  });
}

const SIDES = ['before', 'after'] as const;

/** Places for the cells of some sides, whose graph is the same. */
function placeSides(
  changes: readonly ChangedEdge[],
  sides: readonly (typeof SIDES)[number][],
  genotypes: Readonly<Record<(typeof SIDES)[number], Genotype>>,
  direction: Direction,
): PlacedGraph {
  const edges = changes
    .map((change) => sides.map((side) => change[side]).filter((edge) => edge !== null))
    .filter((versions) => versions.length > 0);
  const kind = changes[0]!.kind;
  const concat = [...new Set(sides.flatMap((side) => outputNodes(genotypes[side], kind)))];
  return placeCell({ edges, concat }, direction);
}

/** A line of each kind of edge with its name. */
function legend(changes: readonly EdgeChange[]): Drawing {
  let x = 0;
  const content = changes.map((change) => {
    const words = CHANGE_NAMES[change];
    const sample = element('path', { class: 'nat-line', d: `M${x} 8h40` });
    const entry = group({ class: change === 'kept' ? 'nat-edge' : `nat-edge nat-${change}` }, [
      sample,
      text(x + 48, 12, words),
    ]);
    x += 48 + textWidth(words, 12) + 22;
    return entry;
  });
  return { width: Math.max(0, x - 22), height: 16, content };
}
