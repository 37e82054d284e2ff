// Cells of NAS-Bench-201 as genotypes: a NAT cell of four nodes that computes the same (benchmark/space.ts), once as
// normal and once as reduction cell, since the benchmark's networks have no other.
import { UserError } from '../../../runtime/errors.ts';
import type { Genotype } from '../../arch/genotype.ts';
import { formatCell, fromNatCell, NAT_NODES, parseCell, toNatCell } from '../../benchmark/space.ts';

const OUTPUT = NAT_NODES + 1;

/** The genotype of one of the benchmark's strings. Throws UserError that begins with `label`. */
export function parseNasBench201(text: string, label: string): Genotype {
  const cell = toNatCell(parseCell(text.trim(), label));
  return { normal: cell, normalConcat: [OUTPUT], reduce: cell, reduceConcat: [OUTPUT] };
}

/** The benchmark's string. Throws UserError for a genotype that is none of its cells. */
export function formatNasBench201({ name, normal, normalConcat, reduce, reduceConcat }: Genotype): string {
  const same = JSON.stringify([normal, normalConcat]) === JSON.stringify([reduce, reduceConcat]);
  if (same && normalConcat.join() === String(OUTPUT)) {
    try {
      return `${formatCell(fromNatCell(normal))}\n`;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw new UserError(
    `${name ?? 'the genotype'} is no cell of NAS-Bench-201; expected one cell for both, of the edges 1-2, 1-3, 2-3, 1-4, ` +
      '2-4, 3-5 with none, skip_connect, conv_1x1, conv_3x3 or avg_pool_3x3, null on 0-2, skip_connect on 4-5, output 5',
  );
}
