// NAO in the search: every accuracy that an update of theta would have made a reward of, of the architectures drawn and
// of their transformations, is a pair for NAO's model, which then is updated a few times.
import type { Device, Region } from '../../runtime/engine/engine.ts';
import type { Architecture } from '../arch/genotype.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { download } from '../core/transfer.ts';
import { NAO_DEFAULTS, type NaoConfig, NaoLearner, type NaoProgram, recordNao } from '../nao/learner.ts';
import { PairMemory, type SeenPair } from '../nao/pairs.ts';
import { type TokenLayout, tokenLayout, tokensOf } from '../nao/tokens.ts';
import type { SupernetConfig } from '../supernet/model.ts';
import type { AccuracyNotes, Side } from './accuracy_notes.ts';
import type { SearchConfig } from './config.ts';
import type { SearchSetup } from './setup.ts';

/** Updates of the model for each update that a policy has. */
const UPDATES = 4;

/** Pairs of an update, and pairs that are remembered: older ones were evaluated with weights long gone. */
const BATCH = 64;
const REMEMBERED = 1024;

export interface NaoSearch {
  readonly program: NaoProgram;
  readonly config: NaoConfig;
  readonly pairs: PairMemory;
  readonly notes: AccuracyNotes;
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

/** Records the model and its update. @param notes of the accuracies that it learns */
export function recordNaoSearch(
  engine: PlannedEngine,
  { supernet }: SearchSetup,
  notes: AccuracyNotes,
  config: NaoConfig,
): NaoSearch {
  const layout = searchLayout(supernet);
  const program = recordNao(engine, layout, config, 1);
  const pairs = new PairMemory(engine, layout, REMEMBERED);
  const named = Object.entries(program.state).map(([name, region]) => [`nao_${name}`, region]);
  return {
    program,
    config,
    pairs,
    notes,
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

  /** Whose accuracy is kept under that number of its side. */
  note({ normal, reduce }: Architecture, side: Side, number: number): void {
    const { notes, program } = this.search;
    const index = number + (side === 'after' ? notes.keep.before.length : 0);
    this.tokens[index] = tokensOf(program.model.layout, [normal, reduce]);
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
    const [accuracies] = await download(device, search.notes.accuracies);
    const seen = tokens.map((sequence, i): SeenPair => ({ tokens: sequence, accuracy: accuracies![i]! }));
    const pairs = await search.pairs.add(device, step * seen.length, seen);
    for (let i = 0; i < UPDATES; i++) learner.update(pairs, step * UPDATES + i, lr);
  }
}
