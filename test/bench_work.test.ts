// Arithmetic and traffic of the workloads against numbers worked out by hand, and what follows from them.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nodeGpu } from '../runtime/host/node/gpu_node.ts';
import { openEngine } from '../runtime/engine/open_engine.ts';
import { kernelWorkloads } from '../bench/workloads/kernels.ts';
import { stepWorkloads } from '../bench/workloads/steps.ts';
import { growthWorkloads } from '../bench/workloads/growth.ts';
import { weightsStepMadds } from '../bench/workloads/search_steps.ts';
import { trainingMadds } from '../bench/workloads/train_steps.ts';
import { choose } from '../bench/run_benchmarks.ts';
import { formatGrowth, growthLines } from '../bench/report/growth.ts';
import { formatResultTable } from '../bench/report/table.ts';
import { QUICK } from '../src/search/config.ts';
import { buildNetwork } from '../src/networks/build_network.ts';
import { requireBlueprint } from '../src/networks/registry.ts';
import { measure } from '../bench/measure/measure.ts';
import { testEngine } from './support/device.ts';
import { resultWith, row } from './support/bench_result.ts';

const PIXELS = 32 * 32;
/** Bytes of one tensor of 20 channels at batch 4. */
const IMAGE = 4 * 4 * 20 * PIXELS;

/** Name -> multiply-adds, bytes. */
const BY_HAND: Readonly<Record<string, readonly [number, number]>> = {
  // 4 images, 20 outputs of 32x32, each of 20 channels and 9 taps
  'conv2d 3x3 forward': [4 * 20 * PIXELS * 20 * 9, 2 * IMAGE + 4 * 20 * 20 * 9],
  // twice the arithmetic; reads x, weight and dy, writes dx and dw
  'conv2d 3x3 backward': [2 * 4 * 20 * PIXELS * 20 * 9, 3 * IMAGE + 2 * 4 * 20 * 20 * 9],
  'conv2d 3x3 forward and backward': [3 * 4 * 20 * PIXELS * 20 * 9, 5 * IMAGE + 3 * 4 * 20 * 20 * 9],
  // a quarter of the outputs
  'conv2d 3x3 stride 2 forward': [4 * 20 * 256 * 20 * 9, 1.25 * IMAGE + 4 * 20 * 20 * 9],
  'depthwise 5x5 dilated forward': [4 * 20 * PIXELS * 25, 2 * IMAGE + 4 * 20 * 25],
  'separable conv 3x3 forward': [4 * 20 * PIXELS * (9 + 20), 2 * IMAGE + 4 * (20 * 9 + 20 * 20)],
  // x for its statistics, x again and y, scale and shift of 20 channels
  'batch norm forward': [0, 3 * IMAGE + 4 * 40],
  // x and dy for their sums, both again, scale and shift; dx and the gradients of scale and shift
  'batch norm backward': [0, 5 * IMAGE + 2 * 4 * 40],
  'max pool 3x3 stride 2 forward': [0, 1.25 * IMAGE],
  'max pool 3x3 stride 2 backward': [0, 1.25 * IMAGE],
  'average pool 3x3 stride 2 forward': [0, 1.25 * IMAGE],
  'average pool 3x3 stride 2 backward': [0, 1.25 * IMAGE],
  'add of two forward': [0, 3 * IMAGE],
  'concat of 4 backward': [0, 8 * IMAGE],
  'linear 4096 to 512 forward': [4 * 4096 * 512, 4 * (4 * 4096 + 4096 * 512 + 512 + 4 * 512)],
  // 8 entries in each of 1024 rows, 64 features
  'spmm 1024 rows of 8 forward': [8 * 1024 * 64, 2 * 4 * 1024 * 64],
  sgd: [0, 5 * 4 * 272_474],
  adam: [0, 7 * 4 * 272_474],
};

test('kernels: multiply-adds and bytes are those worked out by hand', async () => {
  const engine = await testEngine();
  const workloads = new Map(kernelWorkloads(4).map((workload) => [workload.name, workload]));
  for (const [name, [madds, bytes]] of Object.entries(BY_HAND)) {
    const { work } = await workloads.get(name)!.prepare(engine);
    assert.equal([name, work.madds, work.bytes], [name, madds, bytes]);
  }
});

test("kernels: every benchmark has a name of its own, of the paper's batch", () => {
  const names = [...kernelWorkloads(), ...stepWorkloads(), ...growthWorkloads('gpu')].map(({ name }) => name);
  assert.is(new Set(names).size, names.length);
  const conv = kernelWorkloads().find(({ name }) => name === 'conv2d 3x3 forward')!;
  assert.is(conv.shape, '64x20x32x32');
});

test('every kernel runs, gives finite times, and dispatches the same again', async () => {
  const engine = await testEngine();
  for (const workload of kernelWorkloads(4)) {
    const { enqueue } = await workload.prepare(engine);
    await enqueue(1);
    const before = engine.counters.dispatches;
    await enqueue(1);
    const once = engine.counters.dispatches - before;
    await enqueue(3);
    assert.is(engine.counters.dispatches - before, 4 * once, workload.name);
    assert.ok(once > 0, `${workload.name} dispatches nothing`);
  }
  await engine.idle();
});

test('a training step of ResNet-20: three times the forward pass less the gradient of the images', () => {
  // shortcuts have no arithmetic: they drop pixels and add channels of zeros
  const network = () => buildNetwork(requireBlueprint('ResNet20', 'cifar10'));
  const forward = 16 * 3 * 9 * PIXELS + resnetBlocks() + 64 * 10;
  assert.is(trainingMadds(network(), 1), 3 * forward - 16 * 3 * 9 * PIXELS);
  assert.is(trainingMadds(network(), 8), 8 * trainingMadds(network(), 1));
});

/** Multiply-adds of the nine blocks of ResNet-20 for one image. */
function resnetBlocks(): number {
  let total = 0;
  let inputs = 16;
  for (const [channels, size] of [
    [16, 32],
    [32, 16],
    [64, 8],
  ] as const) {
    for (let block = 0; block < 3; block++) {
      total += 9 * inputs * channels * size ** 2 + 9 * channels ** 2 * size ** 2;
      inputs = channels;
    }
  }
  return total;
}

test("a step of w: arithmetic grows with the batch exactly, and not with the sample's images", () => {
  const at = (batch: number) => weightsStepMadds({ ...QUICK, layers: 3, channels: 4, nodes: 2, batch });
  assert.is(at(8), 4 * at(2));
});

test('rates and shares follow from work, time and limits', () => {
  // 1e9 multiply-adds in 100 ms: 20 GFLOP/s; 1e8 bytes: 1 GB/s; limits are 100 GFLOP/s, 10 GB/s, matmul 50
  const conv = row('conv', 100, 0, { madds: 1e9, bytes: 1e8 });
  assert.equal(
    [conv.gflops, conv.gbps, conv.limit, conv.share, conv.matmulShare],
    [20, 1, 'arithmetic', 0.2, 0.4],
  );
  const thin = row('thin', 100, 0, { madds: 1e8, bytes: 5e8 });
  assert.equal([thin.gflops, thin.gbps, thin.limit, thin.share], [2, 5, 'memory', 0.5]);
  const pool = row('pool', 100, 0, { bytes: 5e8 });
  assert.equal([pool.gflops, pool.limit, pool.share, pool.matmulShare], [null, 'memory', 0.5, null]);
  const step = row('step', 100, 0, { madds: 0, bytes: null });
  assert.equal([step.gbps, step.limit, step.share], [null, null, null]);
});

test('the table points out clocks that disagree', () => {
  const gpu = { median: 7, q1: 7, q3: 7, mad: 0, min: 7, samples: 3 };
  const agree = { ...row('near', 8, 0, { gpu }), gpuShare: 0.85 };
  const apart = { ...row('far', 10, 0, { gpu }), gpuShare: 0.7 };
  const text = formatResultTable(resultWith([agree, apart]));
  assert.match(text, /^near .* 7\.00 /m);
  assert.match(text, /^far .* 7\.00!/m);
  assert.match(text, /the GPU says 70% to 70% of the wall's time/);
  assert.not.match(formatResultTable(resultWith([agree])), /!/);
});

test('a table that is wider than the terminal goes on below, each row in a line of its own', () => {
  const gpu = { median: 7, q1: 7, q3: 7, mad: 0, min: 7, samples: 3 };
  const rows = ['a convolution of the usual size', 'pool'].map((name) =>
    row(name, 8, 0.1, { gpu, madds: 1e8 }),
  );
  const whole = formatResultTable(resultWith(rows)).split('\n\n')[1]!.trim().split('\n');
  const narrow = formatResultTable(resultWith(rows), 60).split('\n\n').slice(1);
  const blocks = narrow.map((block) => block.trim().split('\n'));
  assert.ok(blocks.length > 1);
  for (const lines of blocks) {
    assert.is(lines.length, 3);
    for (const line of lines) assert.ok(line.length <= 60, line);
    assert.match(lines[2]!, /^pool/);
  }
  // the same cells, in the same order
  const cells = (lines: readonly string[], i: number) => lines[i]!.trim().split(/ {2,}/);
  const together = [0, 1, 2].map((i) => blocks.flatMap((lines, b) => cells(lines, i).slice(b === 0 ? 0 : 1)));
  assert.equal(
    together,
    [0, 1, 2].map((i) => cells(whole, i)),
  );
});

test('growth: time per arithmetic, and what grows faster by more than the noise', () => {
  const at = (name: string, ms: number, madds: number) =>
    row(`growth ${name}`, ms, 0.1, { madds, bytes: null });
  const rows = [
    at('batch 8', 10, 1e6),
    at('batch 16', 18, 2e6),
    at('nodes 2', 10, 1e6),
    at('nodes 4', 30, 2e6),
  ];
  const [batch, nodes] = growthLines(rows);
  assert.equal(
    batch!.map(({ relative, faster }) => [relative, faster]),
    [
      [1, false],
      [0.9, false],
    ],
  );
  assert.equal(
    nodes!.map(({ relative, faster }) => [relative, faster]),
    [
      [1, false],
      [1.5, true],
    ],
  );
  assert.match(formatGrowth(rows), /^! grows faster than the arithmetic: growth nodes 4$/m);
});

test('a filter takes parts of names; without one, heavy steps are left out on software', () => {
  const all = [...kernelWorkloads(4), ...stepWorkloads()];
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => name);
  assert.equal(names(choose(all, 'SGD, resnet-20', false).chosen), [
    'sgd',
    'ResNet-20 step (batch 8)',
    'ResNet-20 step (batch 128)',
  ]);
  const { chosen, heavy } = choose(all, undefined, false);
  assert.is(chosen.length + heavy.length, all.length);
  assert.ok(names(heavy).includes('w step (paper preset)'));
  assert.is(choose(all, undefined, true).heavy.length, 0);
  assert.throws(
    () => choose(all, 'conv9d', false),
    /^--filter: nothing has 'conv9d' in its name; there are 'conv2d/,
  );
});

test('a measurement tells cold from warm, and the GPU clock where there is one', async () => {
  const name = process.env['NAT_ADAPTER'];
  const engine = await openEngine(nodeGpu(), name ? { name } : {});
  let calls = 0;
  const add = kernelWorkloads(4).find(({ name }) => name === 'add of two forward')!;
  const prepare: typeof add.prepare = async (on) => {
    const prepared = await add.prepare(on);
    return {
      ...prepared,
      enqueue: async (count) => {
        calls += count;
        await prepared.enqueue(count);
      },
    };
  };
  const measured = await measure(engine, { prepare }, { seconds: 0.01, samples: 3 });
  assert.ok(measured.wall.samples >= 3);
  assert.is(measured.dispatches, 1);
  assert.ok(calls >= 3 * measured.iterations, `${calls} calls of ${measured.iterations}`);
  assert.is(measured.gpu === null, !engine.info.features.includes('timestamp-query'));
  if (measured.gpu) {
    // both clocks saw the same work: within a factor that no busy machine exceeds
    const ratio = measured.gpu.median / measured.wall.median;
    assert.ok(ratio > 0.02 && ratio < 50, `the clocks differ by a factor of ${ratio}`);
  }
  engine.destroy();
});

test.run();
