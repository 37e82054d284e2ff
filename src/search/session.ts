// A search on a GPU: one update of w, one update of theta, and the evaluation of an architecture (Algorithm 1). What
// a step draws at random follows from the seed and the step's number alone.
import type { Adapter, Command, Device, KernelVariant, Runner } from '../../runtime/engine/engine.ts';
import { PlanEngine } from '../../runtime/engine/plan_engine.ts';
import { RunError } from '../../runtime/errors.ts';
import type { ImageSet } from '../data/cifar10.ts';
import { stepRng } from '../data/order.ts';
import type { Architecture } from '../arch/genotype.ts';
import { type SearchSpace, sampleArchitecture } from '../arch/search_space.ts';
import { transform } from '../arch/action_space.ts';
import { entropyGradient, REINFORCE_TOTALS } from '../policy/reinforce.ts';
import { legality, sampleActions } from '../policy/sampling.ts';
import { STREAM } from '../core/rng.ts';
import { download, largestPiece } from '../core/transfer.ts';
import type { SearchConfig } from './config.ts';
import { createCostChange } from './cost_change.ts';
import { assembleSearch, programSlotBytes, type SearchProgram, stateRegions } from './program.ts';

export interface SearchPlan {
  readonly program: SearchProgram;
  readonly engine: PlanEngine;
  /** Pipelines of the search's first step, one of w. */
  readonly soon: ReadonlySet<KernelVariant>;
  /** Bytes of GPU memory that the search will use. */
  readonly bytes: number;
}

/** Records the whole search without a device: what memory and which pipelines it needs. */
export function planSearch(engine: Adapter, config: SearchConfig, images: number): SearchPlan {
  const planner = new PlanEngine(engine.kind, engine.limits);
  const program = assembleSearch(planner, config, images);
  program.supernet.recordAll();
  const tensors = planner.counters.bufferBytes + programSlotBytes(program);
  const bytes = tensors + planner.overheadBytes(largestReadback(program));
  const first = [...weightsStepOf(program, config, { write: () => {} }, 0)].flat(2);
  const soon = planner.pipelinesOf([...program.initialise, ...first]);
  return { program, engine: planner, soon, bytes };
}

const spaceOf = (program: SearchProgram, { nodes }: SearchConfig): SearchSpace => ({
  nodes,
  primitives: program.model.config.primitives,
});

/**
 * The commands of an update of w: m architectures drawn from p(beta) on the batch at hand, one after the other, since
 * each tells the GPU before it which gradients to add up.
 */
function* weightsStepOf(
  program: SearchProgram,
  config: SearchConfig,
  engine: Pick<Runner, 'write'>,
  step: number,
): Iterable<(readonly Command[])[]> {
  const { supernet, feed, sgd } = program;
  const { seed, architectures } = config;
  const space = spaceOf(program, config);
  const rng = stepRng(seed, STREAM.weightsArchitecture, step);
  for (let i = 0; i < architectures; i++) {
    const beta = sampleArchitecture(space, rng);
    const before = i === 0 ? [feed.commands, supernet.clearWeightGrads()] : [];
    const after = i === architectures - 1 ? [sgd.commands] : [];
    const backward = supernet.backward(engine, beta);
    yield [...before, ...supernet.forward(beta, 'weights'), ...backward, ...after];
  }
}

/** Bytes of a checkpoint's largest piece; every other readback is smaller. */
const largestReadback = (program: SearchProgram): number =>
  largestPiece(Object.values(stateRegions(program)));

/** Averages over the weight steps since they were last taken. */
export interface WeightsMetrics {
  readonly loss: number;
  readonly accuracy: number;
}

/** Averages over the policy steps since they were last taken; `baseline` is its present value. */
export interface PolicyMetrics {
  readonly reward: number;
  readonly baseline: number;
  readonly accuracyBefore: number;
  readonly accuracyAfter: number;
  readonly logProb: number;
  readonly entropy: number;
}

export class SearchSession {
  private waitedMs = 0;
  private readonly actions: Int32Array<ArrayBuffer>;
  private readonly costChange: ReturnType<typeof createCostChange> | null;

  private constructor(
    readonly engine: Device,
    readonly config: SearchConfig,
    readonly program: SearchProgram,
    private readonly now: () => number,
  ) {
    this.actions = new Int32Array(program.policy.edges);
    this.costChange = config.costWeight > 0 ? createCostChange(program.model.config.looseEnd) : null;
  }

  /** Compiles what the plan needs, makes the memory, loads the images and initialises w and theta. */
  static async open(
    engine: Device,
    config: SearchConfig,
    images: ImageSet,
    plan: SearchPlan,
    now: () => number,
  ): Promise<SearchSession> {
    await engine.compile(plan.engine.pipelines.values(), plan.soon);
    const program = assembleSearch(engine, config, images.labels.length, plan.program);
    const session = new SearchSession(engine, config, program, now);
    engine.reserveReadback(largestReadback(program));
    engine.write(program.lossGrad, new Float32Array([1 / config.architectures]));
    const reinforce = { ...config, transformations: config.architectures * config.samples };
    engine.write(program.reinforce.gradEntropy, entropyGradient(reinforce));
    program.inputs.prepare(engine);
    program.feed.load(engine, images);
    engine.submit(program.initialise);
    return session;
  }

  /** One update of w: m architectures drawn from p(beta) on one batch. `step` counts from 0 over the whole run. */
  weightsStep(indices: Int32Array, step: number, lr: number): void {
    const { engine, config, program } = this;
    program.feed.write(engine, indices, stepRng(config.seed, STREAM.augment, 2 * step));
    program.sgd.write(engine, lr);
    for (const commands of weightsStepOf(program, config, engine, step)) engine.submit(...commands);
  }

  /**
   * One update of theta: m architectures, n transformations of each, on one batch. Reads back the probabilities of
   * each architecture, which the actions are drawn from; the rewards stay on the GPU.
   */
  async policyStep(indices: Int32Array, step: number): Promise<void> {
    const { engine, program, config } = this;
    const { supernet, feed, policy, inputs, reinforce, adam, clear } = program;
    feed.write(engine, indices, stepRng(config.seed, STREAM.augment, 2 * step + 1));
    const space = spaceOf(program, config);
    const architectures = stepRng(config.seed, STREAM.policyArchitecture, step);
    const actionRng = stepRng(config.seed, STREAM.actions, step);
    for (let i = 0; i < config.architectures; i++) {
      const beta = sampleArchitecture(space, architectures);
      const cells = [beta.normal, beta.reduce];
      const allowed = legality(policy.space, cells);
      inputs.write(engine, cells);
      const first = i === 0 ? [feed.commands, [clear.policyGrads]] : [];
      engine.submit(...first, reinforce.forward);
      // The GPU goes on with beta while its probabilities travel.
      const pending = engine.read(reinforce.probabilities);
      engine.submit([clear.before], ...supernet.forward(beta, 'before'));
      const waitBegan = this.now();
      const probabilities = new Float32Array((await pending)[0]!.buffer);
      this.waitedMs += this.now() - waitBegan;
      let previous = beta;
      for (let j = 0; j < config.samples; j++) {
        sampleActions(probabilities, this.actions, actionRng, allowed);
        engine.write(inputs.actions, this.actions);
        const alpha = transform(policy.space, beta, this.actions);
        this.writeCost(beta, alpha);
        const forward = supernet.forward(alpha, 'after', previous);
        engine.submit([clear.after], ...forward, reinforce.backward);
        previous = alpha;
      }
    }
    if (policy.weights.count === 0) return;
    adam.write(engine, config.policyLr, step + 1);
    engine.submit(adam.commands);
  }

  /** pi(. | arch), (edges of the normal, then of the reduction cell; actions). */
  async probabilities(arch: Architecture): Promise<Float32Array> {
    const { inputs, reinforce } = this.program;
    inputs.write(this.engine, [arch.normal, arch.reduce]);
    this.engine.submit(reinforce.forward);
    const [probabilities] = await download(this.engine, reinforce.probabilities);
    return probabilities as Float32Array;
  }

  /** Accuracy of an architecture under the shared weights, batch statistics and unaugmented images. */
  async accuracy(arch: Architecture, indices: Int32Array): Promise<number> {
    const { supernet, feed, clear, memory } = this.program;
    const { batch } = this.config;
    this.engine.submit([clear.evaluation]);
    for (let at = 0; at + batch <= indices.length; at += batch) {
      feed.write(this.engine, indices.subarray(at, at + batch), null);
      this.engine.submit(feed.commands, ...supernet.forward(arch, 'evaluation'));
    }
    const [counts] = await download(this.engine, memory.meters.evaluation);
    return counts![1]! / counts![3]!;
  }

  /** Reads the counts of the weight steps and begins them anew. Throws RunError where training has diverged. */
  async takeWeightsMetrics(): Promise<WeightsMetrics> {
    const meter = this.program.memory.meters.weights;
    const [counts] = await download(this.engine, meter);
    this.engine.write(meter, new Float32Array(meter.shape[0]!));
    const loss = counts![0]! / counts![3]!;
    if (!Number.isFinite(loss)) {
      throw new RunError(
        `training diverged: the loss is ${loss}; use a smaller --lr (now ${this.config.lr})`,
      );
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
      throw new RunError(
        `the policy diverged: log pi is ${logProb}; use a smaller --policy-lr (now ${this.config.policyLr})`,
      );
    }
    return {
      reward: reward!,
      baseline: baseline![0]!,
      accuracyBefore: before!,
      accuracyAfter: after!,
      logProb: logProb!,
      entropy: entropy!,
    };
  }

  /** Milliseconds that steps waited for the GPU since this was last asked. */
  takeWaitedMs(): number {
    const waited = this.waitedMs;
    this.waitedMs = 0;
    return waited;
  }

  /** Tells the reward what the transformation does to the cost; without a cost weight it stays 0. */
  private writeCost(beta: Architecture, alpha: Architecture): void {
    if (!this.costChange) return;
    this.engine.write(this.program.reinforce.cost, new Float32Array([this.costChange(beta, alpha)]));
  }
}
