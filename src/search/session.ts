// A search on a GPU: one update of w, one update of theta, and the evaluation of an architecture (Algorithm 1). What
// a step draws at random follows from the seed and the step's number alone.
import type { Adapter, Device } from '../../runtime/engine/engine.ts';
import { UserError } from '../../runtime/errors.ts';
import type { ImageSet } from '../data/dataset.ts';
import type { Architecture } from '../arch/genotype.ts';
import { sampleArchitecture } from '../arch/search_space.ts';
import { transform } from '../arch/action_space.ts';
import { allowedActions } from '../policy/policy.ts';
import { REINFORCE_TOTALS } from '../policy/policy_gradient.ts';
import { readProbabilities } from '../policy/probabilities.ts';
import { sampleTransformations } from '../policy/sampling.ts';
import { type Plan, planRecording } from '../core/plan.ts';
import { STREAM, stepRng } from '../core/rng.ts';
import { commandsOnly, inOrder, runSteps, type Step, writesOnly } from '../core/step.ts';
import { download, largestPiece } from '../core/transfer.ts';
import { diverged } from '../run/diverged.ts';
import type { Side } from './accuracy_notes.ts';
import type { SearchConfig } from './config.ts';
import type { SearchParts } from './parts.ts';
import { createCostChange } from './cost_change.ts';
import type { NaoMetrics } from '../nao/learner.ts';
import { NaoSearcher } from './nao_search.ts';
import { recordSearch, type SearchProgram, stateRegions } from './program.ts';
import { setupOf } from './setup.ts';

/** A search that was recorded without a device, with its settings. */
export interface SearchPlan extends Plan<SearchProgram> {
  readonly config: SearchConfig;
  readonly parts: SearchParts;
}

/** Records the whole search without a device: what memory and which pipelines it needs. */
export function planSearch(
  adapter: Adapter,
  config: SearchConfig,
  images: number,
  parts: SearchParts = {},
): SearchPlan {
  const setup = setupOf(config, parts);
  const noting = parts.reward !== undefined;
  const plan = planRecording(adapter, (engine) => recordSearch(engine, setup, images, noting), {
    complete: ({ supernet }) => supernet.recordAll(),
    largestReadback,
    first(program) {
      const update = weightsUpdate(program, config, new Int32Array(config.batch), 0, config.lr);
      return [program.initialise, ...update].flatMap(({ commands }) => commands.flat());
    },
  });
  return { ...plan, config, parts };
}

/**
 * An update of w: m architectures drawn from p(beta) on one batch. A submission each, since each tells the device which
 * gradients to add up.
 */
function weightsUpdate(
  program: SearchProgram,
  config: Pick<SearchConfig, 'seed' | 'architectures'>,
  indices: Int32Array,
  step: number,
  lr: number,
): Step[] {
  const { supernet, feed, sgd } = program;
  const { seed, architectures } = config;
  const rng = stepRng(seed, STREAM.weightsArchitecture, step);
  const steps = Array.from({ length: architectures }, () =>
    supernet.train(sampleArchitecture(program.model.config, rng)),
  );
  const batch = feed.batch(indices, stepRng(seed, STREAM.augment, 2 * step));
  steps[0] = inOrder(batch, supernet.clearGradients, steps[0]!);
  steps.push(inOrder(steps.pop()!, sgd.step(lr)));
  return steps;
}

/** Bytes of a checkpoint's largest piece; every other readback is smaller. */
const largestReadback = (program: SearchProgram): number =>
  largestPiece(Object.values(stateRegions(program)));

/** Averages over the weight steps since they were last taken. */
export interface WeightsMetrics {
  readonly loss: number;
  readonly accuracy: number;
}

/** Averages over the policy steps since they were last taken; `baseline` is its present value. NAO adds its own. */
export interface PolicyMetrics extends Partial<NaoMetrics> {
  readonly reward: number;
  readonly baseline: number;
  readonly accuracyBefore: number;
  readonly accuracyAfter: number;
  readonly logProb: number;
  readonly entropy: number;
}

export class SearchSession {
  private waitedMs = 0;
  private readonly policyLearns: boolean;
  private readonly costChange: ReturnType<typeof createCostChange> | null;
  /** Null for policies. */
  readonly nao: NaoSearcher | null;

  private constructor(
    readonly engine: Device,
    readonly config: SearchConfig,
    readonly program: SearchProgram,
    private readonly parts: SearchParts,
    private readonly now: () => number,
  ) {
    this.policyLearns = program.policy.weights.count > 0;
    this.costChange = config.costWeight > 0 ? createCostChange(program.model.config.looseEnd) : null;
    this.nao = program.nao && new NaoSearcher(engine, program.nao);
  }

  /** Records the plan's program on the device, loads the images and initialises w and theta. */
  static async open(
    engine: Device,
    plan: SearchPlan,
    images: ImageSet,
    now: () => number,
  ): Promise<SearchSession> {
    const program = await plan.record(engine);
    engine.reserveReadback(largestReadback(program));
    runSteps(engine, program.feed.load(images), program.initialise);
    return new SearchSession(engine, plan.config, program, plan.parts, now);
  }

  /** One update of w: m architectures drawn from p(beta) on one batch. `step` counts from 0 over the whole run. */
  weightsStep(indices: Int32Array, step: number, lr: number): void {
    const { engine, config, program } = this;
    for (const each of weightsUpdate(program, config, indices, step, lr)) runSteps(engine, each);
  }

  /**
   * One update of theta: m architectures, n transformations of each, on one batch. Waits once, for the probabilities
   * that the actions are drawn from; the rewards stay on the GPU.
   * @param entropy lambda
   */
  async policyStep(indices: Int32Array, step: number, lr: number, entropy: number): Promise<void> {
    const { engine, program, config } = this;
    const { supernet, feed, policy, reinforce, adam, clear } = program;
    const architectures = stepRng(config.seed, STREAM.policyArchitecture, step);
    const betas = Array.from({ length: policy.batch }, () =>
      sampleArchitecture(program.model.config, architectures),
    );
    const cells = betas.flatMap(({ normal, reduce }) => [normal, reduce]);
    const allowed = allowedActions(policy, cells);
    const batch = feed.batch(indices, stepRng(config.seed, STREAM.augment, 2 * step + 1));
    const forward = reinforce.forward(cells, allowed);
    runSteps(engine, batch, clear.policyGrads, reinforce.weighEntropy(entropy), forward);
    const pending = engine.read(reinforce.probabilities);
    // The GPU goes on with the first beta while the probabilities travel.
    runSteps(engine, supernet.forward(betas[0]!, 'before'), this.noted(betas[0]!, 'before', 0));
    const probabilities = new Float32Array((await this.waiting(pending))[0]!.buffer);
    const draws = stepRng(config.seed, STREAM.actions, step);
    const alphas = this.score(betas, sampleTransformations(probabilities, allowed, config.samples, draws));
    if (this.parts.reward) await this.waiting(this.reward(betas, alphas, this.parts.reward));
    runSteps(engine, reinforce.backward);
    if (this.policyLearns) runSteps(engine, adam.step(lr, step + 1));
    if (this.nao) await this.waiting(this.nao.learn(step, lr));
  }

  /** Keeps an accuracy that was counted, where somebody asks for it. */
  private noted(arch: Architecture, side: Side, number: number): Step {
    this.nao?.note(arch, side, number);
    return this.program.notes?.keep[side][number] ?? commandsOnly();
  }

  /** Puts a program's own rewards in the place of the usual ones. */
  private async reward(
    betas: readonly Architecture[],
    alphas: readonly Architecture[],
    rewardOf: NonNullable<SearchParts['reward']>,
  ): Promise<void> {
    const { notes, reinforce } = this.program;
    const [accuracies] = await download(this.engine, notes!.accuracies);
    const m = betas.length;
    const rewards = Float32Array.from(alphas, (after, i) => {
      const [accuracyBefore, accuracyAfter] = [accuracies![i % m]!, accuracies![m + i]!];
      const reward = rewardOf({ before: betas[i % m]!, after, accuracyBefore, accuracyAfter });
      if (Number.isFinite(reward)) return reward;
      throw new UserError(`reward: got ${reward}, expected a finite number`);
    });
    runSteps(this.engine, writesOnly({ region: reinforce.rewards, data: rewards }));
  }

  /** Counts the time that something waits for the GPU. */
  private async waiting<T>(work: Promise<T>): Promise<T> {
    const began = this.now();
    const result = await work;
    this.waitedMs += this.now() - began;
    return result;
  }

  /**
   * Has every transformation rewarded that `actions` (n, edges of all architectures) makes of `betas`, of which the
   * first has gone forward; returns the transformed architectures.
   */
  private score(betas: readonly Architecture[], actions: Int32Array<ArrayBuffer>): Architecture[] {
    const { engine, program, costChange } = this;
    const { supernet, policy, reinforce } = program;
    const count = betas.length * this.config.samples;
    const edges = policy.edges / betas.length;
    const betaOf = (i: number): Architecture => betas[i % betas.length]!;
    const alphas = Array.from({ length: count }, (_, i) =>
      transform(policy.space, betaOf(i), actions.subarray(i * edges, (i + 1) * edges)),
    );
    const costs = Float32Array.from(alphas, (alpha, i) => costChange?.(betaOf(i), alpha) ?? 0);
    runSteps(engine, reinforce.take(actions, costs));
    let last = betas[0]!;
    betas.forEach((beta, b) => {
      if (b > 0) runSteps(engine, supernet.forward(beta, 'before', last), this.noted(beta, 'before', b));
      last = beta;
      for (let i = b; i < count; i += betas.length) {
        const alpha = alphas[i]!;
        const noted = this.noted(alpha, 'after', i);
        runSteps(engine, supernet.forward(alpha, 'after', last), reinforce.score(i), noted);
        last = alpha;
      }
    });
    return alphas;
  }

  /** pi(. | arch), (edges of the normal, then of the reduction cell; actions). */
  probabilities({ normal, reduce }: Architecture): Promise<Float32Array> {
    const { policy, reinforce } = this.program;
    return readProbabilities(this.engine, policy, reinforce, [[normal, reduce]]);
  }

  /** Accuracy of an architecture under the shared weights, batch statistics and unaugmented images. */
  async accuracy(arch: Architecture, indices: Int32Array): Promise<number> {
    const { supernet, feed, clear, memory } = this.program;
    const { batch } = this.config;
    runSteps(this.engine, clear.evaluation);
    for (let at = 0; at + batch <= indices.length; at += batch) {
      const images = feed.batch(indices.subarray(at, at + batch), null);
      runSteps(this.engine, images, supernet.forward(arch, 'evaluation'));
    }
    const [counts] = await download(this.engine, memory.metrics.evaluation);
    return counts![1]! / counts![3]!;
  }

  /** Reads the counts of the weight steps and begins them anew. Throws RunError where training has diverged. */
  async takeWeightsMetrics(): Promise<WeightsMetrics> {
    const { weights } = this.program.memory.metrics;
    const [counts] = await download(this.engine, weights);
    this.engine.write(weights, new Float32Array(weights.shape[0]!));
    const loss = counts![0]! / counts![3]!;
    if (!Number.isFinite(loss)) {
      throw diverged(`training diverged: the loss is ${loss}`, `a smaller --lr (now ${this.config.lr})`);
    }
    return { loss, accuracy: counts![1]! / counts![3]! };
  }

  /** Reads the sums of the policy steps and begins them anew. Throws RunError where the policy has diverged. */
  async takePolicyMetrics(): Promise<PolicyMetrics> {
    const { totals, state } = this.program.reinforce;
    const [sums, baseline] = await download(this.engine, totals, state);
    this.engine.write(totals, new Float32Array(REINFORCE_TOTALS.length));
    const steps = sums![0]!;
    const [reward, before, after, logProb, entropy] = Array.from(sums!.subarray(1), (sum) => sum / steps);
    if (!Number.isFinite(logProb!) || !Number.isFinite(entropy!)) {
      throw diverged(
        `the policy diverged: log pi is ${logProb}`,
        `a smaller --policy-lr (now ${this.config.policyLr})`,
      );
    }
    return {
      reward: reward!,
      baseline: baseline![0]!,
      accuracyBefore: before!,
      accuracyAfter: after!,
      logProb: logProb!,
      entropy: entropy!,
      ...(await this.nao?.learner.takeMetrics()),
    };
  }

  /** Milliseconds that steps waited for the GPU since this was last asked. */
  takeWaitedMs(): number {
    const waited = this.waitedMs;
    this.waitedMs = 0;
    return waited;
  }
}
