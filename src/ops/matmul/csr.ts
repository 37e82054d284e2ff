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
  const [rowOf, columnOf] = [indices.subarray(0, entries.length), indices.subarray(entries.length)];
  const byRow = compress(rowOf, columnOf, entries, rows);
  const byColumn = compress(columnOf, rowOf, entries, columns);
  return {
    values: byRow.values,
    rowPointers: byRow.pointers,
    columns: byRow.others,
    transposedValues: byColumn.values,
    transposedPointers: byColumn.pointers,
    transposedColumns: byColumn.others,
  };
}

/** A counting sort by line: where each line's entries begin, and the end; the entries line after line. */
function compress(lineOf: Int32Array, otherOf: Int32Array, entries: Float32Array, lines: number) {
  const pointers = new Int32Array(lines + 1);
  for (const line of lineOf) pointers[line + 1]!++;
  for (let i = 0; i < lines; i++) pointers[i + 1]! += pointers[i]!;
  const next = pointers.slice();
  const values = new Float32Array(entries.length);
  const others = new Int32Array(entries.length);
  lineOf.forEach((line, entry) => {
    const at = next[line]!++;
    values[at] = entries[entry]!;
    others[at] = otherOf[entry]!;
  });
  return { pointers, values, others };
}
