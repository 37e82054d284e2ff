// A small experiment for the program itself, and what must be equal of it however it was run.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const CELL = [['sep_conv_3x3', 0, 2], ['max_pool_3x3', 1, 2]]; // prettier-ignore
/** A search, its transformations, three trainings. */
export const PROGRAM_GRID = {
  name: 'faults',
  seeds: [1],
  search: { preset: 'quick', channels: 2, nodes: 1, batch: 8, epochs: 10, maxSteps: 3, logEvery: 1 },
  derive: { candidates: 2, selectImages: 64, testImages: 64 },
  train: { cells: { channels: 2, layers: 3, batch: 16, epochs: 8, maxSteps: 3, logEvery: 1, evalEvery: 8 } },
  methods: ['/', { name: 'NAT', policy: 'gcn' }, { name: 'chance', policy: 'random' }],
  architectures: [
    { genotype: { name: 'one', normal: CELL, normal_concat: [2], reduce: CELL, reduce_concat: [2] } },
  ],
};

/** How many jobs that is. */
export const PROGRAM_JOBS = 5;

/** Path -> bytes of what equal experiments share: all but times, machines and interruptions. */
export function resultsOf(dir: string): Record<string, string> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const shared = paths.filter(
    (path) => /\.\w+$/.test(path) && !/timing|engine\.json|environment|checkpoint|lock\.json/.test(path),
  );
  return Object.fromEntries(shared.map((path) => [path, readFileSync(join(dir, path)).toString('base64')]));
}
