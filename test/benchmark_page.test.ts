// The benchmark in a page: the table is fetched from beside the bundle, and the results are those of Node, byte for byte.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runBenchmark } from '../src/benchmark/run.ts';
import { UNTRAINED_METHODS } from '../src/benchmark/untrained_methods.ts';
import { readBenchmarkTable } from './support/benchmark.ts';
import { withBrowser } from './support/browser.ts';

const IN_PAGE = `(async () => {
  const nat = await import('./browser.js');
  const table = await nat.loadBenchmarkTable(await nat.hostPlatform());
  const observer = { progress: () => {}, interrupted: () => false };
  return JSON.stringify(
    await nat.runBenchmark({ table, methods: nat.UNTRAINED_METHODS, seeds: [1, 2], observer }),
  );
})()`;

test('benchmark page: the results of Node (seeds 1, 2)', () =>
  withBrowser(async ({ page, complaints }) => {
    const observer = { progress: () => {}, interrupted: () => false };
    const here = await runBenchmark({
      table: readBenchmarkTable(),
      methods: UNTRAINED_METHODS,
      seeds: [1, 2],
      observer,
    });
    assert.is(await page.evaluate(IN_PAGE), JSON.stringify(here));
    assert.equal(complaints, []);
  }));

test.run();
