// The weight-sharing network as a run: the same bytes after interruptions in its training and in its judgement, cells
// that are judged as one by one, a steady state without new objects, and what the comparison with a table says.
// Seeds: 7, 8 (runs).
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { networkCosts } from '../src/benchmark/cost.ts';
import { CELL_COUNT, parseCell } from '../src/benchmark/space.ts';
import { SUPERNET_PRESETS, type SupernetRunConfig } from '../src/benchmark/supernet_config.ts';
import { judgeSupernet } from '../src/benchmark/supernet_judge.ts';
import { formatSupernetBenchmark } from '../src/benchmark/supernet_report.ts';
import { supernetIntoFolder, type SupernetRunResult } from '../src/benchmark/supernet_run.ts';
import { architectureOf, benchmarkSupernet } from '../src/benchmark/supernet_space.ts';
import { runSteps } from '../src/core/step.ts';
import { recordFeed } from '../src/data/feed.ts';
import { parseSafetensors } from '../src/io/safetensors.ts';
import { importParameters } from '../src/nn/weight_files.ts';
import { planRecording } from '../src/core/plan.ts';
import { recordSupernet } from '../src/supernet/setup.ts';
import { readBenchmarkTable } from './support/benchmark.ts';
import { testEngine } from './support/device.ts';
import { download } from './support/device_memory.ts';
import { memoryFiles, type MemoryFiles } from './support/memory_files.ts';
import { fileOf, RUN, sample, textOf } from './support/search_run.ts';

const engine = await testEngine();

const TINY: SupernetRunConfig = {
  ...SUPERNET_PRESETS.quick,
  ...{ channels: 4, stageCells: 1, batch: 8, epochs: 2, maxSteps: 5, logEvery: 4, seed: 7 },
  ...{ judgedCells: 22, judgedImages: 20 },
};

const SAME = ['config.json', 'metrics.jsonl', 'result.json', 'weights.safetensors'];

async function run(
  config: SupernetRunConfig,
  { stopAfter = Infinity, files }: { stopAfter?: number; files?: MemoryFiles } = {},
) {
  let steps = 0;
  const folder = files ?? memoryFiles();
  const result = await supernetIntoFolder(engine, {
    ...{ config, images: sample, files: folder, dir: RUN, resume: files !== undefined, environment: {} },
    observer: { progress: () => void steps++, now: () => 0, interrupted: () => steps >= stopAfter },
  });
  return { files: folder, result };
}

const whole = await run(TINY);

test('interrupted in training and in judgement, and resumed, a run ends with the same bytes (seed 7)', async () => {
  // 2 epochs of 5 steps, then 22 cells
  for (const stops of [[3, 3], [10], [13, 4]]) {
    let stopped = await run(TINY, { stopAfter: stops[0]! });
    for (const stopAfter of stops.slice(1)) {
      assert.is(stopped.result, null);
      stopped = await run(TINY, { stopAfter, files: stopped.files });
    }
    const resumed = await run(TINY, { files: stopped.files });
    assert.equal(resumed.result, whole.result);
    for (const name of SAME)
      assert.equal(fileOf(resumed, name), fileOf(whole, name), `${name}, stops ${stops}`);
  }
  const other = await run({ ...TINY, seed: 8 });
  assert.is.not(textOf(other, 'metrics.jsonl'), textOf(whole, 'metrics.jsonl'));
});

test('a finished run tells its result again without running', async () => {
  const { submits } = engine.counters;
  assert.equal((await run(TINY, { files: whole.files })).result, whole.result);
  assert.is(engine.counters.submits, submits);
});

test('its steps create nothing once all pieces are known, and read back counts only', async () => {
  const { result, files } = await run({ ...TINY, epochs: 12, maxSteps: 4 });
  const report = JSON.parse(textOf({ files }, 'engine.json'));
  assert.equal(report.created_after_warmup, { buffers: 0, bindGroups: 0, pipelines: 0, shaderModules: 0 });
  assert.ok(report.steps_after_warmup >= 10, `${report.steps_after_warmup} steps had no new piece`);
  assert.equal(report.readback_bytes_per_step, { train: 0, judge: 16 });
  assert.equal(report.steps, { train: 48, judge: 22 });
  assert.is(result!.steps, 48);
});

test('a judged cell is the cell of its name, on whole batches of the first test images', async () => {
  const { judged_images: images, cells } = whole.result!;
  assert.is(images, 16);
  assert.is(new Set(cells.map(({ architecture }) => architecture)).size, 22);
  const tensors = parseSafetensors(
    fileOf(whole, 'weights.safetensors') as Uint8Array<ArrayBuffer>,
    '',
  ).tensors;
  const build = (planned: Parameters<typeof recordSupernet>[0]) => {
    const parts = recordSupernet(planned, benchmarkSupernet(4, 1), 8);
    const shape = { images: sample.test.labels.length, batch: 8, imageSize: 32 };
    return { ...parts, feed: recordFeed(planned, shape, parts.memory.images, parts.memory.targets) };
  };
  const complete = ({ supernet }: ReturnType<typeof build>) => supernet.recordAll();
  const { model, memory, supernet, feed } = await planRecording(engine, build, { complete }).record(engine);
  importParameters(engine, model.weights, tensors, 'test');
  runSteps(engine, feed.load(sample.test));
  for (const { architecture, accuracy } of cells.slice(0, 5)) {
    let hits = 0;
    for (const first of [0, 8]) {
      const indices = Int32Array.from({ length: 8 }, (_, i) => first + i);
      const arch = architectureOf(parseCell(architecture, 'test'));
      runSteps(engine, feed.batch(indices, null), supernet.forward(arch, 'evaluation'));
      const logits = await download(engine, memory.logits);
      for (let n = 0; n < 8; n++) {
        const row = Array.from(logits.subarray(10 * n, 10 * n + 10));
        hits += Number(row.indexOf(Math.max(...row)) === sample.test.labels[first + n]);
      }
    }
    assert.is(accuracy, hits / 16, architecture);
  }
});

test('settings that do not fit are refused in one line', async () => {
  const cases: [Partial<SupernetRunConfig>, RegExp][] = [
    [{ lrMin: 1 }, /^--lr-min: got 1, expected at most --lr \(0\.025\)$/],
    [{ batch: 4000 }, /^--batch: got 4000, but there are 1000 training images and \d+ test images$/],
    [{ judgedImages: 7 }, /^--judged-images: got 7, expected at least a batch \(8\)$/],
    [{ judgedCells: CELL_COUNT + 1 }, /^--judged-cells: got 15626, expected /],
    [
      { channels: 20_000, batch: 64, judgedImages: 64 },
      /needs \d+ bytes.*use a smaller --channels or --stage-cells$/,
    ],
  ];
  for (const [change, message] of cases) {
    try {
      await run({ ...TINY, ...change });
      assert.unreachable('it was expected to fail');
    } catch (error) {
      assert.instance(error, UserError);
      assert.match((error as Error).message, message);
    }
  }
});

/** A run in which a cell's accuracy is what `accuracyOf` makes of its number. */
function runWith(accuracyOf: (cell: number) => number): SupernetRunResult {
  const cells = whole.result!.cells.map(({ architecture }) => {
    return { architecture, accuracy: accuracyOf(parseCell(architecture, 'test')) };
  });
  return { ...whole.result!, cells };
}

const QUIET = { progress: () => {}, interrupted: () => false };

test('the comparison: a perfect and a reversed ranking, costs, and twelve epochs of training', async () => {
  const table = readBenchmarkTable();
  const rowOf = async (result: SupernetRunResult, predictor: string, column: string) => {
    const { agreement } = await judgeSupernet(result, table, 1, QUIET);
    return agreement.find((row) => row.predictor === predictor && row.column === column)!;
  };
  const perfect = await rowOf(
    runWith((cell) => table.test200[cell]! / 100),
    'shared weights',
    'test200',
  );
  for (const part of ['kendall', 'spearman', 'kendall_best_half'] as const) {
    const { value, low, high } = perfect[part];
    for (const each of [value, low, high]) assert.ok(Math.abs(each! - 1) < 1e-9, part);
  }
  assert.is(perfect.top_tenth, 1);
  const reversed = await rowOf(
    runWith((cell) => -table.test200[cell]!),
    'shared weights',
    'test200',
  );
  assert.ok(Math.abs(reversed.kendall.value! + 1) < 1e-9);
  assert.is(reversed.top_tenth, 0);
  const constant = await rowOf(
    runWith(() => 0.1),
    'shared weights',
    'test12',
  );
  assert.equal(constant.kendall, { value: null, low: null, high: null });

  const costs = networkCosts();
  for (const [predictor, cost] of [
    ['parameters', 'params'],
    ['multiply-adds', 'madds'],
  ] as const) {
    // prettier-ignore
    const asAccuracy = await rowOf(runWith((cell) => costs[cell]![cost]), 'shared weights', 'validation12');
    const row = await rowOf(whole.result!, predictor, 'validation12');
    assert.equal({ ...row, predictor: 'shared weights' }, asAccuracy);
  }
  const early = await rowOf(
    runWith((cell) => table.validation12[cell]!),
    'shared weights',
    'test200',
  );
  assert.equal((await rowOf(whole.result!, 'validation12', 'test200')).kendall, early.kendall);
});

test('Markdown: a row for each ranking and column', async () => {
  const text = formatSupernetBenchmark(await judgeSupernet(whole.result!, readBenchmarkTable(), 1, QUIET));
  const lines = text.split('\n');
  assert.is(
    lines[0],
    "| ranked by | against | Kendall's tau | Spearman's rho | tau, best half | best tenth found |",
  );
  assert.equal(
    lines.slice(2, 12).map((line) => line.split(' | ').slice(0, 2).join(' ')),
    [
      ...['shared weights', 'parameters', 'multiply-adds'].flatMap((name) =>
        ['validation12', 'test12', 'test200'].map((column) => `| ${name} ${column}`),
      ),
      '| validation12 test200',
    ],
  );
  assert.match(lines[2]!, /\| -?\d\.\d{3} \[-?\d\.\d{3}, -?\d\.\d{3}\] \|.* \d+\.\d\d% \|$/);
  assert.match(
    text,
    /\nNAS-Bench-201, cifar10: 22 random cells; .*2 epochs of 1000 images; .*16 test images/,
  );
});

test.run();
