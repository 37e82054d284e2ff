// NAO in the search: every accuracy that an update of theta would have made a reward of, of the architectures drawn and
// of their transformations, is a pair for NAO's model, which then is updated a few times.
import type { Device, Region } from '../../runtime/engine/engine.ts';
import type { Architecture } from '../arch/genotype.ts';
import { createTensor } from '../core/allocator.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { commandsOnly, type Step } from '../core/step.ts';
import type { Tensor } from '../core/tensor.ts';
import { download } from '../core/transfer.ts';
import { NAO_DEFAULTS, type NaoConfig, NaoLearner, type NaoProgram, recordNao } from '../nao/learner.ts';
import { PairMemory, type SeenPair } from '../nao/pairs.ts';
import { type TokenLayout, tokenLayout, tokensOf } from '../nao/tokens.ts';
import type { SupernetConfig } from '../supernet/model.ts';
import type { SearchConfig } from './config.ts';
import type { SearchSetup } from './setup.ts';

/** Updates of the model for each update that a policy has. */
const UPDATES = 4;

/** Pairs of an update, and pairs that are remembered: older ones were evaluated with weights long gone. */
const BATCH = 64;
const REMEMBERED = 1024;

/** Whose accuracy was counted: that of an architecture drawn, or of a transformation. */
type Side = 'before' | 'after';

export interface NaoSearch {
  readonly program: NaoProgram;
  readonly config: NaoConfig;
  readonly pairs: PairMemory;
  /** Those of the update at hand: of the architectures, then of their transformations. */
  readonly accuracies: Tensor;
  /** Keeps an accuracy that was counted, by its number among those of its side. */
  readonly keep: Readonly<Record<Side, readonly Step[]>>;
  readonly state: Readonly<Record<string, Region>>;
}

/**
 * The sequence of an architecture. Where cells put out the nodes that no edge leaves, their graph stays as it is: what a
 * cell puts out would change with it.
 */
export const searchLayout = ({ primitives, nodes, looseEnd }: SupernetConfig): TokenLayout =>
  tokenLayout({ primitives, nodes, sources: looseEnd ? 'kept' : 'free' });

/** theta's optimizer is that of the policies. */
export const naoConfig = (config: SearchConfig): NaoConfig => ({
  ...NAO_DEFAULTS,
  seed: config.seed,
  batch: BATCH,
  lr: config.policyLr,
  betas: [config.policyBeta1, config.policyBeta2],
  weightDecay: config.policyWeightDecay,
});

/** Records the model, its update, and what keeps accuracies. @param counts of the forward passes of both sides */
export function recordNaoSearch(
  engine: PlannedEngine,
  { supernet, architectures: m, reinforce: { samples: n } }: SearchSetup,
  counts: Readonly<Record<Side, Tensor>>,
  config: NaoConfig,
): NaoSearch {
  const layout = searchLayout(supernet);
  const program = recordNao(engine, layout, config, 1);
  const pairs = new PairMemory(engine, layout, REMEMBERED);
  const accuracies = createTensor(engine, 'accuracies of an update', [m * (1 + n)]);
  const keep = (side: Side, first: number, count: number): Step[] =>
    Array.from({ length: count }, (_, i) =>
      commandsOnly([
        engine.record({
          kernel: 'note_accuracy',
          bind: { counts: counts[side], accuracies },
          params: { index: first + i },
          threads: [1],
        }),
      ]),
    );
  const named = Object.entries(program.state).map(([name, region]) => [`nao_${name}`, region]);
  return {
    program,
    config,
    pairs,
    accuracies,
    keep: { before: keep('before', 0, m), after: keep('after', m, m * n) },
    state: { ...Object.fromEntries(named), nao_pairs: pairs.region },
  };
}

/** What the search does with NAO's model on a device. */
export class NaoSearcher {
  readonly learner: NaoLearner;
  private readonly tokens: number[][] = [];

  constructor(
    private readonly device: Device,
    private readonly search: NaoSearch,
  ) {
    this.learner = new NaoLearner(device, search.program, search.config);
  }

  /** Keeps the accuracy of an architecture that went forward last on its side; `number` counts those of the update. */
  note({ normal, reduce }: Architecture, side: Side, number: number): Step {
    const { keep, program } = this.search;
    const index = number + (side === 'after' ? keep.before.length : 0);
    this.tokens[index] = tokensOf(program.model.layout, [normal, reduce]);
    return keep[side][number]!;
  }

  /** The architecture and what it came to, the highest prediction first. */
  async propose({ normal, reduce }: Architecture): Promise<Architecture[]> {
    const [candidates] = await this.learner.candidates([[normal, reduce]]);
    return candidates!.map(([first, second]) => ({ normal: first!, reduce: second! }));
  }

  /**
   * Learns from all accuracies of update `step`, which must have been noted. Waits for them.
   * @param lr of the model's updates
   */
  async learn(step: number, lr: number): Promise<void> {
    const { device, search, learner, tokens } = this;
    const [accuracies] = await download(device, search.accuracies);
    const seen = tokens.map((sequence, i): SeenPair => ({ tokens: sequence, accuracy: accuracies![i]! }));
    const pairs = await search.pairs.add(device, step * seen.length, seen);
    for (let i = 0; i < UPDATES; i++) learner.update(pairs, step * UPDATES + i, lr);
  }
}
