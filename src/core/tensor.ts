// A tensor is a shape over a stretch of device memory: a view, never an owner. Layout is row-major, images
// are (N, C, H, W).
import { ShapeError } from '../../runtime/errors.ts';
import type { Buffer, Region } from '../../runtime/engine/engine.ts';

/** Extents, outermost first: (N,C,H,W) for images. */
export type Shape = readonly number[];

/** The type of an element; 4 bytes each. */
export type DType = 'f32' | 'i32' | 'u32';

/** A view of a stretch of device memory: it owns nothing, and is row-major. */
export interface Tensor extends Region {
  readonly buffer: Buffer;
  /** In bytes from the start of the buffer; a multiple of 256. */
  readonly offset: number;
  readonly bytes: number;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Where gradients of this tensor add up across recordings: parameters and the supernet's nodes have one. */
  readonly grad?: Tensor;
  /**
   * A batch norm not yet applied, (2, C): the value meant is `scale[c] * stored + shift[c]`. Whoever reads the
   * tensor applies it on the load, which saves writing and re-reading the normalised tensor.
   */
  readonly affine?: Tensor;
  /**
   * Mean and squared deviations of chunks of every channel, (C, chunks, 2), left by the kernel that made the tensor
   * for the batch norm behind it (ops/norm/batch_chunks.ts, tileChunks).
   */
  readonly chunkMoments?: Tensor;
  /** Where `affine` is not computed yet: whoever reads the tensor first does it. */
  readonly uncombined?: Uncombined;
}

/** What a pending batch norm follows from, without gamma and beta. */
export interface Uncombined {
  readonly chunkMoments: Tensor;
  /** (2, C): the reader leaves mean and 1 / deviation here. */
  readonly moments: Tensor;
  readonly eps: number;
}

export const numel = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1);

export const showShape = (shape: Shape): string => `[${shape.join(',')}]`;

/** A tensor over a region that begins at `offset` bytes of `buffer`. */
export function tensorAt(buffer: Buffer, offset: number, shape: Shape, dtype: DType = 'f32'): Tensor {
  return { buffer, offset, bytes: 4 * numel(shape), shape, dtype };
}

/** The same memory under another shape of equal size. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  if (numel(x.shape) !== numel(shape)) {
    throw new ShapeError(
      `reshape: got ${showShape(shape)}, expected the ${numel(x.shape)} elements of ${showShape(x.shape)}`,
    );
  }
  const y = tensorAt(x.buffer, x.offset, shape, x.dtype);
  return x.grad ? { ...y, grad: { ...x.grad, shape } } : y;
}

/** The four extents of an image tensor (N, C, H, W). */
export function imageShape(op: string, x: Tensor): [number, number, number, number] {
  const [n, c, h, w] = x.shape;
  if (x.shape.length !== 4)
    throw new ShapeError(`${op}: got shape ${showShape(x.shape)}, expected (N,C,H,W)`);
  return [n!, c!, h!, w!];
}
