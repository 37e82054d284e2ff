// One table comes with the program (src/benchmark/nasbench201/); others are read from CSV files of the same columns.
import type { Platform } from '../../runtime/host/platform.ts';
import { readUserFile } from '../io/user_file.ts';
import { parseCsvTable } from './csv_table.ts';
import { type BenchmarkTable, parsePackedTable } from './table.ts';

/** The data set of the table that comes with the program, and its file beside the bundle. */
const OWN_TABLE = { name: 'cifar10', asset: 'nasbench201/cifar10.safetensors' };

/**
 * The table of CIFAR-10 that comes with the program, or that of a CSV file.
 * Throws UserError, in one line, where the file is not a whole table.
 */
export async function loadBenchmarkTable(
  platform: Pick<Platform, 'files' | 'readAsset'>,
  file?: string,
): Promise<BenchmarkTable> {
  if (file === undefined) return parsePackedTable(await platform.readAsset(OWN_TABLE.asset), OWN_TABLE.name);
  return parseCsvTable(await readUserFile(platform.files, file, `table ${file}`), file);
}
