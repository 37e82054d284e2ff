// The checkpoints of a run: where it goes on, and what they hold.
import type { Reader, Region, Runner } from '../../runtime/engine/engine.ts';
import type { JsonObject } from '../io/json.ts';
import type { Tensors } from '../io/safetensors.ts';
import { diverged } from './diverged.ts';
import { readRegions, writeRegions } from './region_state.ts';
import type { Checkpoint, RunFolder } from './run_folder.ts';

/** How far a run is: `step` steps of a phase are done. What comes after the phases of an epoch is not yet. */
export interface Position {
  readonly epoch: number;
  readonly phase: string;
  readonly step: number;
}

/** What a run is besides its position. */
export interface RunState {
  /** Everything on the GPU that steps change, by name. */
  readonly state: Readonly<Record<string, Region>>;
  /** What else the result is made of, by name. Its fields change, and are restored. */
  readonly latest: object;
}

export class Saving {
  constructor(
    private readonly engine: Reader & Runner,
    private readonly folder: RunFolder,
    private readonly run: RunState,
  ) {}

  /** Puts a checkpoint's state in place; where to go on. */
  restore({ state, tensors }: Checkpoint): Position {
    writeRegions(this.engine, this.run.state, tensors);
    Object.assign(this.run.latest, state['latest']);
    return state['position'] as Position;
  }

  /** Throws RunError where the state is not worth keeping. */
  async save(position: Position): Promise<void> {
    const { state, latest } = this.run;
    const tensors = await readRegions(this.engine, state);
    requireFinite(tensors, position);
    const rest = JSON.parse(JSON.stringify({ position, latest })) as JsonObject;
    await this.folder.saveCheckpoint({ state: rest, tensors });
  }
}

function requireFinite(state: Tensors, { epoch, phase, step }: Position): void {
  for (const [name, { data }] of Object.entries(state)) {
    if (!(data as Float32Array).every(Number.isFinite)) {
      throw diverged(
        `training diverged: before step ${step + 1} of epoch ${epoch + 1}, ${phase}, ${name} are not finite`,
        'smaller learning rates',
      );
    }
  }
}
