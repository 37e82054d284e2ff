// `nat plan`: what it counts, against counts made another way and against what a search reports.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Platform } from '../runtime/host/platform.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { plan } from '../src/cli/plan.ts';
import { UserError } from '../runtime/errors.ts';
import type { Architecture, Cell } from '../src/arch/genotype.ts';
import { QUICK, type SearchConfig } from '../src/search/config.ts';
import { planForKind } from '../src/search/plan_cost.ts';
import { testEngine } from './support/device.ts';
import { memoryFiles } from './support/memory_files.ts';
import { runSmall, textOf, TINY } from './support/search_run.ts';

interface Plan {
  dispatches_per_step: { weights: number; policy: number };
  host_ms_per_step: { weights: number; policy: number };
  created_per_step: number;
  pipelines: number;
  planned_bytes: number;
  steps: { weights: number; policy: number };
  host_seconds: number;
  by_part: { part: string; dispatches: { weights: number; policy: number }; bytes: number }[];
}

/** A supernet with one operation, which stays as it is: its architectures differ only in the sources of edges. */
const ONE_OPERATION = { name: 'one', transitions: { sep_conv_3x3: ['sep_conv_3x3'] } };

async function nat(args: string, more: object = {}): Promise<string> {
  const files = memoryFiles();
  files.contents.set('one.json', new TextEncoder().encode(JSON.stringify(ONE_OPERATION)));
  let out = '';
  const terminal = { interactive: false, out: (text: string) => void (out += text), err: () => {} };
  const silent = { onInterrupt: () => {}, args: ['plan', ...args.split(' ')], program: 'nat' };
  const platform = {
    files,
    terminal,
    now: () => performance.now(),
    ...silent,
    ...more,
  } as unknown as Platform;
  await plan.run(platform, parseFlags(plan.options, args.split(' ')));
  return out;
}

async function refusal(args: string): Promise<string> {
  try {
    await nat(args);
  } catch (error) {
    assert.instance(error, UserError);
    assert.is((error as UserError).exitCode, 2);
    return (error as Error).message;
  }
  throw new Error(`nat plan ${args} did not refuse`);
}

const TINY_FLAGS = '--preset paper --epochs 3 --images 1000 --layers 3 --channels 4 --nodes 2 --batch 8';

test('nat plan --json: the keys, nothing created, and parts that sum to the whole', async () => {
  const cost: Plan = JSON.parse(await nat(`${TINY_FLAGS} --json`));
  assert.equal(Object.keys(cost), [
    'dispatches_per_step',
    'host_ms_per_step',
    'created_per_step',
    'pipelines',
    'planned_bytes',
    'by_part',
    'steps',
    'host_seconds',
  ]);
  // 3 epochs; 400 and 600 of 1,000 images, 8 in a batch
  assert.equal(cost.steps, { weights: 3 * 50, policy: 3 * 75 });
  const { weights, policy } = cost.host_ms_per_step;
  assert.ok(Math.abs(cost.host_seconds - (150 * weights + 225 * policy) / 1000) < 0.002);
  assert.is(cost.created_per_step, 0);
  assert.ok(cost.host_ms_per_step.weights > 0 && cost.host_ms_per_step.policy > 0);
  for (const phase of ['weights', 'policy'] as const) {
    const sum = cost.by_part.reduce((total, { dispatches }) => total + dispatches[phase], 0);
    assert.ok(Math.abs(sum - cost.dispatches_per_step[phase]) < 0.1, `${phase}: ${sum}`);
  }
  assert.is(
    cost.by_part.reduce((total, { bytes }) => total + bytes, 0),
    cost.planned_bytes,
  );
  assert.not.ok(cost.by_part.some(({ part, bytes }) => part === 'other' || bytes < 0));
});

test('nat plan: a step of w has the dispatches of its pieces, counted where they are recorded', async () => {
  const cost: Plan = JSON.parse(await nat('--transitions one.json --nodes 1 --layers 3 --batch 8 --json'));
  const transitions = { name: 'one', rows: [['sep_conv_3x3', ['sep_conv_3x3']]] } as const;
  const config: SearchConfig = { ...QUICK, transitions, nodes: 1, layers: 3, batch: 8 };
  const { supernet } = planForKind('gpu', config, 1000).draft;
  const cell: Cell = [
    ['sep_conv_3x3', 0, 2],
    ['sep_conv_3x3', 1, 2],
  ];
  const arch: Architecture = { normal: cell, reduce: cell };
  const commands = supernet.train(arch).commands.flat();
  const pieces = commands.filter(({ kernel }) => kernel !== 'clear').length;
  // and the batch's images, and the update
  assert.is(cost.dispatches_per_step.weights, pieces + 2);
});

test('nat plan: memory and pipelines are those that a search with the same settings reports', async () => {
  const engine = await testEngine();
  const { kind } = engine;
  const cost: Plan = JSON.parse(await nat(`${TINY_FLAGS} --kind ${kind} --json`));
  let said = { bytes: 0, pipelines: 0 };
  const run = await runSmall(
    engine,
    { ...TINY, epochs: 1, maxSteps: 1 },
    { planned: (plan) => (said = plan) },
  );
  assert.equal(said, { bytes: cost.planned_bytes, pipelines: cost.pipelines });
  assert.is(JSON.parse(textOf(run, 'engine.json')).planned_bytes, cost.planned_bytes);
});

test('nat plan --measure: steps timed on the adapter, and how long all of them take', async () => {
  const { info, kind } = await testEngine();
  let clock = 0;
  // every look at the clock takes a while, so that few steps are enough
  const more = { now: () => (clock += 400), env: { NAT_ADAPTER: info.name } };
  const { steps, measured } = JSON.parse(await nat(`${TINY_FLAGS} --measure --json`, more));
  assert.is(measured.adapter, info.name, kind);
  const { weights, policy } = measured.ms_per_step;
  assert.ok(weights > 400 && policy > 400);
  const seconds = (steps.weights * weights + steps.policy * policy) / 1000;
  assert.ok(Math.abs(measured.seconds - seconds) < 0.01 * seconds);
});

test('nat plan: as text, a line for every part and for the whole', async () => {
  const text = await nat(TINY_FLAGS);
  assert.match(text, /^ +dispatches +dispatches +memory\npart +w step +theta step +MiB\n/);
  assert.match(text, /^edge sep_conv_3x3 +\d+\.\d +\d+\.\d$/m);
  assert.match(text, /^all parts +\d+\.\d +\d+\.\d +\d+\.\d$/m);
  assert.match(text, /^\d+ pipelines; 0 objects created a step$/m);
  assert.match(text, /^the search: 3 epochs, in all 150 steps of w and 225 of theta\n +at least \d+ s,/m);
});

test('nat plan: mistakes are one line and exit code 2', async () => {
  assert.match(await refusal('--preset papre'), /^--preset: got 'papre', expected one of quick, paper;/);
  assert.match(await refusal('--kind null'), /^--kind: got 'null'/);
  assert.match(await refusal('--channels 3'), /^--channels: got 3, expected an even number/);
  assert.match(await refusal('--batch 500'), /^--batch: got 500, but the policy part has 250 of 1000 images/);
  assert.match(await refusal('--images 0'), /^--images: got 0, expected a whole number of 1 or more/);
  assert.match(
    await refusal('--adapter gpu'),
    /^--adapter: a plan needs no adapter; leave it out, or add --measure/,
  );
  assert.match(await refusal('--out run'), /^unknown option --out/);
});

test.run();
