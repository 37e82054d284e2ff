// Moving tensors between host and GPU.
import { ShapeError } from '../../runtime/errors.ts';
import type { Engine, Reader, Region, Runner } from '../../runtime/engine/engine.ts';
import { createTensor } from './allocator.ts';
import { type DType, numel, type Shape, showShape, type Tensor } from './tensor.ts';

const ARRAYS = { f32: Float32Array, i32: Int32Array, u32: Uint32Array };

/** The values of a tensor on the host, by its type: f32, i32 or u32. */
export type HostArray = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

/** A new tensor with these values. Throws where there are more or fewer of them than the shape has elements. */
export function upload(engine: Engine & Runner, label: string, shape: Shape, data: HostArray): Tensor {
  if (data.length !== numel(shape)) {
    throw new ShapeError(
      `${label}: got ${data.length} values, expected ${numel(shape)} for shape ${showShape(shape)}`,
    );
  }
  const dtype: DType = data instanceof Float32Array ? 'f32' : data instanceof Int32Array ? 'i32' : 'u32';
  const tensor = createTensor(engine, label, shape, dtype);
  engine.write(tensor, data);
  return tensor;
}

/** The values of tensors, read in one go after everything submitted so far. */
export async function download(engine: Reader, ...tensors: readonly Tensor[]): Promise<HostArray[]> {
  const bytes = await engine.read(...tensors);
  return bytes.map((b, i) => new ARRAYS[tensors[i]!.dtype](b.buffer));
}

/** Bytes read back at a time, so that reading all weights does not need a second copy of them on the GPU. */
const PIECE = 16 * 2 ** 20;

/** The largest readback that `readInPieces` makes of these regions. */
export const largestPiece = (regions: readonly Region[]): number =>
  Math.min(PIECE, Math.max(...regions.map(({ bytes }) => bytes)));

/** Reads a region of any size, after everything submitted so far; nothing submitted meanwhile may change it. */
export async function readInPieces(engine: Reader, region: Region): Promise<Uint8Array<ArrayBuffer>> {
  const { buffer, offset, bytes } = region;
  const all = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += PIECE) {
    const piece = { buffer, offset: offset + at, bytes: Math.min(PIECE, bytes - at) };
    all.set((await engine.read(piece))[0]!, at);
  }
  return all;
}
