// Moving tensors between host and GPU in tests.
import type { Buffer, Device, Reader, Region } from '../../runtime/engine/engine.ts';
import { type DType, type Shape, numel, type Tensor, tensorAt } from '../../src/core/tensor.ts';

const ARRAYS = { f32: Float32Array, i32: Int32Array, u32: Uint32Array };

/** A buffer full of NaN (as f32). */
export function poisonedBuffer(engine: Device, label: string, bytes: number): Buffer {
  const buffer = engine.createBuffer(label, bytes);
  const region: Region = { buffer, offset: 0, bytes: buffer.bytes };
  engine.write(region, new Uint32Array(buffer.bytes / 4).fill(0x7fc00000));
  return buffer;
}

/** A tensor with the given values; what follows them in its buffer is NaN. */
export function upload(
  engine: Device,
  label: string,
  shape: Shape,
  dtype: DType,
  values: ArrayLike<number>,
): Tensor {
  if (values.length !== numel(shape))
    throw new Error(`test: ${label}: ${values.length} values for [${shape}]`);
  const tensor = tensorAt(poisonedBuffer(engine, label, 4 * values.length), 0, shape, dtype);
  engine.write(tensor, ARRAYS[dtype].from(values));
  return tensor;
}

/** The values of a tensor. */
export async function download(engine: Reader, x: Tensor): Promise<Float32Array | Int32Array | Uint32Array> {
  const [bytes] = await engine.read(x);
  return new ARRAYS[x.dtype](bytes!.buffer);
}
