// Cells for a terminal: one line a node, `op(source) + op(source)`, and two genotypes side by side, before and
// after a transformation, with `*` at every operation that changed; one below the other where lines are too short.
import { CELL_KINDS, type Cell, type CellKind, type Genotype, intermediateNodes } from './genotype.ts';

const TITLES: Record<CellKind, string> = { normal: 'normal cell', reduce: 'reduction cell' };

/** Both cells of one genotype. */
export function formatCells(genotype: Genotype): string {
  return CELL_KINDS.map((kind) => layOut(kind, genotype, [['', ...cellColumn(genotype, kind)]])).join('\n\n');
}

/**
 * Both cells of two genotypes of the same graph.
 * @param columns characters that a line may have: the two are side by side where they fit
 */
export function formatComparison(before: Genotype, after: Genotype, columns = Infinity): string {
  const sides = CELL_KINDS.map((kind) => {
    const left = ['before', ...cellColumn(before, kind)];
    const right = [' after', ...cellColumn(after, kind, before[kind])];
    return { kind, left, right };
  });
  const beside = sides.map(({ kind, left, right }) => layOut(kind, before, [left, right]));
  if (beside.every((text) => text.split('\n').every((line) => line.length <= columns))) {
    return beside.join('\n\n');
  }
  return sides
    .map(({ kind, left, right }) => layOut(kind, before, [alternating(left, right)], 2))
    .join('\n\n');
}

/** Each text of the first list, marked as unchanged, above the one of the second. */
const alternating = (above: readonly string[], below: readonly string[]): string[] =>
  above.flatMap((text, i) => [` ${text}`, below[i]!]);

/** One text a node, then one for the output. With `before`, operations that differ from it are marked. */
function cellColumn(genotype: Genotype, kind: CellKind, before?: Cell): string[] {
  const cell = genotype[kind];
  const edges = cell.map(([op, from], i) => {
    const mark = before === undefined ? '' : before[i][0] === op ? ' ' : '*';
    return `${mark}${op}(${from})`;
  });
  const width = Math.max(...edges.map((edge) => edge.length));
  const nodes = intermediateNodes(cell).map((node) => {
    return `${edges[2 * node - 4].padEnd(width)} + ${edges[2 * node - 3]}`;
  });
  const concat = kind === 'normal' ? genotype.normalConcat : genotype.reduceConcat;
  return [...nodes, `${before === undefined ? '' : ' '}concat(${concat.join(', ')})`];
}

/**
 * Puts columns of texts, each with a head, beside the labels `node 2`, `node 3`, ..., `output`.
 * @param lines of a text beside each label
 */
function layOut(kind: CellKind, genotype: Genotype, columns: string[][], lines = 1): string {
  const nodes = intermediateNodes(genotype[kind]).map((node) => `  node ${node}`);
  const labels = [TITLES[kind], ...nodes, '  output'];
  const first = labels.flatMap((label) => [label, ...Array.from({ length: lines - 1 }, () => '')]);
  const table = [first, ...columns];
  const widths = table.map((column) => Math.max(...column.map((text) => text.length)));
  const rows = table[0].map((_, row) => table.map((column, c) => column[row].padEnd(widths[c])).join('   '));
  return rows.map((row) => row.trimEnd()).join('\n');
}
