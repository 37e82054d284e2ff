// Genotypes as NNI has the architectures of its DARTS space, JSON: {"normal/op_2_0": "sep_conv_3x3",
// "normal/input_2_0": [0], ...}: operation and source of the first and second edge of node 2, and so on. Sources are
// lists of one (NNI 3) or numbers (NNI 2). A cell's output is that of all nodes, so the form does not say.
import { UserError } from '../../../runtime/errors.ts';
import { CELL_KINDS, type CellKind, type Genotype, intermediateNodes } from '../../arch/genotype.ts';
import { genotypeFromJson } from '../../arch/genotype_file.ts';
import { formatJson, type JsonObject } from '../../io/json.ts';
import { publishedName } from './spelling.ts';

const KEY = /^(normal|reduce)\/(?:op|input)_(\d{1,3})_[01]$/;

/** Whether an object has NNI's keys. */
export const isNniGenotype = (fields: JsonObject): boolean =>
  Object.keys(fields).some((key) => KEY.test(key));

/** The genotype; keys of other parts of NNI's space (depth, width) are left out. Throws UserError opened by `label`. */
export function nniGenotypeFromJson(fields: JsonObject, label: string): Genotype {
  const edges = (kind: CellKind): unknown[] => {
    const nodesNamed = Object.keys(fields).flatMap((key) => {
      const [, cell, node] = KEY.exec(key) ?? [];
      return cell === kind ? [Number(node)] : [];
    });
    const last = nodesNamed.reduce((a, b) => Math.max(a, b), 1);
    return Array.from({ length: Math.max(0, 2 * (last - 1)) }, (_, i) => {
      const [node, side] = [2 + (i >> 1), i % 2];
      const input = fields[`${kind}/input_${node}_${side}`];
      const op = fields[`${kind}/op_${node}_${side}`];
      for (const [what, found] of [['op', op], ['input', input]] as const) {
        if (found === undefined) throw new UserError(`${label}: there is no '${kind}/${what}_${node}_${side}'`);
      }
      return [op, Array.isArray(input) && input.length === 1 ? input[0] : input, node];
    }); // prettier-ignore
  };
  const [normal, reduce] = CELL_KINDS.map(edges) as [unknown[], unknown[]];
  const concat = (cell: readonly unknown[]): number[] =>
    Array.from({ length: cell.length / 2 }, (_, i) => i + 2);
  return genotypeFromJson(
    { normal, normal_concat: concat(normal), reduce, reduce_concat: concat(reduce) },
    label,
  );
}

/** NNI's form. Throws UserError where a cell's output leaves nodes out, which the form cannot say. */
export function formatNniGenotype(genotype: Genotype): string {
  const fields: Record<string, unknown> = {};
  for (const kind of CELL_KINDS) {
    const concat = kind === 'normal' ? genotype.normalConcat : genotype.reduceConcat;
    const all = intermediateNodes(genotype[kind]);
    if (concat.join() !== all.join()) {
      throw new UserError(
        `${genotype.name ?? 'the genotype'}: NNI's DARTS space concatenates all nodes of a cell, ${all.join(', ')}; ` +
          `got ${kind}_concat ${concat.join(', ')}`,
      );
    }
    genotype[kind].forEach(([op, from, to], i) => {
      fields[`${kind}/op_${to}_${i % 2}`] = publishedName(op);
      fields[`${kind}/input_${to}_${i % 2}`] = [from];
    });
  }
  return formatJson(fields, 'genotype');
}
