// The checkpoint of a training: everything on the device that steps change, and how far it is.
import type { Region } from '../../runtime/engine/engine.ts';
import type { Files } from '../../runtime/host/platform.ts';
import { RunError, UserError } from '../../runtime/errors.ts';
import { showShape } from '../core/tensor.ts';
import { type JsonObject, jsonDifferences } from '../io/json.ts';
import type { Network } from '../nn/network.ts';
import { openCheckpoints } from '../run/checkpoint_files.ts';
import { readRegions, writeRegions } from '../run/region_state.ts';
import type { Model } from './model.ts';
import type { FitProgram } from './program.ts';

/** Where a training is kept. */
export interface FitCheckpoint {
  /** hostPlatform().files, or memoryFiles() in a page. */
  readonly files: Files;
  /** A folder of its own; made where it is not there. */
  readonly dir: string;
  /** Steps between two checkpoints; one after every epoch, and where the training is ended early, unless given. */
  readonly every?: number;
  /** Is told, in a line, of a damaged checkpoint that is passed over for the one before. */
  note?(line: string): void;
}

/** How far a training is. */
export interface Position {
  readonly epoch: number;
  /** Steps of the epoch that are done. */
  readonly step: number;
  /** Those of all epochs. */
  readonly number: number;
}

export interface OpenCheckpoint {
  /** Where to go on; null where there was no checkpoint. */
  readonly start: Position | null;
  save(position: Position): Promise<void>;
}

export interface CheckpointSubject {
  readonly model: Model;
  readonly program: FitProgram;
  /** What the training is: another one must not go on from here. */
  readonly identity: JsonObject;
  /** What else is restored, field by field. */
  readonly latest: object;
}

/**
 * Puts a checkpoint's state in place, if there is one. Rejects with UserError where it is of another training, or
 * damaged.
 */
export async function openFitCheckpoint(
  { files, dir, note }: FitCheckpoint,
  { model, program, identity, latest }: CheckpointSubject,
): Promise<OpenCheckpoint> {
  const { engine, network } = model;
  const regions = stateOf(network, program);
  const described = JSON.parse(JSON.stringify({ ...identity, network: describe(network) })) as JsonObject;
  await files.makeDirectory(dir);
  const checkpoints = openCheckpoints(files, dir);
  const saved = await checkpoints.read((line) => note?.(line));
  if (saved) {
    const [other] = jsonDifferences(saved.state['identity'] as JsonObject, described);
    if (other) {
      const { key, a, b } = other;
      const what = key === 'network' ? 'its network is another' : `its ${key} is ${a}, here it is ${b}`;
      throw new UserError(`checkpoint ${dir}: ${what}; take the same settings, or another folder`);
    }
    writeRegions(engine, regions, saved.tensors);
    Object.assign(latest, saved.state['latest']);
  }
  return {
    start: saved ? (saved.state['position'] as Position) : null,
    async save(position) {
      const tensors = await readRegions(engine, regions);
      for (const [name, { data }] of Object.entries(tensors)) {
        if ((data as Float32Array).every(Number.isFinite)) continue;
        throw new RunError(
          `training diverged: after ${position.number} steps, ${name} are not finite; the checkpoint before is kept; ` +
            'start again in another folder with a smaller learning rate',
        );
      }
      const rest = JSON.parse(JSON.stringify({ identity: described, position, latest })) as JsonObject;
      await checkpoints.save({ state: rest, tensors }, 0);
    },
  };
}

/** Everything that a step changes. */
const stateOf = (
  { weights, statistics }: Network,
  { metrics, optimizer }: FitProgram,
): Readonly<Record<string, Region>> => ({
  weights: weights.values,
  statistics: statistics.values,
  metrics,
  ...optimizer,
});

/** Names and shapes of all parameters. */
const describe = ({ weights, statistics }: Network): string =>
  [...weights.parameters, ...statistics.parameters]
    .map(({ name, shape }) => name + showShape(shape))
    .join(' ');
