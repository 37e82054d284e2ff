// Trains a policy where rewards come from a function of the host, without a supernet and images: a table of trained
// architectures, or a problem whose best answer is known. What a step draws follows from the seed and its number alone.
import type { Device, Region } from '../../runtime/engine/engine.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Cell } from '../arch/genotype.ts';
import { directAllocator, SlotAllocator } from '../core/allocator.ts';
import { planRecording } from '../core/plan.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { type Rng, STREAM, stepRng } from '../core/rng.ts';
import { commandsOnly, inOrder, runSteps, writesOnly } from '../core/step.ts';
import { download } from '../core/transfer.ts';
import { recordInitialisation } from '../nn/initialise.ts';
import type { ParameterStore } from '../nn/parameters.ts';
import { recordAdam } from '../optim/adam.ts';
import { linear } from '../optim/schedule.ts';
import { baselineProblem, type BaselineSetting } from './baseline.ts';
import { allowedActions, type Policy } from './policy.ts';
import { recordPolicyGradient, REINFORCE_TOTALS } from './policy_gradient.ts';
import { readProbabilities } from './probabilities.ts';
import { sampleTransformations } from './sampling.ts';

/** What there is to learn. */
export interface PolicyTask {
  /** Draws the cells of an architecture, as many as the policy has of each. */
  sample(rng: Rng): readonly Cell[];
  /** R: what the transformation of these cells is worth. */
  reward(before: readonly Cell[], after: readonly Cell[]): number;
}

/** How long a policy is trained, at which rates, and how its rewards become gradients. */
export interface PolicyTrainingConfig extends BaselineSetting {
  readonly seed: number;
  /** Updates of theta. */
  readonly steps: number;
  /** lambda at the first update and, linearly in between, at the last; the same throughout unless given. */
  readonly entropy: number;
  readonly entropyEnd?: number;
  /** Of Adam at the first update and, linearly in between, at the last; the same throughout unless given. */
  readonly lr: number;
  readonly lrEnd?: number;
  readonly betas: readonly [number, number];
  readonly weightDecay: number;
}

/** Averages over the transformations since they were last taken. */
export interface PolicyTrainingMetrics {
  readonly reward: number;
  readonly logProb: number;
  readonly entropy: number;
}

function recordTraining(engine: PlannedEngine, create: () => Policy, config: PolicyTrainingConfig) {
  const policy = create();
  const { weights } = policy;
  weights.allocate(engine);
  const memory = {
    activations: directAllocator(engine),
    scratch: new SlotAllocator('policy scratch', engine),
  };
  const gradient = recordPolicyGradient(engine, memory, policy, config);
  const { betas, weightDecay } = config;
  return {
    policy,
    gradient,
    adam: recordAdam(engine, weights, { betas, eps: 1e-8, weightDecay }),
    initialise: inOrder(
      gradient.initialise,
      commandsOnly(recordInitialisation(engine, weights, config.seed, 0)),
    ),
    clear: commandsOnly([engine.recordClear(weights.grads)]),
  };
}

/** Trains a policy by REINFORCE on rewards that the caller gives; `trainPolicy` is the loop around it. */
export class PolicyTrainer {
  private constructor(
    private readonly device: Device,
    private readonly program: ReturnType<typeof recordTraining>,
    readonly config: PolicyTrainingConfig,
  ) {}

  /**
   * Records the policy on the device and initialises theta.
   * @param create makes the policy; called more than once, it must make the same. Its batch is the number of
   * architectures that share an update
   * Throws UserError for a baseline that the samples do not allow.
   */
  static async open(
    device: Device,
    create: () => Policy,
    config: PolicyTrainingConfig,
  ): Promise<PolicyTrainer> {
    const problem = baselineProblem(config);
    if (problem !== null) throw new UserError(`--baseline: ${problem}`);
    const plan = planRecording(device, (engine) => recordTraining(engine, create, config), {
      largestReadback: ({ gradient }) => gradient.probabilities.bytes,
    });
    const program = await plan.record(device);
    device.reserveReadback(program.gradient.probabilities.bytes);
    runSteps(device, program.initialise);
    return new PolicyTrainer(device, program, config);
  }

  /** theta. */
  get weights(): ParameterStore<true> {
    return this.program.policy.weights;
  }

  /** Everything that a step changes, by name: what a checkpoint holds. */
  get state(): Readonly<Record<string, Region>> {
    const { gradient, adam } = this.program;
    const [first_moment, second_moment] = adam.moments;
    const policy = this.weights.values;
    return { policy, first_moment, second_moment, baseline: gradient.state, policy_totals: gradient.totals };
  }

  /** One update of theta: n transformations of each of the batch's architectures. `step` counts from 0. */
  async step(task: PolicyTask, step: number): Promise<void> {
    const { device, program, config } = this;
    const { policy, gradient, adam, clear } = program;
    const { seed, samples, steps, entropy, entropyEnd = entropy, lr, lrEnd = lr } = config;
    const { batch } = policy;
    const architectures = stepRng(seed, STREAM.policyArchitecture, step);
    const draws = stepRng(seed, STREAM.actions, step);
    const betas = Array.from({ length: batch }, () => task.sample(architectures));
    const lambda = linear(entropy, entropyEnd, step, steps);
    const cells = betas.flat();
    const allowed = allowedActions(policy, cells);
    runSteps(device, clear, gradient.weighEntropy(lambda), gradient.forward(cells, allowed));
    const probabilities = (await download(device, gradient.probabilities))[0] as Float32Array;

    const actions = sampleTransformations(probabilities, allowed, samples, draws);
    const edges = policy.edges / batch;
    const rewards = Float32Array.from({ length: samples * batch }, (_, i) => {
      const before = betas[i % batch]!;
      return task.reward(
        before,
        transformCells(policy, before, actions.subarray(i * edges, (i + 1) * edges)),
      );
    });
    runSteps(
      device,
      writesOnly({ region: gradient.actions, data: actions }, { region: gradient.rewards, data: rewards }),
      commandsOnly(gradient.backward),
      adam.step(linear(lr, lrEnd, step, steps), step + 1),
    );
  }

  /** pi(. | architecture) of each, (architectures, edges, actions). */
  probabilities(architectures: readonly (readonly Cell[])[]): Promise<Float32Array> {
    const { policy, gradient } = this.program;
    return readProbabilities(this.device, policy, gradient, architectures);
  }

  /** Reads the sums of the steps and begins them anew. */
  async takeMetrics(): Promise<PolicyTrainingMetrics> {
    const { totals } = this.program.gradient;
    const [sums] = await download(this.device, totals);
    this.device.write(totals, new Float32Array(REINFORCE_TOTALS.length));
    const mean = (name: (typeof REINFORCE_TOTALS)[number]): number =>
      sums![REINFORCE_TOTALS.indexOf(name)]! / sums![0]!;
    return { reward: mean('reward'), logProb: mean('logProb'), entropy: mean('entropy') };
  }
}

/** The cells of an architecture after one action an edge, cell after cell. */
function transformCells({ space }: Policy, cells: readonly Cell[], actions: Int32Array): Cell[] {
  let edge = 0;
  return cells.map((cell) => space.apply(cell, actions.subarray(edge, (edge += cell.length))));
}

/** All updates of a configuration. `progress` hears of each. */
export async function trainPolicy(
  device: Device,
  create: () => Policy,
  config: PolicyTrainingConfig,
  task: PolicyTask,
  progress: (done: number, total: number) => void = () => {},
): Promise<PolicyTrainer> {
  const trainer = await PolicyTrainer.open(device, create, config);
  for (let step = 0; step < config.steps; step++) {
    await trainer.step(task, step);
    progress(step + 1, config.steps);
  }
  return trainer;
}
