// How a workload is measured: cold once, then warm in samples of many iterations and one wait, by the wall clock and,
// where the adapter has timestamp queries, by the GPU's own clock.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Prepared, Work, Workload } from '../workloads/workload.ts';
import { sampleTimes } from './sampler.ts';
import { median, type Summary, summarize } from './statistics.ts';

export interface Measurement extends Work {
  /** Milliseconds from nothing recorded or compiled to the end of the first iteration. */
  readonly coldMs: number;
  /** Iterations in a sample. */
  readonly iterations: number;
  /** By the wall clock: milliseconds an iteration. */
  readonly wall: Summary;
  /** By timestamp queries, in samples of their own; null without the feature. */
  readonly gpu: Summary | null;
  /** GPU time over wall time, both of the same samples. */
  readonly gpuShare: number | null;
  /** Dispatches an iteration. */
  readonly dispatches: number;
}

export interface MeasurePlan {
  /** Time for the samples of one workload. */
  readonly seconds: number;
  readonly samples: number;
}

const MS_A_SAMPLE = 50;
const MOST_ITERATIONS = 4096;
const TIMED_SAMPLES = 3;

/** Measures a workload on an engine on which nothing has run yet. */
export async function measure(
  engine: Device,
  workload: Pick<Workload, 'prepare'>,
  plan: MeasurePlan,
): Promise<Measurement> {
  const began = performance.now();
  const { work, enqueue, round = 1 } = await workload.prepare(engine);
  const run = (count: number): Promise<number> => timeOf(engine, enqueue, count);
  await run(1);
  const coldMs = performance.now() - began;

  // the first round still records what later ones replay
  await run(round);
  const { dispatches: before } = engine.counters;
  let ms = await run(round);
  const dispatches = (engine.counters.dispatches - before) / round;
  let rounds = 1;
  // in two steps: few iterations also wait for the GPU to wake
  for (let i = 0; i < 2 && ms < MS_A_SAMPLE / 2; i++) {
    rounds = Math.min(Math.round((rounds * MS_A_SAMPLE) / ms), Math.ceil(MOST_ITERATIONS / round));
    ms = await run(rounds * round);
  }
  const iterations = rounds * round;

  const times = await sampleTimes(async () => void (await run(iterations)), plan);
  const wall = summarize(times.map((ms) => ms / iterations));
  const timed = await timeOnGpu(engine, run, iterations);
  return { ...work, coldMs, iterations, wall, ...timed, dispatches };
}

/** Milliseconds from enqueueing so many iterations to the end of the last one. */
export async function timeOf(engine: Device, enqueue: Prepared['enqueue'], count: number): Promise<number> {
  const began = performance.now();
  await enqueue(count);
  await engine.idle();
  return performance.now() - began;
}

async function timeOnGpu(
  engine: Device,
  run: (count: number) => Promise<number>,
  iterations: number,
): Promise<Pick<Measurement, 'gpu' | 'gpuShare'>> {
  const times: number[] = [];
  const shares: number[] = [];
  for (let i = 0; i < TIMED_SAMPLES; i++) {
    let wall = 0;
    const spans = await engine.gpuSpans(async () => {
      wall = await run(iterations);
    });
    if (spans === null) return { gpu: null, gpuShare: null };
    // the gaps between submissions left out
    const gpu = spans.reduce((sum, { begin, end }) => sum + end - begin, 0);
    times.push(gpu / iterations);
    shares.push(gpu / wall);
  }
  return { gpu: summarize(times), gpuShare: median(shares) };
}
