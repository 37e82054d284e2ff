// REINFORCE for n transformations of each of m architectures in one update (equations 4 and 5): the loss is
//   -1/(m n) sum of (log pi(alpha | beta) (R - b)) - lambda/m sum of H(pi(. | beta))
// where the architectures are the policy's batch. Rewards lie on the GPU, whoever writes them.
import type { Command, Engine } from '../../runtime/engine/engine.ts';
import type { Cell } from '../arch/genotype.ts';
import { type Allocator, createTensor } from '../core/allocator.ts';
import { commandsOnly, inOrder, type Step, writesOnly } from '../core/step.ts';
import { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import { entropy } from '../ops/policy/entropy.ts';
import { logProb } from '../ops/policy/log_prob.ts';
import { BASELINES, type BaselineSetting } from './baseline.ts';
import { allocatePolicy, type Policy } from './policy.ts';

/** Order of the running sums in `totals`. */
export const REINFORCE_TOTALS = ['steps', 'reward', 'before', 'after', 'logProb', 'entropy'] as const;

export interface PolicyGradient {
  /** Probabilities that `forward` computed last, (edges, actions): those of an architecture, then of the next. */
  readonly probabilities: Tensor;
  /** Rewards R, (n,m): the first transformation of every architecture, then the second ones. */
  readonly rewards: Tensor;
  /** Actions taken, i32 (n, edges). */
  readonly actions: Tensor;
  /** Writes what never changes: once, before the first `forward`. */
  readonly initialise: Step;
  /**
   * Computes the probabilities of the cells of m architectures.
   * @param allowed what `allowedActions` says of them, where that is known already
   */
  forward(cells: readonly Cell[], allowed?: readonly Uint8Array[]): Step;
  /** Sets lambda, the weight of the entropy, until it is set again; it is 0 at first. */
  weighEntropy(lambda: number): Step;
  /** Adds the gradient of all transformations whose actions and rewards have been written. */
  readonly backward: readonly Command[];
  /** The moving average, one float; part of a checkpoint. */
  readonly state: Tensor;
  /** Transformations, sums of reward, accuracy before, accuracy after, log pi, entropy; see REINFORCE_TOTALS. */
  readonly totals: Tensor;
}

/** Records the policy, whose weights must be allocated, and its gradient. */
export function recordPolicyGradient(
  engine: Engine,
  memory: { readonly activations: Allocator; readonly scratch: Allocator },
  policy: Policy,
  config: BaselineSetting,
): PolicyGradient {
  const { samples, baseline } = config;
  const { batch } = policy;
  const fresh = (label: string, count: number): Tensor => createTensor(engine, label, [count]);
  const { features, mask, ...encoding } = allocatePolicy(engine, policy, samples);
  const { actions } = encoding;
  const rewards = fresh('rewards', samples * batch);
  const state = fresh('reward baseline', 1);
  const totals = fresh('policy totals', REINFORCE_TOTALS.length);
  const gradLogProb = fresh('gradient of log pi', samples * batch);
  const gradEntropy = fresh('gradient of entropy', batch);

  const tape = new Tape({ engine, ...memory });
  const probs = policy.probabilities(tape, features, mask);
  const forward = tape.take();
  const logPi = tape.apply(logProb, { probs, actions }, { groups: batch });
  const h = tape.apply(entropy, { probs, mask }, { groups: batch });
  tape.dispatch('advantages', {
    bind: { rewards, log_prob: logPi, entropy: h, state, totals, grad_log_prob: gradLogProb },
    params: {
      samples,
      groups: batch,
      scale: 1 / (batch * samples),
      decay: config.baselineDecay,
    },
    constants: { BASELINE: BASELINES.indexOf(baseline) },
    threads: [1],
  });
  tape.seed(logPi, gradLogProb);
  tape.seed(h, gradEntropy);
  tape.backward();
  const backward = tape.take();
  return {
    probabilities: probs,
    rewards,
    actions,
    initialise: encoding.initialise,
    forward: (cells, allowed) => inOrder(encoding.encode(cells, allowed), commandsOnly(forward)),
    weighEntropy: (lambda) =>
      writesOnly({ region: gradEntropy, data: new Float32Array(batch).fill(-lambda / batch) }),
    backward,
    state,
    totals,
  };
}
