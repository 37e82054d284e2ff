// Parts of a search that a program gives as objects: where they are what the settings name, the search has the same bytes;
// where they are others, they are what is learned from.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { formatGenotype, parseGenotype } from '../src/arch/genotype_file.ts';
import { definePrimitive, type Primitive, transitionClass } from '../src/arch/primitives.ts';
import { tableToRows } from '../src/arch/transition_file.ts';
import { allowedTargets, NAT_PLUS_PLUS_TRANSITIONS, natTransitions } from '../src/arch/transitions.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { openFinishedRun } from '../src/derive/finished_run.ts';
import { requireNetwork } from '../src/networks/build_network.ts';
import { cellNetworkCost } from '../src/networks/cost.ts';
import { defineOperation } from '../src/networks/own_operations.ts';
import { createPolicy } from '../src/policy/policies.ts';
import { readFinishedRun } from '../src/run/run_folder.ts';
import type { SearchConfig } from '../src/search/config.ts';
import type { SearchParts, Transformation } from '../src/search/parts.ts';
import { MACROS } from '../src/supernet/macro.ts';
import { testEngine } from './support/device.ts';
import { fileOf, RUN, runSmall, sample, textOf, TINY } from './support/search_run.ts';

const SAME = ['metrics.jsonl', 'result.json', 'weights.safetensors', 'policy.safetensors'];
const CONFIG: SearchConfig = { ...TINY, epochs: 1, samples: 2 };

/** The same layer as conv_3x3, but it goes by another name. */
const mine = defineOperation('my_conv_3x3', ({ conv, norm }, { inputs, outputs, stride, relu }) => ({
  raw: conv(inputs, outputs, { kernel: 3, stride, relu, normalised: true }),
  norm: norm(outputs),
}));

const tableOf = (op: Primitive) =>
  tableToRows(natTransitions('few', ['max_pool_3x3', op, 'skip_connect', 'null']));

test('macro, policy and reward as objects that do what the settings name: the same bytes (seed 7)', async () => {
  const engine = await testEngine();
  const whole = await runSmall(engine, CONFIG);
  const seen: Transformation[] = [];
  const parts: SearchParts = {
    macro: { ...MACROS.darts },
    policy: (options) => createPolicy('gcn', options),
    reward(transformation) {
      seen.push(transformation);
      return transformation.accuracyAfter - transformation.accuracyBefore;
    },
  };
  const run = await runSmall(engine, CONFIG, { parts });
  for (const name of SAME) assert.equal(fileOf(run, name), fileOf(whole, name), name);
  assert.equal(JSON.parse(textOf(run, 'config.json')).own, ['macro', 'policy', 'reward']);
  // three updates, each of two transformations of one architecture on a batch of 8
  assert.is(seen.length, 3 * 2);
  for (const { accuracyBefore, accuracyAfter, before, after } of seen) {
    for (const accuracy of [accuracyBefore, accuracyAfter]) {
      assert.ok(Number.isInteger(8 * accuracy) && accuracy >= 0 && accuracy <= 1, String(accuracy));
    }
    assert.is(before.normal.length, after.normal.length);
  }
  assert.is(JSON.parse(textOf(whole, 'config.json')).own, undefined);
});

test('an operation of its own with the layer of another: the same bytes, and the same costs (seed 7)', async () => {
  const engine = await testEngine();
  const run = (op: Primitive) => runSmall(engine, { ...CONFIG, transitions: tableOf(op) });
  const [own, known] = [await run(mine), await run('conv_3x3')];
  for (const name of SAME) assert.equal(fileOf(own, name), fileOf(known, name), name);

  const block = requireCell('ResBlock');
  const renamed = JSON.parse(JSON.stringify(block).replaceAll('conv_3x3', mine));
  assert.equal(parseGenotype(formatGenotype(renamed), 'x'), renamed);
  assert.equal(cellNetworkCost(renamed), cellNetworkCost(block));
  const shapes = (genotype: typeof block) =>
    requireNetwork(genotype, 'cifar10', { network: 'ResNet20' }).weights.parameters.map(({ shape }) => shape);
  // in place of a network's own operation it is a candidate operation like any other
  assert.is(shapes(renamed).length, shapes(block).length);
  assert.is(transitionClass(mine), 'O');
  assert.equal(allowedTargets(NAT_PLUS_PLUS_TRANSITIONS, mine), [mine, 'skip_connect', 'null']);
});

test('what cannot be an operation of its own, or a reward, is refused (seed 7)', async () => {
  for (const name of ['conv_3x3', 'none', mine]) {
    assert.throws(() => definePrimitive(name), /operation '\w+' is there already; choose another name/);
  }
  assert.throws(() => definePrimitive('Big conv'), /expected a name of small letters/);
  const engine = await testEngine();
  const error: unknown = await runSmall(engine, CONFIG, { parts: { reward: () => NaN } }).catch((e) => e);
  assert.instance(error, UserError);
  assert.is((error as Error).message, 'reward: got NaN, expected a finite number');
});

test('a policy learns what its own reward asks for: that nothing computes (seed 7)', async () => {
  const engine = await testEngine();
  const computing = ({ normal, reduce }: Transformation['after']): number =>
    [...normal, ...reduce].filter(([op]) => transitionClass(op) === 'O').length;
  const parts: SearchParts = { reward: ({ before, after }) => computing(before) - computing(after) };
  const config: SearchConfig = {
    ...CONFIG,
    ...{ epochs: 5, maxSteps: 6, samples: 6, baseline: 'leave-one-out', policyLr: 0.01, entropy: 0 },
  };
  const { files } = await runSmall(engine, config, { parts });
  const rewards = textOf({ files }, 'metrics.jsonl')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ phase }) => phase === 'policy')
    .map(({ reward }) => reward as number);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
  const [first, last] = [mean(rewards.slice(0, 3)), mean(rewards.slice(-3))];
  assert.ok(last > first + 0.5, `${first}, then ${last} operations fewer`);
});

test('a finished search of a program is opened with the same parts, but for its reward (seed 7)', async () => {
  const engine = await testEngine();
  const parts: SearchParts = { policy: (options) => createPolicy('lstm', options), reward: () => 1 };
  const { files } = await runSmall(engine, CONFIG, { parts });
  const finished = await readFinishedRun(files, RUN);
  const { reward: _, ...needed } = parts;
  const open = (given: SearchParts) => openFinishedRun(engine, CONFIG, finished, sample, RUN, {}, given);
  assert.is((await open(needed)).images.test, 248);
  const error: unknown = await open({}).catch((e) => e);
  assert.instance(error, UserError);
  assert.match((error as Error).message, /^run: the search had a program's own policy; got none; give/);
});

test.run();
