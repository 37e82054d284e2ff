// Graphviz: both cells of a genotype beside one another, as DARTS draws them. `dot -Tsvg FILE` makes a picture.
import { CELL_KINDS, type CellKind, type Genotype, intermediateNodes } from '../../arch/genotype.ts';

const TITLES: Readonly<Record<CellKind, string>> = { normal: 'normal cell', reduce: 'reduction cell' };

/** The DOT text. Null edges are dotted; the nodes that a cell concatenates lead to its output. */
export function formatDot(genotype: Genotype): string {
  const cells = CELL_KINDS.map((kind) => cluster(genotype, kind));
  return `digraph ${JSON.stringify(genotype.name ?? 'genotype')} {
  rankdir=LR;
  node [shape=box, style="rounded,filled", fillcolor="#e8eef7", fontname="Helvetica"];
  edge [fontname="Helvetica", fontsize=10];
${cells.join('')}}
`;
}

function cluster(genotype: Genotype, kind: CellKind): string {
  const cell = genotype[kind];
  const id = (node: number | string): string => `${kind}_${node}`;
  const concat = kind === 'normal' ? genotype.normalConcat : genotype.reduceConcat;
  const lines = [
    `label="${TITLES[kind]}";`,
    `${id(0)} [label="0: cell before the last", fillcolor="#dff0d8"];`,
    `${id(1)} [label="1: last cell", fillcolor="#dff0d8"];`,
    ...intermediateNodes(cell).map((node) => `${id(node)} [label="${node}"];`),
    `${id('output')} [label="output", fillcolor="#f7ecd5"];`,
    ...cell.map(([op, from, to]) => {
      const style = op === 'null' ? ', style=dotted, color=gray' : '';
      return `${id(from)} -> ${id(to)} [label="${op}"${style}];`;
    }),
    ...concat.map((node) => `${id(node)} -> ${id('output')};`),
  ];
  return `  subgraph cluster_${kind} {\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`;
}
