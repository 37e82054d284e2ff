// Adam with weight decay in the gradient over all weights of a store.
import type { Engine, Region } from '../../runtime/engine/engine.ts';
import type { Step } from '../core/step.ts';
import type { ParameterStore } from '../nn/parameters.ts';
import { checkOptimizer } from './check.ts';
import { recordGradientClip } from './clip.ts';
import { recordOverAll, settingsBuffer, stateLike } from './update.ts';

/** Settings of `recordAdam`, as in torch.optim.Adam: weight decay is added to the gradient. */
export interface AdamOptions {
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;
  /** Scales the gradients down to this norm where theirs is larger. */
  readonly maxNorm?: number;
}

/** Adam as recorded: its state, and its update of the weights. */
export interface Adam {
  /** First and second moments: part of a checkpoint. */
  readonly moments: readonly [Region, Region];
  /** One update of all weights; `number` counts the updates from 1. */
  step(lr: number, number: number): Step;
}

/** beta^t for t = 1, 2, ... by repeated multiplication: the same bits everywhere, also after a resumption. */
function powers(beta: number): (t: number) => number {
  let known = 0;
  let power = 1;
  return (t) => {
    if (t < known) [known, power] = [0, 1];
    for (; known < t; known++) power *= beta;
    return power;
  };
}

/** Records the update of all weights. Throws UserError for settings that cannot be. */
export function recordAdam(engine: Engine, store: ParameterStore<true>, options: AdamOptions): Adam {
  const { betas, eps, weightDecay, maxNorm } = options;
  const [beta1, beta2] = betas;
  checkOptimizer('adam', { beta1, beta2, eps, weightDecay, maxNorm });
  const grads = store.grads;
  const moments = [
    stateLike(engine, 'first moments', store),
    stateLike(engine, 'second moments', store),
  ] as const;
  const settings = settingsBuffer(engine, store, 9);
  const clip = maxNorm === undefined ? [] : recordGradientClip(engine, grads, settings, maxNorm);
  const [first, second] = moments;
  const update = recordOverAll(engine, 'adam', settings, { grads, weights: store.values, first, second });
  const [power1, power2] = [powers(beta1), powers(beta2)];
  const decay = [1, weightDecay, beta1, 1 - beta1, beta2, 1 - beta2];
  const commands = [[...clip, ...update]];
  return {
    moments,
    step(lr, number) {
      const rate = lr / (1 - power1(number));
      const rootScale = 1 / Math.sqrt(1 - power2(number));
      const data = new Float32Array([...decay, rate, rootScale, eps]);
      return { writes: [{ region: settings, data }], commands };
    },
  };
}
