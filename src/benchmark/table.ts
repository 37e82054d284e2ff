// The benchmark's ground truth: what every cell reached when it was trained, and the form in which it is packed.
import { RunError } from '../../runtime/errors.ts';
import { parseSafetensors } from '../io/safetensors.ts';
import { CELL_COUNT } from './space.ts';

export const ACCURACIES = ['validation12', 'test12', 'test200'] as const;

/** Accuracies in percent, by the number of the cell. */
export interface BenchmarkTable extends Readonly<Record<(typeof ACCURACIES)[number], Float64Array>> {
  /** The data set, or the file that it was read from. */
  readonly name: string;
}

/** A table as runtime/tools/make_benchmark_table.mjs packs it: thousandths of a percent as u32. */
export function parsePackedTable(bytes: Uint8Array<ArrayBuffer>, name: string): BenchmarkTable {
  const { tensors } = parseSafetensors(bytes, `table ${name}`);
  const column = (accuracy: string): Float64Array => {
    const tensor = tensors[accuracy];
    if (tensor?.dtype !== 'U32' || tensor.data.length !== CELL_COUNT) {
      throw new RunError(`table ${name}: no ${accuracy} of ${CELL_COUNT} cells; build the program again`);
    }
    return Float64Array.from(tensor.data, (thousandths) => thousandths / 1000);
  };
  const [validation12, test12, test200] = ACCURACIES.map(column);
  return { name, validation12: validation12!, test12: test12!, test200: test200! };
}
