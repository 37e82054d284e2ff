// From coordinates to the compressed rows that the sparse kernels read.

export interface SparseArrays {
  readonly values: Float32Array<ArrayBuffer>;
  readonly rowPointers: Int32Array<ArrayBuffer>;
  readonly columns: Int32Array<ArrayBuffer>;
  readonly transposedValues: Float32Array<ArrayBuffer>;
  readonly transposedPointers: Int32Array<ArrayBuffer>;
  readonly transposedColumns: Int32Array<ArrayBuffer>;
}

/**
 * Sorts coordinate entries by row (stable; entries of one place stay apart and add up in the product).
 * @param indices (2, entries): rows, then columns
 */
export function cooToCsr(
  indices: Int32Array,
  entries: Float32Array,
  rows: number,
  columns: number,
): SparseArrays {
  const order = Array.from(entries.keys());
  const [rowOf, columnOf] = [indices.subarray(0, entries.length), indices.subarray(entries.length)];
  const byRow = order.toSorted((a, b) => rowOf[a]! - rowOf[b]!);
  const byColumn = order.toSorted((a, b) => columnOf[a]! - columnOf[b]!);
  return {
    values: Float32Array.from(byRow, (e) => entries[e]!),
    rowPointers: pointers(rowOf, rows),
    columns: Int32Array.from(byRow, (e) => columnOf[e]!),
    transposedValues: Float32Array.from(byColumn, (e) => entries[e]!),
    transposedPointers: pointers(columnOf, columns),
    transposedColumns: Int32Array.from(byColumn, (e) => rowOf[e]!),
  };
}

/** Where each line's entries begin, and the end. */
function pointers(lineOf: Int32Array, lines: number): Int32Array<ArrayBuffer> {
  const result = new Int32Array(lines + 1);
  for (const line of lineOf) result[line + 1]!++;
  for (let i = 0; i < lines; i++) result[i + 1]! += result[i]!;
  return result;
}
