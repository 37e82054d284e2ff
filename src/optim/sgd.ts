// SGD with momentum and weight decay over all weights of a store. Weights without a gradient in a step are moved by
// momentum and weight decay all the same.
import type { Engine, Region } from '../../runtime/engine/engine.ts';
import type { Step } from '../core/step.ts';
import type { ParameterStore } from '../nn/parameters.ts';
import { checkOptimizer } from './check.ts';
import { recordGradientClip } from './clip.ts';
import { recordOverAll, settingsBuffer, stateLike } from './update.ts';

/** Settings of `recordSgd`, as in torch.optim.SGD: weight decay is added to the gradient. */
export interface SgdOptions {
  readonly momentum: number;
  readonly weightDecay: number;
  /** Takes the step from where momentum would lead (Sutskever et al., 2013); false unless given. */
  readonly nesterov?: boolean;
  /** Scales the gradients down to this norm where theirs is larger. */
  readonly maxNorm?: number;
}

/** Gradient descent as recorded: its state, and its update of the weights. */
export interface Sgd {
  /** Part of a checkpoint. */
  readonly velocity: Region;
  /** One update of all weights. */
  step(lr: number): Step;
}

/** Records the update of all weights. Throws UserError for settings that cannot be. */
export function recordSgd(engine: Engine, store: ParameterStore<true>, options: SgdOptions): Sgd {
  const { momentum, weightDecay, maxNorm } = options;
  checkOptimizer('sgd', { momentum, weightDecay, maxNorm });
  const grads = store.grads;
  const velocity = stateLike(engine, 'velocity', store);
  const settings = settingsBuffer(engine, store, 4);
  const clip = maxNorm === undefined ? [] : recordGradientClip(engine, grads, settings, maxNorm);
  const constants: Readonly<Record<string, number>> = options.nesterov ? { NESTEROV: 1 } : {};
  const regions = { grads, weights: store.values, velocity };
  const update = recordOverAll(engine, 'sgd', settings, regions, constants);
  const commands = [[...clip, ...update]];
  return {
    velocity,
    step: (lr) => ({
      writes: [{ region: settings, data: new Float32Array([1, lr, momentum, weightDecay]) }],
      commands,
    }),
  };
}
