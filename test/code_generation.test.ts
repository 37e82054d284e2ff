// Kernels translated ahead on two devices, and waiting that leaves the processors to a software adapter.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { translateInParallel } from '../runtime/engine/code_generation.ts';
import type { KernelVariant } from '../runtime/engine/engine.ts';
import { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { type OpenedAdapter } from '../runtime/engine/gpu_provider.ts';
import { nodeGpu } from '../runtime/host/node/gpu_node.ts';
import { restfulWait } from '../runtime/host/node/restful_wait.ts';

const KERNELS = [
  'add',
  'sgd',
  'adam',
  'matmul',
  'concat',
  'softmax',
  'unary',
  'conv2d',
  'shortcut',
  'log_prob',
];
/** The adapter that the tests run on. */
const openTestAdapter = (): Promise<OpenedAdapter> => nodeGpu().open({ name: process.env['NAT_ADAPTER'] });

const variants: KernelVariant[] = KERNELS.map((kernel) => ({ kernel, constants: {} }));

test('every kernel is translated once, the longest first, and nobody waits while there is work', async () => {
  const done: string[][] = [[], []];
  // the second translator takes three times as long
  const translator =
    (who: number, turns: number) =>
    async ({ kernel }: KernelVariant) => {
      done[who]!.push(kernel);
      for (let i = 0; i < turns; i++) await Promise.resolve();
    };
  await translateInParallel(variants, [translator(0, 1), translator(1, 3)]);
  assert.equal(done.flat().toSorted(), KERNELS.toSorted());
  assert.is(done[0]![0], 'conv2d', 'the longest first');
  assert.ok(done[0]!.length > 1 && done[1]!.length > 1);
});

test('a failing translator ends the sharing out', async () => {
  const failing = () => Promise.reject(new Error('no'));
  let message = '';
  await translateInParallel(variants, [failing]).catch((error: Error) => (message = error.message));
  assert.is(message, 'no');
});

test('a second device is offered by llvmpipe alone, and there where it keeps what it translates', async () => {
  const { info, hooks } = await openTestAdapter();
  const keeps = process.env['MESA_SHADER_CACHE_DISABLE'] === undefined;
  assert.is(hooks?.secondDevice !== undefined, info.kind === 'llvmpipe' && keeps);
});

test('with a second device an engine computes as before, and the second device is released', async () => {
  const { adapter, info, hooks } = await openTestAdapter();
  const opened: GPUDevice[] = [];
  // any adapter can have two devices, also where that saves no time; the driver's own way is taken where it has one
  const another = async (): Promise<GPUDevice> => (await openTestAdapter()).adapter.requestDevice();
  const secondDevice = async (): Promise<GPUDevice> => {
    opened.push((await (hooks?.secondDevice ?? another)())!);
    return opened.at(-1)!;
  };
  const engine = new GpuEngine(await adapter.requestDevice(), info, { ...hooks, secondDevice });
  await engine.compile(variants.slice(0, 5));
  assert.is(opened.length, 0, 'a few kernels are not worth a device');
  await engine.compile(variants, new Set(variants.slice(0, 5)));
  assert.is(opened.length, 0, 'nor are those that run later');
  await engine.compile(variants);
  assert.is(opened.length, 0, 'what is compiled counts no more');
  const others = [
    'sum_segments',
    'spmm_csr',
    'advantages',
    'drop_path',
    'column_sum',
    'add_into',
    'sum_partials',
  ];
  await engine.compile(
    [...others, 'cross_entropy', 'embedding'].map((kernel) => ({ kernel, constants: {} })),
  );
  assert.is(opened.length, 1);
  assert.is((await opened[0]!.lost).reason, 'destroyed');
  assert.is(engine.counters.pipelines, KERNELS.length + others.length + 2);
  const [y, x] = ['y', 'x'].map((label) => ({
    buffer: engine.createBuffer(label, 16),
    offset: 0,
    bytes: 16,
  }));
  engine.write(x!, new Float32Array([1, 2, 3, 4]));
  engine.write(y!, new Float32Array([10, 20, 30, 40]));
  engine.submit([
    engine.record({
      kernel: 'add_into',
      bind: { x: x!, y: y! },
      params: { n: 4, accumulate: 1 },
      threads: [4],
    }),
  ]);
  const [bytes] = await engine.read(y!);
  assert.equal([...new Float32Array(bytes!.buffer)], [11, 22, 33, 44]);
  engine.destroy();
});

test('a restful wait hands on what it waits for', async () => {
  const later = new Promise<number>((resolve) => setTimeout(resolve, 5, 7));
  assert.equal(await Promise.all([restfulWait(later, 1), restfulWait(Promise.resolve(8), 1)]), [7, 8]);
  const failing = restfulWait(Promise.reject(new Error('no')), 1);
  assert.is(await failing.catch((error: Error) => error.message), 'no');
});

/** Turns of the event loop, and milliseconds, in the last 70 ms of a wait of 100. */
async function turnsOfAWait(calls: number): Promise<{ turns: number; ms: number }> {
  const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const wait = restfulWait(sleep(100), calls);
  await sleep(30);
  // An immediate that sets itself again never lets the loop idle, as Dawn's does.
  let turns = 0;
  let spinning = true;
  const spin = (): void => {
    turns++;
    if (spinning) setImmediate(spin);
  };
  spin();
  const began = performance.now();
  await wait;
  spinning = false;
  return { turns, ms: performance.now() - began };
}

test('a long wait rests in every turn of the event loop', async () => {
  const { turns, ms } = await turnsOfAWait(1);
  // rests of a quarter of a millisecond
  assert.ok(turns <= 4 * ms + 2, `${turns} turns`);
});

test('a wait for many short calls stays awake', async () => {
  const { turns, ms } = await turnsOfAWait(10_000);
  assert.ok(turns > 4 * ms + 2, `${turns} turns in ${ms} ms`);
});

test.run();
