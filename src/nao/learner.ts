// NAO's model on a device: fitted to pairs of architecture and accuracy, it predicts accuracies and proposes
// architectures. What it draws at random follows from the seed and the number of the update alone.
import type { Device, Region } from '../../runtime/engine/engine.ts';
import { RunError } from '../../runtime/errors.ts';
import type { Cell } from '../arch/genotype.ts';
import { directAllocator, SlotAllocator } from '../core/allocator.ts';
import { type Plan, planRecording } from '../core/plan.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { stepRng, STREAM } from '../core/rng.ts';
import { commandsOnly, inOrder, runSteps, type Step } from '../core/step.ts';
import { download } from '../core/transfer.ts';
import { recordInitialisation } from '../nn/initialise.ts';
import { declareNao, type NaoModel, type NaoSizes } from './model.ts';
import { type NaoMoves, recordNaoMoves } from './moves.ts';
import { cellsOf, type TokenLayout, tokensOf } from './tokens.ts';
import { type NaoTraining, type NaoTrainingConfig, type Pair, recordNaoTraining } from './training.ts';

export interface NaoConfig extends NaoTrainingConfig {
  readonly seed: number;
  readonly sizes: NaoSizes;
  /** Architectures that move together, a multiple of 64. */
  readonly together: number;
  /** s: how far a step along the gradient goes. */
  readonly stepSize: number;
  /** Steps along the gradient in a round; what e decodes to is looked at after each. */
  readonly steps: number;
  /** Rounds at most; each begins at the architecture of the highest prediction so far. */
  readonly rounds: number;
}

/**
 * Sizes and optimizer are those of the authors' code (states of 64, Adam 1e-3, gradients clipped at 5). The losses weigh
 * the same, where that code has 0.8 for the predictor's: then architectures hardly changed on their way (docs/method.md).
 */
export const NAO_DEFAULTS: Omit<NaoConfig, 'seed'> = {
  sizes: { embedding: 32, hidden: 64, predictor: 64 },
  batch: 128,
  lr: 1e-3,
  betas: [0.9, 0.999],
  weightDecay: 0,
  maxNorm: 5,
  tradeOff: 0.5,
  together: 64,
  stepSize: 0.5,
  steps: 10,
  rounds: 10,
};

export interface NaoProgram {
  readonly model: NaoModel;
  readonly training: NaoTraining;
  readonly moves: NaoMoves;
  /** Writes what never changes, and gives the weights their first values. */
  readonly initialise: Step;
  /** Everything that an update changes, by name: what a checkpoint holds. */
  readonly state: Readonly<Record<string, Region>>;
}

/**
 * Records the model, its update and its moves.
 * @param store the number of its weights among those that share the seed
 */
export function recordNao(
  engine: PlannedEngine,
  layout: TokenLayout,
  config: NaoConfig,
  store = 0,
): NaoProgram {
  const model = declareNao(layout, config.sizes);
  model.weights.allocate(engine);
  const memory = {
    activations: directAllocator(engine),
    scratch: new SlotAllocator('NAO scratch', engine),
  };
  const training = recordNaoTraining(engine, memory, model, config);
  const { together: batch, stepSize } = config;
  const moves = recordNaoMoves(engine, memory, model, { batch, stepSize });
  const [first_moment, second_moment] = training.moments;
  const { predictor: predictor_totals, decoder: decoder_totals } = training.totals;
  const policy = model.weights.values;
  return {
    model,
    training,
    moves,
    initialise: inOrder(
      training.initialise,
      moves.initialise,
      commandsOnly(recordInitialisation(engine, model.weights, config.seed, store)),
    ),
    state: { policy, first_moment, second_moment, predictor_totals, decoder_totals },
  };
}

/** Means over the updates since they were last taken. */
export interface NaoMetrics {
  /** Mean squared error of the normalised accuracy. */
  readonly predictorLoss: number;
  readonly decoderLoss: number;
  /** Share of the tokens that the decoder finds likeliest and that are right. */
  readonly tokensRight: number;
}

/** An architecture that e decoded to on its way. */
export interface Proposal {
  readonly cells: readonly Cell[];
  /** Its predicted accuracy, as normalised. */
  readonly predicted: number;
}

/** How far an architecture has come. */
interface Way {
  /** Keys of all that it came to. */
  readonly seen: Set<string>;
  readonly found: Proposal[];
  top: Proposal;
}

export class NaoLearner {
  constructor(
    private readonly device: Device,
    readonly program: NaoProgram,
    readonly config: NaoConfig,
  ) {}

  /** Records a model on a device and initialises it. */
  static async open(device: Device, layout: TokenLayout, config: NaoConfig): Promise<NaoLearner> {
    const plan = planNao(device, layout, config);
    const program = await plan.record(device);
    device.reserveReadback(largestReadback(program));
    runSteps(device, program.initialise);
    return new NaoLearner(device, program, config);
  }

  private get layout(): TokenLayout {
    return this.program.model.layout;
  }

  /** One update on pairs drawn from these, with repetition; `step` counts from 0. */
  update(pairs: readonly Pair[], step: number, lr = this.config.lr): void {
    const draws = stepRng(this.config.seed, STREAM.pairs, step);
    const drawn = Array.from({ length: this.config.batch }, () => pairs[draws.int(pairs.length)]!);
    runSteps(this.device, this.program.training.update(drawn, step + 1, lr));
  }

  /** f(e) of architectures. */
  async predict(architectures: readonly (readonly Cell[])[]): Promise<number[]> {
    const sequences = architectures.map((cells) => tokensOf(this.layout, cells));
    const all: number[] = [];
    for (let at = 0; at < sequences.length; at += this.config.together) {
      const some = sequences.slice(at, at + this.config.together);
      all.push(...(await this.predictSequences(some)));
    }
    return all;
  }

  private async predictSequences(some: readonly number[][]): Promise<number[]> {
    const { moves } = this.program;
    runSteps(this.device, inOrder(moves.encode(some), moves.predict));
    const [predictions] = await download(this.device, moves.predictions);
    return Array.from(predictions!.subarray(0, some.length));
  }

  /**
   * For each architecture what it decodes to on its way up, in order of appearance: every architecture once, and not the
   * one that it began as. Empty where nothing new came out. A round of steps begins at the architecture of the highest
   * prediction so far; where a round finds no higher one, the way ends.
   */
  async propose(architectures: readonly (readonly Cell[])[]): Promise<Proposal[][]> {
    const predictions = await this.predict(architectures);
    const ways = architectures.map((cells, i): Way => {
      const seen = new Set([tokensOf(this.layout, cells).join()]);
      return { seen, top: { cells, predicted: predictions[i]! }, found: [] };
    });
    let climbing = ways;
    for (let round = 0; round < this.config.rounds && climbing.length > 0; round++) {
      const found: (readonly Cell[])[][] = [];
      for (let at = 0; at < climbing.length; at += this.config.together) {
        found.push(...(await this.climb(climbing.slice(at, at + this.config.together))));
      }
      const predicted = await this.predict(found.flat());
      let next = 0;
      climbing = climbing.filter((way, i) => {
        const proposals = found[i]!.map((cells) => ({ cells, predicted: predicted[next++]! }));
        const before = way.top;
        way.top = [before, ...proposals].reduce((a, b) => (b.predicted > a.predicted ? b : a));
        way.found.push(...proposals);
        return way.top !== before;
      });
    }
    return ways.map(({ found }) => found);
  }

  /** Each architecture and what it came to, the highest prediction first. */
  async candidates(architectures: readonly (readonly Cell[])[]): Promise<(readonly Cell[])[][]> {
    const own = await this.predict(architectures);
    const proposals = await this.propose(architectures);
    return proposals.map((found, i) =>
      [{ cells: architectures[i]!, predicted: own[i]! }, ...found]
        .sort((a, b) => b.predicted - a.predicted)
        .map(({ cells }) => cells),
    );
  }

  /** The steps of a round: the architectures that no step before has come to, for each way. */
  private async climb(ways: readonly Way[]): Promise<(readonly Cell[])[][]> {
    const { device, layout, program } = this;
    const { moves } = program;
    const given = ways.map(({ top }) => tokensOf(layout, top.cells));
    const found = ways.map((): (readonly Cell[])[] => []);
    runSteps(device, moves.encode(given));
    for (let step = 0; step < this.config.steps; step++) {
      runSteps(device, inOrder(moves.ascend, moves.decode));
      const [tokens] = await download(device, moves.decoded.tokens);
      const sequences = moves.decoded.split(tokens!);
      for (const [i, { seen, top }] of ways.entries()) {
        const sequence = layout.places.map(({ kept }, t) => (kept ? given[i]! : sequences[i]!)[t]!);
        const key = sequence.join();
        if (seen.has(key)) continue;
        seen.add(key);
        found[i]!.push(cellsOf(layout, sequence, top.cells));
      }
    }
    return found;
  }

  /** Reads the sums of the updates and begins them anew. */
  async takeMetrics(): Promise<NaoMetrics> {
    const { device, program, config } = this;
    const { predictor, decoder } = program.training.totals;
    const [error, sums] = await download(device, predictor, decoder);
    device.write(predictor, new Float32Array(predictor.shape[0]!));
    device.write(decoder, new Float32Array(decoder.shape[0]!));
    const tokens = sums![3]!;
    const updates = tokens / (config.batch * this.layout.places.length);
    if (!Number.isFinite(error![0]!) || !Number.isFinite(sums![0]!)) {
      throw new RunError(`NAO's model diverged; use a smaller learning rate (now ${config.lr})`);
    }
    return {
      predictorLoss: error![0]! / updates,
      decoderLoss: sums![0]! / tokens,
      tokensRight: sums![1]! / tokens,
    };
  }
}

/** Bytes of the largest readback that a learner makes. */
export const largestReadback = ({ moves }: NaoProgram): number => moves.decoded.tokens.bytes;

/** The program of a learner without a search. */
export const planNao = (device: Device, layout: TokenLayout, config: NaoConfig): Plan<NaoProgram> =>
  planRecording(device, (engine) => recordNao(engine, layout, config), { largestReadback });
