// NAO on the benchmark: its model learns validation accuracies of the cells that it may learn from; a cell then climbs,
// and what it decodes to on the way are the candidates. They may be any cells: NAO knows nothing of NAT's moves.
import type { Device } from '../../runtime/engine/engine.ts';
import { NAO_DEFAULTS, type NaoConfig, NaoLearner } from '../nao/learner.ts';
import { ranks } from '../nao/normalise.ts';
import { tokenLayout, tokensOf } from '../nao/tokens.ts';
import type { BenchmarkMethod, BenchmarkTask, Lookups } from './method.ts';
import { fromNatCell, OPERATION_PRIMITIVES, toNatCell } from './space.ts';

/** A cell is its six operations: all cells have the same graph, and two edges of it never change. */
const LAYOUT = tokenLayout({
  primitives: OPERATION_PRIMITIVES,
  nodes: 4,
  cells: 1,
  sources: 'unsaid',
  fixed: [1, 6],
});

/** Updates of the model: about a minute on a software adapter. */
const UPDATES = 1500;

/** Look-ups of every search on a cell. */
const CANDIDATES = 10;

/** What NAO is on the benchmark. */
export const NAO_SETTINGS: Omit<NaoConfig, 'seed'> = { ...NAO_DEFAULTS, together: 512 };

/** NAO with one choice by its own prediction, and with as many look-ups as the searches have. */
export function naoMethods(device: Device, updates = UPDATES): readonly BenchmarkMethod[] {
  const method = (name: string, lookups: number): BenchmarkMethod => ({
    name,
    adjacency: null,
    baseline: null,
    lookups,
    anyCell: true,
    async prepare(task) {
      const learner = await trainNao(device, task, updates);
      return async (cells, lookupsOf) => {
        const candidates = await candidatesOf(learner, cells);
        return cells.map((cell, i) => choose(candidates[i]!, lookups > 0 ? lookupsOf(cell) : null));
      };
    },
  });
  return [method('nao', 0), method('nao-best-of-10', CANDIDATES)];
}

/** The model, fitted to the validation accuracies of the cells that it may learn from. */
async function trainNao(
  device: Device,
  { table, train, seed }: BenchmarkTask,
  updates: number,
): Promise<NaoLearner> {
  const learner = await NaoLearner.open(device, LAYOUT, { ...NAO_SETTINGS, seed });
  const accuracies = ranks(Array.from(train, (cell) => table.validation12[cell]!));
  const pairs = Array.from(train, (cell, i) => ({
    tokens: tokensOf(LAYOUT, [toNatCell(cell)]),
    accuracy: accuracies[i]!,
  }));
  for (let update = 0; update < updates; update++) learner.update(pairs, update);
  return learner;
}

/** For each cell itself and what it came to, the highest prediction first. */
async function candidatesOf(learner: NaoLearner, cells: Int32Array): Promise<number[][]> {
  const architectures = Array.from(cells, (cell) => [toNatCell(cell)]);
  const own = await learner.predict(architectures);
  const proposals = await learner.propose(architectures);
  return proposals.map((found, i) => {
    const all = [{ cells: architectures[i]!, predicted: own[i]! }, ...found];
    return all.sort((a, b) => b.predicted - a.predicted).map(({ cells: [cell] }) => fromNatCell(cell!));
  });
}

/** The first candidate; where validation accuracies may be looked up, the best of as many as may be. */
function choose(candidates: readonly number[], lookups: Lookups | null): number {
  if (!lookups) return candidates[0]!;
  return candidates
    .slice(0, lookups.left())
    .reduce((best, candidate) =>
      lookups.validation(candidate) > lookups.validation(best) ? candidate : best,
    );
}
