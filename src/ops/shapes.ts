// Checks that ops share. They run before any kernel is recorded.
import { ShapeError } from '../../runtime/errors.ts';
import { showShape, type Tensor } from '../core/tensor.ts';

/** The two extents of a matrix. */
export function matrixShape(op: string, input: string, x: Tensor): [number, number] {
  const [rows, columns] = x.shape;
  if (x.shape.length !== 2) {
    throw new ShapeError(`${op}: got ${input} of shape ${showShape(x.shape)}, expected (rows, columns)`);
  }
  return [rows!, columns!];
}

/** Refuses a tensor of another shape. */
export function expectShape(op: string, input: string, x: Tensor, shape: readonly number[]): void {
  if (x.shape.length !== shape.length || shape.some((extent, i) => extent !== x.shape[i])) {
    throw new ShapeError(`${op}: got ${input} of shape ${showShape(x.shape)}, expected ${showShape(shape)}`);
  }
}

/** Refuses a tensor of another element type. */
export function expectIndices(op: string, input: string, x: Tensor): void {
  if (x.dtype !== 'i32') throw new ShapeError(`${op}: got ${input} of type ${x.dtype}, expected i32`);
}

/** The rows of each of so many groups of equal size. */
export function expectGroups(op: string, rows: number, groups: number): number {
  if (!Number.isInteger(groups) || groups < 1 || rows % groups !== 0) {
    throw new ShapeError(`${op}: got ${groups} groups, expected a divisor of the ${rows} rows`);
  }
  return rows / groups;
}
