// A genotype as a few characters that an address may hold: 'sep3.0,skip.1;max3.0,null.2:2.3' is a cell of two nodes,
// each with two edges, an operation's short name and its source, and after the colon what the output concatenates;
// normal and reduction cell stand beside each other with a slash between them.
import { UserError } from '../../runtime/errors.ts';
import type { Cell, Genotype } from '../arch/genotype.ts';
import { genotypeFromJson } from '../arch/genotype_file.ts';
import { PRIMITIVE_KINDS, PRIMITIVE_NAMES, type Primitive, specOf } from '../arch/primitives.ts';

const shortName = (op: Primitive): string => {
  const { kind, kernel } = specOf(op);
  return PRIMITIVE_KINDS[kind].short + (kernel || '');
};

const OF_SHORT_NAME: ReadonlyMap<string, Primitive> = new Map(
  PRIMITIVE_NAMES.map((name) => [shortName(name), name]),
);

function cellText(cell: Cell, concat: readonly number[]): string {
  const nodes = Array.from({ length: cell.length / 2 }, (_, i) =>
    cell
      .slice(2 * i, 2 * i + 2)
      .map(([op, from]) => `${shortName(op)}.${from}`)
      .join(','),
  );
  return `${nodes.join(';')}:${concat.join('.')}`;
}

/** The text of both cells; the name is left out. */
export const formatCellText = ({ normal, normalConcat, reduce, reduceConcat }: Genotype): string =>
  `${cellText(normal, normalConcat)}/${cellText(reduce, reduceConcat)}`;

function parseCell(text: string): { readonly edges: unknown[]; readonly concat: number[] } {
  const [nodes = '', concat = ''] = text.split(':');
  const edges = nodes.split(';').flatMap((node, i) =>
    node.split(',').map((edge) => {
      const [short = '', from = ''] = edge.split('.');
      return [OF_SHORT_NAME.get(short) ?? short, Number(from), i + 2];
    }),
  );
  return { edges, concat: concat.split('.').map(Number) };
}

/** The genotype of such a text. Throws UserError. */
export function parseCellText(text: string): Genotype {
  const [normal, reduce, ...more] = text.split('/');
  if (normal === undefined || reduce === undefined || more.length > 0) {
    throw new UserError(`cells in the address: got '${text.slice(0, 60)}', expected normal/reduction cell`);
  }
  const [a, b] = [parseCell(normal), parseCell(reduce)];
  const json = { normal: a.edges, normal_concat: a.concat, reduce: b.edges, reduce_concat: b.concat };
  return genotypeFromJson(json, 'cells in the address');
}
