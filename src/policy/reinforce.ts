// REINFORCE for the architecture transformer (equations 4 and 5, Algorithm 1): loss = -log pi(alpha | beta) (R - b)
// - lambda H(pi), averaged over m architectures and n transformations of each. The reward R is made on the GPU from
// the two accuracies, so an update reads nothing back: R = accuracy(alpha) - accuracy(beta) - w c, where the host
// writes the cost c of the transformation; w is 0 in the paper.
import type { Engine } from '../../runtime/engine/engine.ts';
import type { Cell } from '../arch/genotype.ts';
import { type Allocator, createTensor } from '../core/allocator.ts';
import { commandsOnly, inOrder, type Step, writesOnly } from '../core/step.ts';
import { entropy } from '../ops/policy/entropy.ts';
import { logProb } from '../ops/policy/log_prob.ts';
import { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { allocatePolicy, type Policy } from './policy.ts';

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
  /** Probabilities that `forward` computed last, (edges, actions). */
  readonly probabilities: Tensor;
  /** Writes what never changes: once, before the first `forward`. */
  readonly initialise: Step;
  /** Computes the probabilities of the normal and the reduction cell. */
  forward(cells: readonly Cell[]): Step;
  /**
   * Adds the gradient of one transformation of the cells that went forward last, when the accuracies before and after
   * it are known.
   * @param actions taken, one an edge
   * @param cost c of the transformation
   */
  backward(actions: Int32Array, cost: number): Step;
  /** The baseline, one float; part of a checkpoint. */
  readonly state: Tensor;
  /** Steps, sums of reward, accuracy before, accuracy after, log pi, entropy; see REINFORCE_TOTALS. */
  readonly totals: Tensor;
}

/** Order of the running sums in `totals`. */
export const REINFORCE_TOTALS = ['steps', 'reward', 'before', 'after', 'logProb', 'entropy'] as const;

/**
 * Records the policy, whose weights must be allocated, and its update.
 * @param before, after counts of the forward passes of beta and alpha (see crossEntropy's `metrics`)
 */
export function recordReinforce(
  engine: Engine,
  memory: { readonly activations: Allocator; readonly scratch: Allocator },
  policy: Policy,
  before: Tensor,
  after: Tensor,
  config: ReinforceConfig,
): Reinforce {
  const fresh = (label: string, count: number): Tensor => createTensor(engine, label, [count]);
  const { features, mask, actions, ...encoding } = allocatePolicy(engine, policy);
  const state = fresh('reward baseline', 1);
  const totals = fresh('policy totals', REINFORCE_TOTALS.length);
  const cost = fresh('cost of the transformation', 1);
  const gradLogProb = fresh('gradient of log pi', 1);
  const gradEntropy = fresh('gradient of entropy', 1);

  const tape = new Tape({ engine, ...memory });
  const probs = policy.probabilities(tape, features, mask);
  const forward = tape.take();
  const logPi = tape.apply(logProb, { probs, actions });
  const h = tape.apply(entropy, { probs, mask });
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
  const backward = tape.take();
  // dL/dH, where L is the mean loss of all transformations
  const entropyWeight = Float32Array.of(-config.entropy / config.transformations);
  return {
    probabilities: probs,
    initialise: inOrder(encoding.initialise, writesOnly({ region: gradEntropy, data: entropyWeight })),
    forward: (cells) => inOrder(encoding.encode(cells), commandsOnly(forward)),
    backward: (taken, costOfTaken) => ({
      writes: [
        { region: actions, data: Int32Array.from(taken) },
        { region: cost, data: Float32Array.of(costOfTaken) },
      ],
      commands: [backward],
    }),
    state,
    totals,
  };
}
