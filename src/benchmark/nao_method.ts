// NAO on the benchmark: its model learns validation accuracies of the cells that it may learn from; a cell then climbs,
// and what it decodes to on the way are the candidates. They may be any cells: NAO knows nothing of NAT's moves.
import { NAO_DEFAULTS, type NaoConfig, NaoLearner } from '../nao/learner.ts';
import { ranks } from '../nao/normalise.ts';
import { tokenLayout, tokensOf } from '../nao/tokens.ts';
import type { BenchmarkMethod, BenchmarkTask } from './method.ts';
import { oncePerSeed } from './shared_training.ts';
import { fromNatCell, GLUE_EDGES, NAT_NODES, OPERATION_PRIMITIVES, toNatCell } from './space.ts';
import { bestOf, CANDIDATES } from './untrained_methods.ts';

/** A cell is its six operations: all cells have the same graph, and two edges of it never change. */
const LAYOUT = tokenLayout({
  primitives: OPERATION_PRIMITIVES,
  nodes: NAT_NODES,
  cells: 1,
  sources: 'unsaid',
  fixed: GLUE_EDGES,
});

/** Updates of the model, and how many are submitted before their end is waited for. */
const UPDATES = 600;
const REPORTED = 20;

/** What NAO is on the benchmark. */
export const NAO_SETTINGS: Omit<NaoConfig, 'seed'> = {
  ...NAO_DEFAULTS,
  sizes: { embedding: 16, hidden: 32, predictor: 64 },
  batch: 256,
  lr: 5e-3,
  together: 512,
};

/**
 * `nao` takes what its model predicts to be the best, which may be the cell itself; `nao-best-of-10` looks up the cell
 * and what else it predicts to be the best.
 */
export function naoMethods(updates = UPDATES): readonly BenchmarkMethod[] {
  const train = oncePerSeed((task) => trainNao(task, updates));
  const method = (name: string, lookups: number): BenchmarkMethod => ({
    name,
    adjacency: null,
    baseline: null,
    settings: { ...NAO_SETTINGS, updates },
    lookups,
    anyCell: true,
    async prepare(task) {
      const learner = await train(task);
      return async (cells, lookupsOf) => {
        const candidates = await learner.candidates(Array.from(cells, (cell) => [toNatCell(cell)]));
        return cells.map((cell, i) => {
          const all = candidates[i]!.map(([candidate]) => fromNatCell(candidate!));
          if (lookups === 0) return all[0]!;
          const others = all.filter((candidate) => candidate !== cell);
          return bestOf([cell, ...others.slice(0, lookups - 1)], lookupsOf(cell));
        });
      };
    },
  });
  return [method('nao', 0), method('nao-best-of-10', CANDIDATES)];
}

/** The model, fitted to the validation accuracies of the cells that it may learn from. */
async function trainNao(
  { table, train, seed, device, progress }: BenchmarkTask,
  updates: number,
): Promise<NaoLearner> {
  const learner = await NaoLearner.open(await device(), LAYOUT, { ...NAO_SETTINGS, seed });
  const accuracies = ranks(Array.from(train, (cell) => table.validation12[cell]!));
  const pairs = Array.from(train, (cell, i) => ({
    tokens: tokensOf(LAYOUT, [toNatCell(cell)]),
    accuracy: accuracies[i]!,
  }));
  for (let update = 0; update < updates; update++) {
    learner.update(pairs, update);
    // so that the user is heard, and no more is queued than the device can take
    if ((update + 1) % REPORTED === 0) await learner.takeMetrics();
    progress(update + 1, updates);
  }
  return learner;
}
