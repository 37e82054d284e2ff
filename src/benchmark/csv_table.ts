// A table of the benchmark as CSV: a line of column names, then a line for every cell, in any order.
import { UserError } from '../../runtime/errors.ts';
import { CELL_COUNT, formatCell, parseCell } from './space.ts';
import { ACCURACIES, type BenchmarkTable } from './table.ts';

const COLUMNS = ['architecture', ...ACCURACIES] as const;

/**
 * Columns beside those needed are ignored. Throws UserError, in one line that begins with the file's name, for a missing
 * column, an unknown operation, a cell that is missing or given twice, and an accuracy that is not 0 to 100.
 */
export function parseCsvTable(text: string, path: string): BenchmarkTable {
  const [head = '', ...lines] = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/);
  const names = fieldsOf(head);
  const missing = COLUMNS.filter((column) => !names.includes(column));
  if (missing.length > 0) {
    throw new UserError(
      `table ${path}: no column ${missing.join(', ')}; its first line is '${head.slice(0, 80)}', ` +
        `expected ${COLUMNS.join(',')}`,
    );
  }
  const places = ACCURACIES.map((accuracy) => names.indexOf(accuracy));
  const columns = ACCURACIES.map(() => new Float64Array(CELL_COUNT));
  const lineOf = new Int32Array(CELL_COUNT);
  for (const [i, line] of lines.entries()) {
    const label = `table ${path}, line ${i + 2}`;
    const fields = fieldsOf(line);
    if (fields.length !== names.length) {
      throw new UserError(`${label}: got ${fields.length} fields, expected ${names.length}`);
    }
    const cell = parseCell(fields[names.indexOf('architecture')]!, label);
    if (lineOf[cell] !== 0)
      throw new UserError(`${label}: ${formatCell(cell)} is in line ${lineOf[cell]} already`);
    lineOf[cell] = i + 2;
    for (const [column, place] of places.entries()) {
      columns[column]![cell] = accuracyOf(fields[place]!, `${label}: ${ACCURACIES[column]}`);
    }
  }
  const absent = lineOf.indexOf(0);
  if (absent >= 0) {
    throw new UserError(
      `table ${path}: ${lines.length} of ${CELL_COUNT} cells; ${formatCell(absent)} is missing`,
    );
  }
  const [validation12, test12, test200] = columns;
  return { name: path, validation12: validation12!, test12: test12!, test200: test200! };
}

const fieldsOf = (line: string): string[] => line.split(',').map((field) => field.trim());

/** Percent. */
function accuracyOf(text: string, label: string): number {
  const value = text === '' ? NaN : Number(text);
  if (!(value >= 0 && value <= 100)) {
    throw new UserError(`${label}: got '${text.slice(0, 40)}', expected a number from 0 to 100`);
  }
  return value;
}
