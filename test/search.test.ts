// Whole searches, small: the same seed gives the same bytes, an interrupted run ends like an uninterrupted one, a
// steady loop creates nothing, and w learns.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RunError, UserError } from '../runtime/errors.ts';
import { PAPER, QUICK } from '../src/search/config.ts';
import { planSearch, SearchSession } from '../src/search/session.ts';
import { openTestDevice, testEngine } from './support/device.ts';
import { fileOf, runSmall, sample, textOf, TINY } from './support/search_run.ts';

async function rejects(promise: Promise<unknown>, kind: new (message: string) => Error, message: RegExp) {
  try {
    await promise;
  } catch (error) {
    assert.instance(error, kind);
    assert.match((error as Error).message, message);
    return;
  }
  assert.unreachable('it was expected to fail');
}

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
  assert.ok(report.steps_after_warmup >= 10, `only ${report.steps_after_warmup} steps had no new piece`);
  assert.equal(report.created_after_warmup, { buffers: 0, bindGroups: 0, pipelines: 0, shaderModules: 0 });
  // Only policy steps read back: 2 cells of 2 nodes, so 8 edges, 3 actions, 4 bytes each.
  assert.equal(report.readback_bytes_per_step, { weights: 0, policy: 8 * 3 * 4 });
  assert.equal(report.steps, { weights: 60, policy: 60 });
});

test('the plan knows the memory and all pipelines before the run', async () => {
  const { engine } = await openTestDevice();
  const run = await runSmall(engine, { ...TINY, epochs: 2 });
  const { planned_bytes, peak_bytes, pipelines } = JSON.parse(textOf(run, 'engine.json'));
  const plan = planSearch(engine, TINY, sample.train.labels.length);
  assert.is(pipelines, plan.pipelines.length);
  engine.destroy();
  assert.ok(peak_bytes <= planned_bytes, `used ${peak_bytes} bytes, planned ${planned_bytes}`);
  assert.ok(peak_bytes > planned_bytes / 2, `used ${peak_bytes} bytes, planned ${planned_bytes}`);
});

test('the plan knows the kernels of the first step (seed 7)', async () => {
  const engine = await testEngine();
  const plan = planSearch(engine, TINY, sample.train.labels.length);
  const session = await SearchSession.open(engine, plan, sample.train, () => 0);
  const kernels = new Set<string>();
  const submit = engine.submit.bind(engine);
  const began = plan.draft.initialise.commands.flat().map(({ kernel }) => kernel);
  engine.submit = (...lists) => {
    for (const { kernel } of lists.flat()) if (kernel !== 'clear') kernels.add(kernel);
    submit(...lists);
  };
  session.weightsStep(
    Int32Array.from({ length: TINY.batch }, (_, i) => i),
    0,
    0.01,
  );
  engine.submit = submit;
  const first = new Set([...plan.first!].map(({ kernel }) => kernel));
  assert.equal([...first].toSorted(), [...new Set([...kernels, ...began])].toSorted());
});

test('training that diverges ends with one clear line, and the checkpoint before it stays', async () => {
  const engine = await testEngine();
  const config = { ...TINY, lr: 1e38, lrMin: 1e38, epochs: 1 };
  await rejects(runSmall(engine, config), RunError, /training diverged.*--lr/);
});

test('a device lost in the middle of a search ends with one clear line', async () => {
  const { device, engine } = await openTestDevice();
  await rejects(
    runSmall(engine, TINY, { onStep: (step) => step === 2 && device.destroy() }),
    RunError,
    /device was lost/,
  );
});

test('settings that do not fit are refused before anything is allocated, with what to change', async () => {
  const engine = await testEngine();
  const { buffers } = engine.counters;
  const huge = { ...TINY, batch: 200, channels: 4096, layers: 2 };
  await rejects(
    runSmall(engine, huge),
    UserError,
    /needs \d+ bytes.*use a smaller --channels, --layers or --nodes$/,
  );
  await rejects(runSmall(engine, { ...TINY, batch: 500 }), UserError, /--batch: got 500/);
  assert.is(engine.counters.buffers, buffers);
});

test('a full-size step: the paper preset at batch 2, and its planned memory at batch 64', async () => {
  const engine = await testEngine();
  const config = { ...PAPER, batch: 2, epochs: 1, maxSteps: 1 };
  const run = await runSmall(engine, config);
  assert.is(run.result?.steps.weights, 1);
  assert.is(run.result?.parameters.weights, 5_997_350);
  const { bytes } = planSearch(engine, PAPER, 50_000);
  console.log(`paper preset, batch 64: ${(bytes / 2 ** 20).toFixed(0)} MiB planned`);
  assert.ok(bytes > 2 ** 29 && bytes < 2 ** 31);
});

test('the supernet learns: accuracy well above chance after a few epochs on the sample (seed 1234)', async () => {
  const engine = await testEngine();
  // 28 steps of w in an epoch; theta trains on what is left of the sample.
  const config = { ...QUICK, nodes: 2, epochs: 7, samples: 2, trainFraction: 0.9, logEvery: 1000 };
  const run = await runSmall(engine, config);
  const rows = textOf(run, 'metrics.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((row) => row.phase === 'weights');
  const [first, last] = [rows[0], rows.at(-1)];
  // Over 896 images the accuracy of guessing is 0.1 with a deviation of 0.01.
  assert.ok(last.accuracy > 0.16, `accuracy ${last.accuracy} in the last epoch, chance is 0.1`);
  assert.ok(last.loss < first.loss, `loss ${first.loss} in the first epoch, ${last.loss} in the last`);
});

test.run();
