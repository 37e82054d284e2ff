// REINFORCE in the search (Algorithm 1): the m architectures beta of an update go through the policy together, and the
// rewards of their n transformations are made on the GPU, so that an update reads back probabilities and nothing else:
// R = accuracy(alpha) - accuracy(beta) - w c, where the host writes the cost c of the transformation; w is 0 in the
// paper.
import type { Engine } from '../../runtime/engine/engine.ts';
import { type Allocator, createTensor } from '../core/allocator.ts';
import { commandsOnly, type Step, writesOnly } from '../core/step.ts';
import type { Tensor } from '../core/tensor.ts';
import type { BaselineSetting } from './baseline.ts';
import type { Policy } from './policy.ts';
import { type PolicyGradient, recordPolicyGradient } from './policy_gradient.ts';

export interface ReinforceConfig extends BaselineSetting {
  /** w: what a cost of 1 takes from the reward. */
  readonly costWeight: number;
}

export interface Reinforce extends Omit<PolicyGradient, 'actions' | 'backward'> {
  /**
   * Tells which transformations follow: once an update, before any of them is scored.
   * @param actions one an edge, (n, edges of all architectures): a first transformation of each, then a second ...
   * @param costs c of each, (n,m)
   */
  take(actions: Int32Array<ArrayBuffer>, costs: Float32Array<ArrayBuffer>): Step;
  /** Makes the reward of a transformation, whose number counts in that order, when both accuracies are known. */
  score(transformation: number): Step;
  /** Adds the gradient of all transformations, which must have been scored. */
  readonly backward: Step;
}

/** Counts of the forward passes of beta and alpha (see crossEntropy's `metrics`). */
interface Counts {
  readonly before: Tensor;
  readonly after: Tensor;
}

/** Records the policy, whose weights must be allocated, and its update; m is its batch. */
export function recordReinforce(
  engine: Engine,
  memory: { readonly activations: Allocator; readonly scratch: Allocator },
  policy: Policy,
  { before, after }: Counts,
  config: ReinforceConfig,
): Reinforce {
  const { actions, backward, ...gradient } = recordPolicyGradient(engine, memory, policy, config);
  const { rewards } = gradient;
  const costs = createTensor(engine, 'costs of transformations', rewards.shape);
  const { totals } = gradient;
  const scored = Array.from({ length: rewards.shape[0]! }, (_, transformation) =>
    engine.record({
      kernel: 'reward',
      bind: { before, after, costs, rewards, totals },
      params: { transformation, cost_weight: config.costWeight },
      threads: [1],
    }),
  );
  return {
    ...gradient,
    take: (taken, costsOfTaken) =>
      writesOnly({ region: actions, data: taken }, { region: costs, data: costsOfTaken }),
    score: (transformation) => commandsOnly([scored[transformation]!]),
    backward: commandsOnly(backward),
  };
}
