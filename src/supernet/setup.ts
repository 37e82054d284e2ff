// Making a supernet in two steps: a plan, which records every piece on an engine that only counts and so knows
// all memory and pipelines, and then the supernet itself, whose memory has the planned sizes.
import type { AdapterKind } from '../../runtime/engine/adapter_info.ts';
import type { Device, Engine } from '../../runtime/engine/engine.ts';
import { PlanEngine } from '../../runtime/engine/plan_engine.ts';
import { type Tensor, tensorAt } from '../core/tensor.ts';
import { Supernet } from './supernet.ts';
import { allocateSupernet, plannedSlotBytes, type SupernetMemory } from './memory.ts';
import { buildSupernet, type SupernetConfig, type SupernetModel } from './model.ts';

export interface SupernetPlan {
  readonly engine: PlanEngine;
  readonly memory: SupernetMemory;
  /** Bytes of everything the supernet needs on the GPU: weights, gradients, activations, temporaries. */
  readonly bytes: number;
}

export interface SupernetParts {
  readonly model: SupernetModel;
  readonly memory: SupernetMemory;
  readonly supernet: Supernet;
}

/** Plans a supernet for a batch. Needs no device. */
export function planSupernet(config: SupernetConfig, batch: number, kind: AdapterKind): SupernetPlan {
  const engine = new PlanEngine(kind);
  const { memory, supernet } = assemble(engine, config, batch);
  supernet.recordAll();
  return { engine, memory, bytes: engine.counters.bufferBytes + plannedSlotBytes(memory) };
}

/**
 * Makes a planned supernet. Weights are undefined until initialised or loaded.
 * @param accumulated how many batches or architectures add their gradients before an update (m in the paper)
 */
export function createSupernet(
  engine: Device,
  config: SupernetConfig,
  batch: number,
  plan: SupernetPlan,
  accumulated = 1,
): SupernetParts {
  const parts = assemble(engine, config, batch, plan.memory);
  engine.write(parts.lossGrad, new Float32Array([1 / accumulated]));
  return parts;
}

function assemble(
  engine: Engine,
  config: SupernetConfig,
  batch: number,
  plan?: SupernetMemory,
): SupernetParts & { readonly lossGrad: Tensor } {
  const model = buildSupernet(config);
  model.weights.allocate(engine);
  const memory = allocateSupernet(engine, model, batch, plan);
  const lossGrad = tensorAt(engine.createBuffer('loss gradient', 4), 0, [1]);
  return { model, memory, supernet: new Supernet(engine, model, memory, lossGrad), lossGrad };
}
