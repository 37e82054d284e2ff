// The state of a search: where it stands, and every tensor that steps change. A resumed search goes on with the
// same bits, because what a step draws at random follows from its number alone.
import type { Tensors } from '../io/safetensors.ts';
import { readRegions, writeRegions } from '../nn/region_state.ts';
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
export const saveState = ({ engine, program }: SearchSession): Promise<Tensors> =>
  readRegions(engine, stateRegions(program));

/** Writes a saved state. Throws UserError where it is that of another search. */
export const restoreState = ({ engine, program }: SearchSession, tensors: Tensors): void =>
  writeRegions(engine, stateRegions(program), tensors);
