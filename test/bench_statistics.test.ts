// Medians, spreads, the noise criterion, and what the comparison of two results makes of them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exceedsNoise, noise, quantile, summarize } from '../bench/measure/statistics.ts';
import { sampleTimes } from '../bench/measure/sampler.ts';
import { compareResults, formatComparison } from '../bench/report/compare.ts';
import { UserError } from '../runtime/errors.ts';
import { formatResult, parseResult } from '../bench/report/result.ts';
import { resultWith, row } from './support/bench_result.ts';

test('quantiles interpolate between neighbours, in whatever order the values come', () => {
  assert.is(quantile([3, 1, 2], 0.5), 2);
  assert.is(quantile([4, 1, 3, 2], 0.5), 2.5);
  assert.is(quantile([10, 20, 30, 40, 50], 0.25), 20);
  assert.is(quantile([0, 10], 0.9), 9);
  assert.is(quantile([7], 0.25), 7);
});

test('a summary has the median, the quartiles and the median absolute deviation', () => {
  // deviations from 5 are 4, 3, 0, 1, 95: their median is 3, whatever the outlier
  assert.equal(summarize([1, 2, 5, 6, 100]), { median: 5, q1: 2, q3: 6, mad: 3, min: 1, samples: 5 });
});

test('noise is twice the deviation of a difference, and never less than 2%', () => {
  const at = (median: number, mad: number) => ({ ...summarize([median]), mad });
  // 2 * 1.4826 * hypot(3, 4)
  assert.ok(Math.abs(noise(at(100, 3), at(120, 4)) - 14.826) < 1e-9);
  assert.is(noise(at(100, 0), at(200, 0)), 2);
  assert.ok(exceedsNoise(at(100, 3), at(115, 4)));
  assert.not.ok(exceedsNoise(at(100, 3), at(114, 4)));
  assert.not.ok(exceedsNoise(at(100, 0), at(101.9, 0)));
});

test('Benchmark.js runs each sample once, and as often as asked', async () => {
  let runs = 0;
  const wait = () => new Promise<void>((resolve) => setTimeout(resolve, 3));
  const times = await sampleTimes(
    async () => {
      runs++;
      await wait();
    },
    { samples: 4, seconds: 0.001 },
  );
  assert.is(runs, times.length);
  assert.ok(times.length >= 4, `${times.length} samples`);
  // a timer may come a little early, never three times
  for (const ms of times) assert.ok(ms >= 2, `${ms} ms`);
});

test('what goes wrong in a sample reaches the caller', async () => {
  let runs = 0;
  const work = async () => {
    if (++runs === 3) throw new Error('the device was lost');
  };
  try {
    await sampleTimes(work, { samples: 10, seconds: 0.001 });
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'the device was lost');
  }
});

test('a comparison gives ratios, and says which differences exceed the noise', () => {
  const a = resultWith([row('conv', 10, 0.1), row('pool', 4, 1), row('gone', 1, 0), row('add', 2, 0)]);
  const b = resultWith([row('conv', 5, 0.1), row('pool', 5, 1), row('new', 1, 0), row('add', 3, 0)]);
  const { rows, onlyA, onlyB } = compareResults(a, b);
  assert.equal(
    rows.map(({ name, ratio, verdict }) => [name, ratio, verdict]),
    [
      ['conv', 0.5, 'faster'],
      ['pool', 1.25, 'within noise'],
      ['add', 1.5, 'slower'],
    ],
  );
  assert.equal([onlyA, onlyB], [['gone'], ['new']]);
  const text = formatComparison(a, b);
  assert.match(text, /^conv +10\.0 +5\.00 +0\.50 +\+-0\.04 +faster$/m);
  assert.match(text, /^1 faster, 1 slower, 1 within noise; geometric mean of B\/A 0\.98$/m);
  assert.match(text, /^only in A: gone$/m);
  assert.match(text, /^only in B: new$/m);
});

test('benchmarks of other sizes are not compared', () => {
  const a = resultWith([row('conv', 10, 0.1)]);
  const b = resultWith([{ ...row('conv', 10, 0.1), shape: '64x20x32x32' }]);
  assert.is(compareResults(a, b).rows.length, 0);
});

test('times on hardware are compared by the clock that their rates go by', () => {
  const onGpu = (ms: number) => ({ ...row('conv', 100, 0), clock: 'gpu' as const, gpu: summarize([ms]) });
  const [compared] = compareResults(resultWith([onGpu(2)]), resultWith([onGpu(1)])).rows;
  assert.equal([compared!.a, compared!.b, compared!.verdict], [2, 1, 'faster']);
});

test('a result that is written is read back', () => {
  const result = resultWith([row('conv', 10, 0.1), row('pool', 4, 1)]);
  assert.equal(parseResult(formatResult(result), 'x.json'), JSON.parse(JSON.stringify(result)));
});

test('what is no result is refused in one line that names the file', () => {
  const good = JSON.parse(formatResult(resultWith([row('conv', 10, 0.1)])));
  const bad: [string, RegExp][] = [
    ['{', /x\.json: not valid JSON/],
    ['[]', /x\.json: expected a JSON object/],
    ['{}', /x\.json: got format undefined, expected "nat-webgpu bench 1"/],
    [JSON.stringify({ ...good, benchmarks: {} }), /x\.json: 'benchmarks' is no list/],
    [JSON.stringify({ ...good, benchmarks: [null] }), /x\.json: benchmark 0 has no name or no times/],
    [
      JSON.stringify({ ...good, benchmarks: [{ name: 'a', wall: { median: 'fast' } }] }),
      /benchmark 0 has no name or no times/,
    ],
  ];
  for (const [text, message] of bad) {
    assert.throws(
      () => parseResult(text, 'x.json'),
      (error: unknown) =>
        error instanceof UserError && message.test(error.message) && !error.message.includes('\n'),
    );
  }
});

test.run();
