// Repeats a measurement with Benchmark.js: one of its deferred cycles is one sample. A sample enqueues many iterations
// and waits for the GPU once, so Benchmark.js, which would wait for each, is kept from adding iterations of its own.
import Benchmark from 'benchmark';

export interface SamplingPlan {
  /** At least this many samples, also where they take longer than `seconds`. */
  readonly samples: number;
  readonly seconds: number;
}

/** Milliseconds of every run of `work`. Rejects with what `work` rejects with. */
export function sampleTimes(work: () => Promise<void>, plan: SamplingPlan): Promise<number[]> {
  return new Promise((resolve, reject) => {
    let failed = false;
    const benchmark = new Benchmark({
      defer: true,
      fn: (deferred: Benchmark.Deferred) => {
        work().then(
          () => deferred.resolve(),
          (error: unknown) => {
            failed = true;
            reject(error);
            benchmark.abort();
          },
        );
      },
      minSamples: plan.samples,
      maxTime: plan.seconds,
      // shorter than any sample: no cycle runs `work` twice
      minTime: 1e-9,
    });
    benchmark.on('complete', () => {
      if (!failed) resolve(benchmark.stats.sample.map((seconds: number) => 1000 * seconds));
    });
    benchmark.run();
  });
}
