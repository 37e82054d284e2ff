// Several tensors in one buffer, each at an aligned offset: what must be cleared, updated or saved together.
import type { Engine, Region } from '../../runtime/engine/engine.ts';
import { ALIGNMENT } from './binding.ts';
import { numel, type Shape, type Tensor, tensorAt } from './tensor.ts';

/** Byte offsets of tensors laid one after the other, and the size of the whole. */
export function packedLayout(shapes: readonly Shape[]): { offsets: number[]; bytes: number } {
  let bytes = 0;
  const offsets = shapes.map((shape) => {
    const offset = bytes;
    bytes += Math.ceil((4 * numel(shape)) / ALIGNMENT) * ALIGNMENT;
    return offset;
  });
  return { offsets, bytes: Math.max(bytes, ALIGNMENT) };
}

/** Makes one zeroed buffer that holds a tensor of each shape. */
export function packTensors(
  engine: Engine,
  label: string,
  shapes: readonly Shape[],
): { whole: Region; tensors: Tensor[] } {
  const { offsets, bytes } = packedLayout(shapes);
  const buffer = engine.createBuffer(label, bytes);
  const tensors = shapes.map((shape, i) => tensorAt(buffer, offsets[i]!, shape));
  return { whole: { buffer, offset: 0, bytes }, tensors };
}
