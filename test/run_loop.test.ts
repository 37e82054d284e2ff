// The loop of every run, with steps that only count: what it logs and reports, that an interruption anywhere and a
// resumption leave the same bytes, how checkpoints are spaced, and what an adapter that is too small makes of it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Counters } from '../runtime/engine/engine.ts';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { LimitError, RunError, UserError } from '../runtime/errors.ts';
import type { MetricsRow, RunProgress } from '../src/run/observer.ts';
import { type RunPlan, runIntoFolder, withSizeAdvice } from '../src/run/run.ts';
import { memoryFiles, type MemoryFiles } from './support/memory_files.ts';

const RUN = 'run';
const EPOCHS = 3;
const IMAGES = 7;

interface Result {
  readonly sum: number;
  readonly tested: number;
}

/** An engine of counters alone. */
function countingEngine() {
  const counters = {
    buffers: 0,
    bindGroups: 0,
    pipelines: 0,
    shaderModules: 0,
    dispatches: 0,
    readbackBytes: 0,
    bufferBytes: 64,
  } as unknown as { -readonly [K in keyof Counters]: Counters[K] };
  return { counters, engine: { counters } as unknown as GpuEngine };
}

/** Two phases, 'add' and 'scale', whose state depends on the order of all steps, and an evaluation every second epoch. */
function countingRun(counters: ReturnType<typeof countingEngine>['counters']): RunPlan<Result> {
  const latest = { sum: 1, tested: 0 };
  const phase = (name: string, steps: number, change: (sum: number, step: number) => number) => ({
    name,
    steps,
    begin: (epoch: number) => ({
      step(step: number) {
        latest.sum = change(latest.sum, epoch * steps + step);
        counters.dispatches += name === 'add' ? 2 : 5;
        // the first epoch records, later ones replay
        if (epoch === 0) counters.bindGroups++;
        return { warmUp: epoch === 0 };
      },
      metrics: async () => ({ sum: latest.sum }),
    }),
  });
  return {
    needs: { bytes: 64, pipelines: 3 },
    config: { epochs: EPOCHS },
    open: async () => ({
      epochs: EPOCHS,
      logEvery: 2,
      phases: [
        phase('add', 3, (sum, step) => sum + step),
        phase('scale', 2, (sum, step) => (sum * (step + 2)) % 1009),
      ],
      evaluation: {
        name: 'test',
        steps: IMAGES,
        due: (epoch) => epoch % 2 === 0,
        async run(_, { begin, end, progress, stop }) {
          for (let done = 1; done <= IMAGES; done++) {
            begin();
            counters.dispatches++;
            end();
            progress(done, IMAGES);
            if (stop()) return null;
          }
          latest.tested = latest.sum;
          return { tested: latest.tested };
        },
      },
      state: {},
      latest,
      outcome: async () => ({ weights: {}, result: { ...latest } }),
    }),
  };
}

/** Runs until `stopAfter` reports of progress. Every look at the clock takes `tick` ms. */
async function run(files: MemoryFiles, { stopAfter = Infinity, tick = 0, resume = false } = {}) {
  const { counters, engine } = countingEngine();
  const told: RunProgress[] = [];
  const rows: MetricsRow[] = [];
  let now = 0;
  const result = await runIntoFolder(
    engine,
    {
      files,
      dir: RUN,
      resume,
      environment: {},
      observer: {
        progress: (progress) => told.push(progress),
        metrics: (row) => rows.push(row),
        now: () => (now += tick),
        interrupted: () => told.length >= stopAfter,
      },
    },
    '--channels',
    () => countingRun(counters),
  );
  return { result, told, rows };
}

const textOf = (files: MemoryFiles, name: string): string =>
  new TextDecoder().decode(files.contents.get(`${RUN}/${name}`)!);

/** 5 steps in each of 3 epochs, 7 images in two of them. */
const REPORTS = EPOCHS * 5 + 2 * IMAGES;

test('run loop: phases in order, rows at every second step and at the last, an evaluation when it is due', async () => {
  const files = memoryFiles();
  const { told, rows } = await run(files);
  assert.is(told.length, REPORTS);
  // 3 and 2 steps in each of 3 epochs, 7 images in the first and in the last
  const ahead = (add: number, scale: number, tests: number) => [
    { phase: 'add', steps: add },
    { phase: 'scale', steps: scale },
    { phase: 'test', steps: tests },
  ];
  assert.equal(told[3], {
    ...{ label: 'epoch 1/3 scale', done: 1, total: 2, latest: rows[1] },
    ahead: ahead(6, 5, 14),
  });
  assert.equal(told[5], {
    ...{ label: 'epoch 1/3 test', done: 1, total: IMAGES, latest: rows[2] },
    ahead: ahead(6, 4, 13),
  });
  assert.equal(told.at(-1)!.ahead, ahead(0, 0, 0));
  assert.equal(
    rows.map(({ epoch, phase, step }) => [epoch, phase, step]),
    [0, 1, 2].flatMap((epoch) => [
      [epoch, 'add', 2],
      [epoch, 'add', 3],
      [epoch, 'scale', 2],
      ...(epoch % 2 === 0 ? [[epoch, 'test', undefined]] : []),
    ]),
  );
  const lines = textOf(files, 'metrics.jsonl').trim().split('\n');
  assert.equal(
    lines.map((line) => JSON.parse(line)),
    rows,
  );
});

test('run loop: engine.json has every phase by name, and what was created after the warm-up', async () => {
  const files = memoryFiles();
  await run(files, { tick: 1 });
  const { host_ms_per_step: _, compile_ms: __, ...report } = JSON.parse(textOf(files, 'engine.json'));
  assert.equal(report, {
    steps: { add: 9, scale: 6, test: 14 },
    // but for the 5 steps of the first epoch
    steps_after_warmup: 24,
    dispatches_per_step: { add: 2, scale: 5, test: 1 },
    created_after_warmup: { buffers: 0, bindGroups: 0, pipelines: 0, shaderModules: 0 },
    readback_bytes_per_step: { add: 0, scale: 0, test: 0 },
    planned_bytes: 64,
    peak_bytes: 64,
    pipelines: 0,
  });
});

test('run loop: interrupted after any report and resumed, it leaves the same bytes', async () => {
  const whole = memoryFiles();
  const { result } = await run(whole);
  assert.ok(result!.sum > 0);
  for (let stopAfter = 1; stopAfter < REPORTS; stopAfter++) {
    const files = memoryFiles();
    const stopped = await run(files, { stopAfter });
    assert.is(stopped.result, null);
    assert.is(stopped.told.length, stopAfter);
    const resumed = await run(files, { resume: true });
    assert.equal(resumed.result, result);
    for (const name of ['metrics.jsonl', 'result.json', 'config.json']) {
      assert.is(textOf(files, name), textOf(whole, name), `${name}, stopped after ${stopAfter}`);
    }
    // an evaluation is done again as a whole, nothing else is
    const again = stopped.told.at(-1)!;
    const repeated = again.label.endsWith('test') ? again.done : 0;
    assert.is(stopped.told.length + resumed.told.length, REPORTS + repeated);
    assert.is((await run(files, { resume: true })).told.length, 0);
  }
});

test('run loop: a checkpoint a minute, and one after every epoch', async () => {
  const saved = async (tick: number): Promise<number> => {
    const files = memoryFiles();
    let count = 0;
    const write = files.writeAtomic.bind(files);
    files.writeAtomic = (path, data) => {
      if (path.endsWith('checkpoint.safetensors')) count++;
      return write(path, data);
    };
    await run(files, { tick });
    return count;
  };
  assert.is(await saved(0), EPOCHS);
  assert.is(await saved(60_001), EPOCHS + EPOCHS * 5);
});

test('an adapter that is too small: the advice names options, other errors stay as they are', async () => {
  const failing = (error: Error) =>
    withSizeAdvice('--channels or --layers', () => Promise.reject(error)).then(String, String);
  const why = "'images' needs 5 bytes, but the adapter allows 4 in one buffer";
  const advice = async (label: string) => (await failing(new LimitError(why, label))).split('; ')[1];
  assert.is(
    await failing(new LimitError(why, 'images')),
    `UserError: ${why}; use a smaller --batch or --channels`,
  );
  // a smaller batch does not help where weights, or what is laid out like them, are too large
  for (const label of ['supernet weights', 'weights velocity', 'parts of weight gradients']) {
    assert.is(await advice(label), 'use a smaller --channels or --layers', label);
  }
  assert.is(await failing(new UserError('--batch: got 0')), 'UserError: --batch: got 0');
  assert.is(await failing(new RunError('lost')), 'RunError: lost');
});

test.run();
