// Searches with other policies and transitions than the paper's: the same sameness, the same steady state.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { directAllocator } from '../src/core/allocator.ts';
import { UserError } from '../runtime/errors.ts';
import { parseSafetensors } from '../src/io/safetensors.ts';
import { actionSpace } from '../src/arch/action_space.ts';
import { SUPERNET_LIST_NAMES } from '../src/arch/primitives.ts';
import { parseTransitions, tableToRows } from '../src/arch/transition_file.ts';
import { NAT_PLUS_PLUS_TRANSITIONS } from '../src/arch/transitions.ts';
import { allocatePolicy } from '../src/policy/policy.ts';
import { createPolicy } from '../src/policy/policies.ts';
import { LEARNER_KINDS } from '../src/search/learners.ts';
import { checkSearchConfig, type SearchConfig, weightsKey } from '../src/search/config.ts';
import { Tape } from '../src/core/tape.ts';
import { runSteps } from '../src/core/step.ts';
import { download } from '../src/core/transfer.ts';
import { testEngine } from './support/device.ts';
import { fileOf, runSmall, textOf, TINY } from './support/search_run.ts';

const userTable = parseTransitions(
  '{"name": "pools", "transitions": {"null": ["null"], "skip_connect": ["skip_connect", "null"],' +
    '"max_pool_3x3": ["max_pool_3x3", "skip_connect"], "conv_3x3": ["conv_3x3", "max_pool_3x3", "null"]}}',
  'test',
);

const VARIANTS: Readonly<Record<string, Partial<SearchConfig>>> = {
  ...Object.fromEntries(LEARNER_KINDS.map((policy) => [`${policy}, nat`, { policy }])),
  ...Object.fromEntries(
    SUPERNET_LIST_NAMES.flatMap((primitives) =>
      primitives === TINY.primitives ? [] : [[`gcn, nat, ${primitives}`, { primitives }]],
    ),
  ),
  'gcn, nat++': { transitions: 'nat++' },
  'lstm, nat++, loose ends, cost weight': {
    policy: 'lstm',
    transitions: 'nat++',
    primitives: 'loose-end',
    costWeight: 0.5,
  },
  'gcn, directed, read out by cell, the best counts, falling rate and entropy, m = 2': {
    adjacency: 'directed',
    readout: 'cell',
    baseline: 'best',
    samples: 3,
    architectures: 2,
    policyLrEnd: 1e-4,
    entropyEnd: 0.001,
  },
  'nao, loose ends, m = 2, n = 2': {
    policy: 'nao',
    primitives: 'loose-end',
    architectures: 2,
    samples: 2,
  },
  "random, a user's table": { policy: 'random', transitions: tableToRows(userTable) },
};

const SAME = ['metrics.jsonl', 'result.json', 'weights.safetensors', 'policy.safetensors'];

for (const [name, variant] of Object.entries(VARIANTS)) {
  test(`${name}: interrupted and resumed, a search ends with the same bytes (seed ${TINY.seed})`, async () => {
    const engine = await testEngine();
    const config = { ...TINY, ...variant, maxSteps: 2 };
    const whole = await runSmall(engine, config);
    // In the policy phase of the first epoch.
    const stopped = await runSmall(engine, config, { stopAfter: 3 });
    const resumed = await runSmall(engine, config, { files: stopped.files });
    for (const file of SAME) assert.equal(fileOf(resumed, file), fileOf(whole, file), file);
  });
}

test('lstm on few operations: the steady state creates nothing, and reads back probabilities only (seed 7)', async () => {
  const engine = await testEngine();
  const variant = { policy: 'lstm', transitions: tableToRows(userTable), costWeight: 0.1 } as const;
  const run = await runSmall(engine, { ...TINY, ...variant, epochs: 20, maxSteps: 2 });
  const report = JSON.parse(textOf(run, 'engine.json'));
  assert.ok(report.steps_after_warmup >= 10, `only ${report.steps_after_warmup} steps had no new piece`);
  assert.equal(report.created_after_warmup, { buffers: 0, bindGroups: 0, pipelines: 0, shaderModules: 0 });
  // 8 edges, 4 actions, 4 bytes in every second step.
  assert.equal(report.readback_bytes_per_step, { weights: 0, policy: 8 * 4 * 4 });
});

test('an entropy weight that ends where it begins changes nothing, another one theta', async () => {
  const engine = await testEngine();
  const theta = async (settings: Partial<SearchConfig>) =>
    fileOf(await runSmall(engine, { ...TINY, maxSteps: 2, ...settings }), 'policy.safetensors');
  const constant = await theta({});
  assert.equal(await theta({ entropyEnd: TINY.entropy }), constant);
  assert.not.equal(await theta({ entropyEnd: 1 }), constant);
});

test('random search: there is nothing to learn, and w is trained as with any policy', async () => {
  const engine = await testEngine();
  const config: SearchConfig = { ...TINY, epochs: 1, maxSteps: 2 };
  const run = await runSmall(engine, { ...config, policy: 'random' });
  const result = JSON.parse(textOf(run, 'result.json'));
  assert.equal([result.parameters.policy, result.steps.policy, result.policy], [0, 0, null]);
  assert.equal({ ...parseSafetensors(fileOf(run, 'policy.safetensors').slice(), 'policy').tensors }, {});
  // every setting of theta is another
  const ofTheta = { policy: 'lstm', samples: 2, policyLr: 1, policyBeta1: 0, policyBeta2: 0, policyWeightDecay: 1, entropy: 1, entropyEnd: 2, baseline: 'leave-one-out', baselineDecay: 0.5, costWeight: 1, adjacency: 'self-loops', normalizeAdjacency: true } as const; // prettier-ignore
  const learned = { ...config, ...ofTheta };
  assert.is(weightsKey(learned), weightsKey(config));
  assert.equal(fileOf(await runSmall(engine, learned), 'weights.safetensors'), fileOf(run, 'weights.safetensors')); // prettier-ignore
  const changed = Object.entries({ ...config, lr: 1 }).filter(([name]) => !(name in ofTheta));
  for (const [name, value] of changed) {
    assert.not.equal(weightsKey({ ...config, [name]: `not ${value}` }), weightsKey(config), name);
  }
});

test('random search: uniform over the targets that a table allows', async () => {
  const engine = await testEngine();
  const space = actionSpace(NAT_PLUS_PLUS_TRANSITIONS);
  const { ops } = NAT_PLUS_PLUS_TRANSITIONS;
  const policy = createPolicy('random', { primitives: ops, nodes: 1, space });
  policy.weights.allocate(engine);
  const memory = allocatePolicy(engine, policy);
  const allocator = directAllocator(engine);
  const cell = (['conv_1x1', 'conv_5x5'] as const).map((op) => [op, 0, 2] as const);
  runSteps(engine, memory.encode([cell, cell]));
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const tensor = policy.probabilities(tape, memory.features, memory.mask);
  const [probabilities] = await download(engine, tensor);
  const row = (edge: number) => Array.from(probabilities!.subarray(13 * edge, 13 * edge + 13));
  const third = Math.fround(1 / 3);
  const only = ['conv_1x1', 'skip_connect', 'null'];
  assert.equal(row(0), ops.map((op) => (only.includes(op) ? third : 0))); // prettier-ignore
  assert.equal(row(3), ops.map(() => Math.fround(1 / 13))); // prettier-ignore
});

test('settings of policies and transitions that make no sense', () => {
  const refuses = (settings: Partial<SearchConfig>, message: string) =>
    assert.throws(
      () => checkSearchConfig({ ...TINY, ...settings }),
      (error: Error) => error instanceof UserError && error.message === message,
    );
  refuses({ policy: 'rnn' as never }, `--policy: got rnn, expected one of ${LEARNER_KINDS.join(', ')}`);
  refuses(
    { baseline: 'leave-one-out' },
    '--baseline: got leave-one-out, expected another baseline with --samples 1, or --samples of 2 or more',
  );
  refuses(
    { adjacency: 'symmetric', normalizeAdjacency: true },
    '--normalize-adjacency: got --adjacency symmetric, which is normalised already',
  );
  refuses({ entropyEnd: -1 }, '--entropy-end: got -1, expected a number of 0 or more');
  refuses({ costWeight: -1 }, '--cost-weight: got -1, expected a number of 0 or more');
  refuses(
    { policy: 'nao', costWeight: 0.5 },
    '--cost-weight: got 0.5, expected 0 with --policy nao, which learns accuracies',
  );
  const nothing = tableToRows(parseTransitions('{"transitions": {"null": ["null"]}}', 'test'));
  refuses(
    { transitions: nothing },
    "--transitions: table 'custom' lists no operation but null; the supernet needs one",
  );
});

test('a run is resumed with its own policy and its own table only', async () => {
  const engine = await testEngine();
  const stopped = await runSmall(engine, { ...TINY, policy: 'random' }, { stopAfter: 1 });
  const rejects = async (settings: Partial<SearchConfig>, message: RegExp) => {
    try {
      await runSmall(engine, { ...TINY, policy: 'random', ...settings }, { files: stopped.files });
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, message);
    }
  };
  await rejects({ policy: 'gcn' }, /policy is "random" there and "gcn" here/);
  await rejects({ policy: 'nao' }, /policy is "random" there and "nao" here/);
  await rejects({ transitions: 'nat++' }, /transitions is "nat" there and "nat\+\+" here/);
});

test.run();
