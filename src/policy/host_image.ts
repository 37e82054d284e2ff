// Tensors of i32 that lie in one buffer and are written together: what a policy reads of an architecture.
import type { Device, Engine } from '../../runtime/engine/engine.ts';
import { packTensors } from '../core/packed.ts';
import { numel, type Shape, type Tensor } from '../core/tensor.ts';

export interface HostImage<K extends string> {
  readonly tensors: Readonly<Record<K, Tensor>>;
  /** The host's side of each tensor; change it, then `write`. */
  readonly arrays: Readonly<Record<K, Int32Array<ArrayBuffer>>>;
  write(engine: Device): void;
}

export function allocateImage<K extends string>(
  engine: Engine,
  label: string,
  shapes: Readonly<Record<K, Shape>>,
): HostImage<K> {
  const names = Object.keys(shapes) as K[];
  const { whole, tensors } = packTensors(
    engine,
    label,
    names.map((name) => shapes[name]),
  );
  const image = new Int32Array(whole.bytes / 4);
  const arrayOf = ({ offset, shape }: Tensor) => image.subarray(offset / 4, offset / 4 + numel(shape));
  const record = <T>(of: (x: Tensor) => T) =>
    Object.fromEntries(names.map((name, i) => [name, of(tensors[i]!)])) as Record<K, T>;
  return {
    tensors: record((x) => ({ ...x, dtype: 'i32' as const })),
    arrays: record(arrayOf),
    write: (gpu) => gpu.write(whole, image),
  };
}
