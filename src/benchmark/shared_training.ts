// What several methods have in common is trained once a seed.
import type { BenchmarkTask } from './method.ts';

/** Trains once for all methods that ask for the same table and seed in succession. */
export function oncePerSeed<T>(
  train: (task: BenchmarkTask) => Promise<T>,
): (task: BenchmarkTask) => Promise<T> {
  let last: { readonly table: object; readonly seed: number; readonly trained: Promise<T> } | null = null;
  return async (task) => {
    const { table, seed } = task;
    if (last?.table !== table || last.seed !== seed) last = { table, seed, trained: train(task) };
    try {
      return await last.trained;
    } catch (error) {
      last = null;
      throw error;
    }
  };
}
