// Whole searches, small: the same seed gives the same bytes, an interrupted run ends like an uninterrupted one, a
// steady loop creates nothing, and w learns.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { QUICK } from '../src/search/config.ts';
import { testEngine } from './support/device.ts';
import { fileOf, runSmall, textOf, TINY } from './support/search_run.ts';

/** What equal runs must share byte for byte. */
const SAME = ['metrics.jsonl', 'result.json', 'weights.safetensors', 'policy.safetensors'];

test(`two searches with one seed give the same bytes, another seed others (seeds ${TINY.seed}, 8)`, async () => {
  const engine = await testEngine();
  const [first, second] = [await runSmall(engine, TINY), await runSmall(engine, TINY)];
  for (const name of SAME) assert.equal(fileOf(first, name), fileOf(second, name), name);
  const other = await runSmall(engine, { ...TINY, seed: 8 });
  assert.is.not(textOf(first, 'metrics.jsonl'), textOf(other, 'metrics.jsonl'));
});

test(`interrupted anywhere and resumed, a search ends with the same bytes (seed ${TINY.seed})`, async () => {
  const engine = await testEngine();
  const whole = await runSmall(engine, TINY);
  for (const stopAfter of [1, 2, 4, 7]) {
    const stopped = await runSmall(engine, TINY, { stopAfter });
    assert.is(stopped.result, null);
    const resumed = await runSmall(engine, TINY, { files: stopped.files });
    assert.equal(resumed.result, whole.result);
    for (const name of SAME)
      assert.equal(fileOf(resumed, name), fileOf(whole, name), `${name}, ${stopAfter} steps`);
  }
});

test('a resumed search that is finished says so without running', async () => {
  const engine = await testEngine();
  const config = { ...TINY, epochs: 1, maxSteps: 1 };
  const run = await runSmall(engine, config);
  const { submits } = engine.counters;
  const again = await runSmall(engine, config, { files: run.files });
  assert.equal(again.result, run.result);
  assert.is(engine.counters.submits, submits);
});

test('in the steady state a step creates nothing, and reads back probabilities only (seed 7)', async () => {
  const engine = await testEngine();
  const run = await runSmall(engine, { ...TINY, epochs: 30, maxSteps: 2 });
  const report = JSON.parse(textOf(run, 'engine.json'));
  assert.ok(report.steps.after_warmup >= 10, `only ${report.steps.after_warmup} steps had no new piece`);
  assert.equal(report.created_after_warmup, { buffers: 0, bindGroups: 0, pipelines: 0, shaderModules: 0 });
  // 2 cells of 2 nodes: 8 edges, 3 actions, 4 bytes
  assert.equal(report.readback_bytes_per_step, { weights: 0, policy: 8 * 3 * 4 });
  assert.is(report.steps.weights, 60);
});

test('the plan knows the memory before the run', async () => {
  const engine = await testEngine();
  const before = engine.counters.bufferBytes;
  const run = await runSmall(engine, { ...TINY, epochs: 1, maxSteps: 1 });
  const { planned_bytes } = JSON.parse(textOf(run, 'engine.json'));
  assert.ok(engine.counters.bufferBytes - before <= planned_bytes * 1.01 + 2 ** 20);
});

test('the supernet learns: accuracy well above chance in 5 epochs on the sample (seed 1234)', async () => {
  const engine = await testEngine();
  const config = { ...QUICK, epochs: 5, logEvery: 100, maxSteps: 0 };
  const run = await runSmall(engine, { ...config, channels: 8, nodes: 2 });
  const rows = textOf(run, 'metrics.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((row) => row.phase === 'weights');
  assert.ok(rows.at(-1).accuracy > 0.2, `accuracy ${rows.at(-1).accuracy} in the last epoch, chance is 0.1`);
  assert.ok(rows.at(-1).loss < rows[0].loss);
});

test.run();
