// REINFORCE in the search (Algorithm 1), one architecture beta at a time. The reward R is made on the GPU from two
// accuracies, so an update reads nothing back: R = accuracy(alpha) - accuracy(beta) - w c, where the host writes the
// cost c of the transformation; w is 0 in the paper. Where no reward matters to another, the gradient of a
// transformation follows its forward pass; a baseline of the other samples needs them all first.
import type { Engine } from '../../runtime/engine/engine.ts';
import type { Cell } from '../arch/genotype.ts';
import { type Allocator, createTensor } from '../core/allocator.ts';
import { commandsOnly, inOrder, type Step, writesOnly } from '../core/step.ts';
import { entropy } from '../ops/policy/entropy.ts';
import { logProb } from '../ops/policy/log_prob.ts';
import { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { comparesSamples } from './baseline.ts';
import { allocatePolicy, type Policy } from './policy.ts';
import {
  type PolicyGradientConfig,
  type PolicyGradient,
  recordPolicyGradient,
  REINFORCE_TOTALS,
} from './policy_gradient.ts';

export interface ReinforceConfig extends PolicyGradientConfig {
  /** w: what a cost of 1 takes from the reward. */
  readonly costWeight: number;
}

export interface Reinforce extends Pick<
  PolicyGradient,
  'probabilities' | 'initialise' | 'forward' | 'weighEntropy' | 'state' | 'totals'
> {
  /**
   * Tells of one transformation of the cells that went forward last, when the accuracies before and after it are known.
   * @param sample which of the n transformations of these cells, from 0
   * @param actions taken, one an edge
   * @param cost c of the transformation
   */
  score(sample: number, actions: Int32Array, cost: number): Step;
  /** Adds what gradients are still missing: once, after the last transformation of these cells. */
  readonly complete: Step;
}

interface Memory {
  readonly activations: Allocator;
  readonly scratch: Allocator;
}

/** Counts of the forward passes of beta and alpha (see crossEntropy's `metrics`). */
interface Counts {
  readonly before: Tensor;
  readonly after: Tensor;
}

/** Records the policy of one architecture at a time, whose weights must be allocated, and its update. */
export const recordReinforce = (
  engine: Engine,
  memory: Memory,
  policy: Policy,
  counts: Counts,
  config: ReinforceConfig,
): Reinforce =>
  (comparesSamples(config.baseline) ? recordTogether : recordOneByOne)(
    engine,
    memory,
    policy,
    counts,
    config,
  );

/** Rewards gather, and the gradient of all transformations follows the last of them. */
function recordTogether(
  engine: Engine,
  memory: Memory,
  policy: Policy,
  counts: Counts,
  config: ReinforceConfig,
): Reinforce {
  const { rewards, actions, backward, ...gradient } = recordPolicyGradient(engine, memory, policy, config);
  const cost = createTensor(engine, 'cost of the transformation', [1]);
  const { totals } = gradient;
  const bind = { ...counts, cost, rewards, totals };
  const rewardOf = Array.from({ length: config.samples }, (_, sample) => [
    engine.record({
      kernel: 'reward',
      bind,
      params: { sample, cost_weight: config.costWeight },
      threads: [1],
    }),
  ]);
  const rowBytes = actions.bytes / config.samples;
  return {
    ...gradient,
    score: (sample, taken, costOfTaken) => ({
      writes: [
        {
          region: { ...actions, offset: actions.offset + sample * rowBytes, bytes: rowBytes },
          data: Int32Array.from(taken),
        },
        { region: cost, data: Float32Array.of(costOfTaken) },
      ],
      commands: [rewardOf[sample]!],
    }),
    complete: commandsOnly(backward),
  };
}

/** Every transformation adds its gradient. */
function recordOneByOne(
  engine: Engine,
  memory: Memory,
  policy: Policy,
  counts: Counts,
  config: ReinforceConfig,
): Reinforce {
  const fresh = (label: string, count: number): Tensor => createTensor(engine, label, [count]);
  const { features, mask, actions, ...encoding } = allocatePolicy(engine, policy);
  const state = fresh('reward baseline', 1);
  const totals = fresh('policy totals', REINFORCE_TOTALS.length);
  const cost = fresh('cost of the transformation', 1);
  const gradLogProb = fresh('gradient of log pi', 1);
  const gradEntropy = fresh('gradient of entropy', 1);
  const transformations = config.architectures * config.samples;

  const tape = new Tape({ engine, ...memory });
  const probs = policy.probabilities(tape, features, mask);
  const forward = tape.take();
  const logPi = tape.apply(logProb, { probs, actions });
  const h = tape.apply(entropy, { probs, mask });
  tape.dispatch('reinforce', {
    bind: { ...counts, cost, log_prob: logPi, entropy: h, state, totals, grad_log_prob: gradLogProb },
    params: {
      scale: 1 / transformations,
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
  return {
    probabilities: probs,
    initialise: encoding.initialise,
    forward: (cells: readonly Cell[]) => inOrder(encoding.encode(cells), commandsOnly(forward)),
    // dL/dH, where L is the mean loss of all transformations
    weighEntropy: (lambda) =>
      writesOnly({ region: gradEntropy, data: Float32Array.of(-lambda / transformations) }),
    score: (_sample, taken, costOfTaken) => ({
      writes: [
        { region: actions, data: Int32Array.from(taken) },
        { region: cost, data: Float32Array.of(costOfTaken) },
      ],
      commands: [backward],
    }),
    complete: commandsOnly(),
    state,
    totals,
  };
}
