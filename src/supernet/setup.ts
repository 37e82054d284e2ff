// A supernet from its settings: model, memory and the supernet itself, recorded in a plan and on a device alike.
import type { Adapter } from '../../runtime/engine/engine.ts';
import { createTensor } from '../core/allocator.ts';
import { type Plan, planRecording } from '../core/plan.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { type Step, writesOnly } from '../core/step.ts';
import { Supernet } from './supernet.ts';
import { allocateSupernet, type SupernetMemory } from './memory.ts';
import { PARTS } from './parts.ts';
import { buildSupernet, type SupernetConfig, type SupernetModel } from './model.ts';

/** A shared network as recorded: its weights, memory and steps. */
export interface SupernetProgram {
  readonly model: SupernetModel;
  readonly memory: SupernetMemory;
  readonly supernet: Supernet;
  /** Writes what never changes: once, before the first step. */
  readonly initialise: Step;
}

/**
 * Makes a supernet for a batch. Weights are undefined until initialised or loaded.
 * @param accumulated how many batches or architectures add their gradients before an update (m in the paper)
 */
export function recordSupernet(
  engine: PlannedEngine,
  config: SupernetConfig,
  batch: number,
  accumulated = 1,
): SupernetProgram {
  const model = buildSupernet(config);
  model.weights.allocate(engine.inPart(PARTS.optimizer));
  const memory = allocateSupernet(engine, model, batch);
  const lossGrad = createTensor(engine.inPart(PARTS.optimizer), 'loss gradient', [1]);
  const supernet = new Supernet({ engine, model, memory }, lossGrad);
  const initialise = writesOnly({ region: lossGrad, data: Float32Array.of(1 / accumulated) });
  return { model, memory, supernet, initialise };
}

/** Plans a supernet with everything that its architectures can need. Needs no device. */
export const planSupernet = (
  adapter: Adapter,
  config: SupernetConfig,
  batch: number,
  accumulated = 1,
): Plan<SupernetProgram> =>
  planRecording(adapter, (engine) => recordSupernet(engine, config, batch, accumulated), {
    complete: ({ supernet }) => supernet.recordAll(),
  });
