// Stretches of GPU memory to and from a checkpoint, whole and by name.
import type { Reader, Region, Runner } from '../../runtime/engine/engine.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Tensors } from '../io/safetensors.ts';
import { readInPieces } from '../core/transfer.ts';

type NamedRegions = Readonly<Record<string, Region>>;

/** Reads regions back, after everything submitted so far; nothing submitted meanwhile may change them. */
export async function readRegions(engine: Reader, regions: NamedRegions): Promise<Tensors> {
  const tensors: Record<string, Tensors[string]> = {};
  for (const [name, region] of Object.entries(regions)) {
    const data = new Float32Array((await readInPieces(engine, region)).buffer);
    tensors[name] = { dtype: 'F32', shape: [data.length], data };
  }
  return tensors;
}

/** Writes regions as they were saved. Throws UserError where they are those of something else. */
export function writeRegions(engine: Runner, regions: NamedRegions, tensors: Tensors): void {
  for (const [name, region] of Object.entries(regions)) {
    const tensor = tensors[name];
    if (tensor?.dtype !== 'F32' || tensor.data.byteLength !== region.bytes) {
      const got = tensor ? `${tensor.dtype}, ${tensor.data.byteLength} bytes` : 'none';
      throw new UserError(
        `checkpoint: tensor '${name}': got ${got}, expected F32, ${region.bytes} bytes; ` +
          'it belongs to another version or other options: start again in another folder',
      );
    }
    engine.write(region, tensor.data);
  }
}
