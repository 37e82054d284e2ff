// The state of a search: where it stands, and every tensor that steps change. A resumed search goes on with the
// same bits, because what a step draws at random follows from its number alone.
import type { Region } from '../../runtime/engine.ts';
import type { GpuEngine } from '../../runtime/gpu_engine.ts';
import { UserError } from '../errors.ts';
import type { Tensors } from '../io/safetensors.ts';
import { stateRegions } from './program.ts';
import type { SearchSession } from './session.ts';

/** How far a search is. Steps count from 0 in their phase of the epoch. */
export interface Position {
  readonly epoch: number;
  readonly phase: 'weights' | 'policy';
  readonly step: number;
}

export const START: Position = { epoch: 0, phase: 'weights', step: 0 };

/** Reads the state of a search back. */
export async function saveState(session: SearchSession): Promise<Tensors> {
  const named = Object.entries(stateRegions(session.program));
  const bytes = await session.engine.read(...named.map(([, region]) => region));
  return Object.fromEntries(
    named.map(([name], i) => {
      const data = new Float32Array(bytes[i]!.buffer);
      return [name, { dtype: 'F32' as const, shape: [data.length], data }];
    }),
  );
}

/** Writes a saved state. Throws UserError where it is that of another search. */
export function restoreState(session: SearchSession, tensors: Tensors): void {
  for (const [name, region] of Object.entries(stateRegions(session.program)))
    restore(session.engine, name, region, tensors);
}

function restore(engine: GpuEngine, name: string, region: Region, tensors: Tensors): void {
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
