// REINFORCE for the architecture transformer (equations 4 and 5, Algorithm 1): loss = -log pi(alpha | beta) (R - b)
// - lambda H(pi), averaged over m architectures and n transformations of each. The reward R is made on the GPU from
// the two accuracies, so an update reads nothing back: R = accuracy(alpha) - accuracy(beta) - w c, where the host
// writes the cost c of the transformation; w is 0 in the paper.
import type { Command, Engine } from '../../runtime/engine/engine.ts';
import type { Allocator } from '../core/allocator.ts';
import { entropy } from '../ops/policy/entropy.ts';
import { logProb } from '../ops/policy/log_prob.ts';
import { Tape } from '../core/tape.ts';
import { type Tensor, tensorAt } from '../core/tensor.ts';
import type { PolicyInputs } from './policy.ts';

export interface ReinforceConfig {
  /** lambda. */
  readonly entropy: number;
  readonly baseline: 'none' | 'moving-average';
  readonly baselineDecay: number;
  /** w: what a cost of 1 takes from the reward. */
  readonly costWeight: number;
  /** m n: the transformations that share an update. */
  readonly transformations: number;
}

export interface Reinforce {
  /** Probabilities of the cells written last, (edges, actions). */
  readonly probabilities: Tensor;
  readonly forward: readonly Command[];
  /** Adds the gradient of one transformation, whose actions and accuracies are known; after `forward`. */
  readonly backward: readonly Command[];
  /** The baseline, one float; part of a checkpoint. */
  readonly state: Tensor;
  /** Steps, sums of reward, accuracy before, accuracy after, log pi, entropy; see REINFORCE_TOTALS. */
  readonly totals: Tensor;
  /** c: the cost of the transformation whose `backward` is next; 0 at first. */
  readonly cost: Tensor;
  /** Gradient of the loss with respect to H: written once, see `entropyGradient`. */
  readonly gradEntropy: Tensor;
}

/** Order of the running sums in `totals`. */
export const REINFORCE_TOTALS = ['steps', 'reward', 'before', 'after', 'logProb', 'entropy'] as const;

/** The constant that `gradEntropy` must hold: -lambda / (m n). */
export const entropyGradient = ({
  entropy: lambda,
  transformations,
}: ReinforceConfig): Float32Array<ArrayBuffer> => new Float32Array([-lambda / transformations]);

/**
 * Records the policy and its update.
 * @param before, after counts of the forward passes of beta and alpha (see crossEntropy's `metrics`)
 */
export function recordReinforce(
  engine: Engine,
  memory: { readonly activations: Allocator; readonly scratch: Allocator },
  policy: PolicyInputs,
  before: Tensor,
  after: Tensor,
  config: ReinforceConfig,
): Reinforce {
  const fresh = (label: string, count: number): Tensor =>
    tensorAt(engine.createBuffer(label, 4 * count), 0, [count]);
  const state = fresh('reward baseline', 1);
  const totals = fresh('policy totals', REINFORCE_TOTALS.length);
  const cost = fresh('cost of the transformation', 1);
  const gradLogProb = fresh('gradient of log pi', 1);
  const gradEntropy = fresh('gradient of entropy', 1);

  const tape = new Tape({ engine, ...memory });
  const probs = policy.probabilities(tape);
  const forward = tape.take();
  const logPi = tape.apply(logProb, { probs, actions: policy.actions });
  const h = tape.apply(entropy, { probs, mask: policy.mask });
  tape.dispatch('reinforce', {
    bind: { before, after, cost, log_prob: logPi, entropy: h, state, totals, grad_log_prob: gradLogProb },
    params: {
      scale: 1 / config.transformations,
      cost_weight: config.costWeight,
      use_baseline: Number(config.baseline === 'moving-average'),
      decay: config.baselineDecay,
    },
    threads: [1],
  });
  tape.seed(logPi, gradLogProb);
  tape.seed(h, gradEntropy);
  tape.backward();
  return { probabilities: probs, forward, backward: tape.take(), state, totals, cost, gradEntropy };
}
