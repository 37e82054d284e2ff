// Benchmark results made by hand.
import type { Measurement } from '../../bench/measure/measure.ts';
import { summarize } from '../../bench/measure/statistics.ts';
import { type BenchResult, FORMAT, type Row, rowOf } from '../../bench/report/result.ts';

/** Rates that are easy to divide by. */
export const LIMITS = {
  fma: { rate: 100, how: 'fma', tried: { fma: 100 } },
  copy: { rate: 10, how: 'copy', tried: { copy: 10 } },
  matmul: { rate: 50, how: 'tiles', tried: { tiles: 50 } },
};

/** A kernel that takes `ms`, give or take `mad`. */
export function row(
  name: string,
  ms: number,
  mad: number,
  work: Partial<Pick<Measurement, 'madds' | 'bytes' | 'gpu'>> = {},
): Row {
  const measured: Measurement = {
    madds: 0,
    bytes: 1e6,
    coldMs: 100,
    iterations: 1,
    wall: { ...summarize([ms]), mad },
    gpu: null,
    gpuShare: null,
    dispatches: 1,
    ...work,
  };
  return rowOf({ name, group: 'kernels', shape: '4x20x32x32' }, measured, 'llvmpipe', LIMITS);
}

export const resultWith = (benchmarks: readonly Row[]): BenchResult => ({
  format: FORMAT,
  date: '2030-01-02T03:04:05.000Z',
  adapter: {
    kind: 'llvmpipe',
    name: 'An <adapter> & more',
    vendor: 'v',
    architecture: 'a',
    description: 'd',
  },
  runtime: 'node 20',
  versions: { 'nat-webgpu': '0' },
  plan: { seconds: 1, samples: 3 },
  limits: LIMITS,
  benchmarks,
});
