// The methods that learn nothing: what a learned policy has to be better than, and what nothing can be better than.
import type { Rng } from '../core/rng.ts';
import { type BenchmarkMethod, type BenchmarkTask, cellByCell, type Lookups } from './method.ts';
import { bestTransformations, drawTransformation, neighboursOf } from './transformations.ts';

/** Candidates of section 3.4 of the paper, and the look-ups of every search on a cell. */
export const CANDIDATES = 10;

/** Of regularized evolution: of eight settings tried, all within 0.25 points, those that gain most. */
const POPULATION = 5;
const TOURNAMENT = 5;

type Choose = (cell: number, lookups: Lookups, rng: Rng) => number;

function untrained(name: string, lookups: number, choose: Choose): BenchmarkMethod {
  const prepare = ({ seed }: BenchmarkTask) => cellByCell(seed, choose);
  return { name, adjacency: null, baseline: null, lookups, prepare };
}

/** Chooses by looking at a whole column of the table. */
function allKnowing(name: string, column: 'validation12' | 'test200'): BenchmarkMethod {
  return {
    name,
    adjacency: null,
    baseline: null,
    lookups: 0,
    prepare({ table }) {
      const best = bestTransformations(table[column]);
      return (cells) => cells.map((cell) => best[cell]!);
    },
  };
}

/** The best of some candidates by validation accuracy; among equals the first. */
export const bestOf = (candidates: readonly number[], lookups: Lookups): number =>
  candidates.reduce((best, candidate) =>
    lookups.validation(candidate) > lookups.validation(best) ? candidate : best,
  );

/** As many draws as there are look-ups, with repetition. */
const bestOfDraws: Choose = (cell, lookups, rng) =>
  bestOf(
    Array.from({ length: CANDIDATES }, () => drawTransformation(cell, rng)),
    lookups,
  );

/** A neighbour of `from` that was not looked up yet, all equally probable; undefined where there is none. */
function freshNeighbour(cell: number, from: number, lookups: Lookups, rng: Rng): number | undefined {
  const fresh = neighboursOf(cell, from).filter((neighbour) => !lookups.known(neighbour));
  return fresh.length > 0 ? fresh[rng.int(fresh.length)] : undefined;
}

/**
 * Starts at the cell itself, looks at neighbours in random order and goes to the first that is better. Where none is, it
 * goes on from a draw.
 */
const localSearch: Choose = (cell, lookups, rng) => {
  let best = cell;
  let current = cell;
  while (lookups.left() > 0) {
    const next = freshNeighbour(cell, current, lookups, rng);
    current = next === undefined ? drawTransformation(cell, rng) : bestOf([current, next], lookups);
    best = bestOf([best, current], lookups);
  }
  return best;
};

/**
 * Regularized evolution (Real et al., AAAI 2019): the cell itself and draws are the first population; the best of a
 * tournament is changed on one edge, and its child takes the place of the oldest.
 */
const evolution: Choose = (cell, lookups, rng) => {
  const population = [cell];
  while (population.length < POPULATION) population.push(drawTransformation(cell, rng));
  let best = bestOf(population, lookups);
  while (lookups.left() > 0) {
    const tournament = Array.from({ length: TOURNAMENT }, () => population[rng.int(POPULATION)]!);
    const parent = bestOf(tournament, lookups);
    const child = freshNeighbour(cell, parent, lookups, rng) ?? drawTransformation(cell, rng);
    population.shift();
    population.push(child);
    best = bestOf([best, child], lookups);
  }
  return best;
};

/** Methods that learn nothing: the cell as it is, random transformations, and searches by look-ups. */
export const UNTRAINED_METHODS: readonly BenchmarkMethod[] = [
  untrained('unchanged', 0, (cell) => cell),
  untrained('random', 0, (cell, _, rng) => drawTransformation(cell, rng)),
  untrained('random-best-of-10', CANDIDATES, bestOfDraws),
  untrained('local-search', CANDIDATES, localSearch),
  untrained('evolution', CANDIDATES, evolution),
  allKnowing('exhaustive', 'validation12'),
  allKnowing('oracle', 'test200'),
];
