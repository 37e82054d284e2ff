// NAO in a search and in what follows it: what it proposes, limits on what that may cost, and what a report says of it.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { actionSpace } from '../src/arch/action_space.ts';
import { type Architecture, type Edge, intermediateNodes } from '../src/arch/genotype.ts';
import { requireExpressible, sampleArchitecture } from '../src/arch/search_space.ts';
import { NAT_TRANSITIONS } from '../src/arch/transitions.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { createRng } from '../src/core/rng.ts';
import { type DeriveOptions, derive } from '../src/derive/derive.ts';
import { openFinishedRun } from '../src/derive/finished_run.ts';
import { derivationToJson, describeDerivation } from '../src/derive/report.ts';
import { type Pair } from '../src/nao/training.ts';
import { PairMemory } from '../src/nao/pairs.ts';
import { tokenLayout } from '../src/nao/tokens.ts';
import { createEdgeCosts } from '../src/networks/edge_cost.ts';
import { readFinishedRun } from '../src/run/run_folder.ts';
import { type SearchConfig, searchSpaceOf } from '../src/search/config.ts';
import { testEngine } from './support/device.ts';
import { RUN, runSmall, sample, textOf, TINY } from './support/search_run.ts';

const costs = createEdgeCosts();

/** DARTS with other operations in its normal cell: more, as many, and fewer multiply-adds. */
const DARTS = requireCell('DARTS');
const withOperations = (op: Edge[0]): Architecture => ({
  normal: DARTS.normal.map(([, from, to]): Edge => [op, from, to]),
  reduce: DARTS.reduce,
});
const LARGE = withOperations('conv_3x3');
const SMALL = withOperations('skip_connect');

/** NAO's model as one that came from DARTS to these, and a supernet that likes multiply-adds. */
const evaluator = {
  space: actionSpace(NAT_TRANSITIONS),
  images: { selection: 1, test: 1 },
  probabilities: () => Promise.reject(new Error('NAO has no probabilities')),
  propose: (arch: Architecture) => Promise.resolve([LARGE, arch, SMALL]),
  accuracy: (arch: Architecture) => Promise.resolve(costs.total({ ...DARTS, ...arch }).madds / 1e10),
};
const OPTIONS: DeriveOptions = { method: 'sample', candidates: 10, seed: 2 };

test('nao derives: the best of what its model proposes, which may have more operations, and the report says so', async () => {
  const derivation = await derive(evaluator, DARTS, OPTIONS);
  assert.equal(derivation.output.normal, LARGE.normal);
  assert.is(derivation.output.name, 'DARTS_transformed');
  assert.is(derivation.candidates.length, 3);
  assert.ok(derivation.cost.after.madds > derivation.cost.before.madds);
  assert.equal(derivation.cost.after, costs.total(derivation.output));
  // eight edges of DARTS's normal cell, none of them a 3x3 convolution
  assert.is(derivation.otherwise, 8);
  assert.match(
    describeDerivation(derivation),
    /^8 changes are none that the transitions allow: NAO may add/m,
  );
  assert.is((derivationToJson(derivation) as { otherwise: number }).otherwise, 8);
});

test('nao derives: maximum takes the highest prediction; limits leave out what costs more', async () => {
  const chosen = async (options: Partial<DeriveOptions>) =>
    (await derive(evaluator, DARTS, { ...OPTIONS, ...options })).candidates.map(({ normal }) => normal);
  assert.equal(await chosen({ method: 'max' }), [LARGE.normal]);
  const { madds } = costs.total(DARTS);
  assert.equal(await chosen({ method: 'max', maxMadds: madds }), [DARTS.normal]);
  assert.equal(await chosen({ maxMadds: madds }), [DARTS.normal, SMALL.normal]);
  const within = await derive(evaluator, DARTS, { ...OPTIONS, maxMadds: madds - 1 });
  assert.equal(within.output.normal, SMALL.normal);
  assert.is(within.otherwise, 0);
  assert.not.match(describeDerivation(within), /NAO may add/);
  const least = costs.total({ ...DARTS, ...SMALL }).params;
  try {
    await chosen({ maxParams: least - 1 });
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UserError);
    assert.is(
      (error as Error).message,
      `none of the 3 architectures that NAO came to from DARTS fits; the least of each is ` +
        `--max-params ${least} parameters`,
    );
  }
});

for (const primitives of ['fully-concat', 'loose-end'] as const) {
  test(`nao searches and derives: ${primitives} (seed ${TINY.seed})`, async () => {
    const engine = await testEngine();
    const config: SearchConfig = { ...TINY, policy: 'nao', primitives, policyLr: 3e-3, epochs: 3 };
    const run = await runSmall(engine, config);
    const result = JSON.parse(textOf(run, 'result.json'));
    assert.ok(result.parameters.policy > 10_000);
    assert.ok(result.policy.predictorLoss < 0.5 && result.policy.tokensRight > 0);
    const finished = await readFinishedRun(run.files, RUN);
    const restored = await openFinishedRun(engine, config, finished, sample, RUN);
    const space = searchSpaceOf(config);
    const rng = createRng(3, 0);
    let moved = 0;
    for (let i = 0; i < 3; i++) {
      const given = sampleArchitecture(space, rng);
      const proposals = await restored.propose!(given);
      assert.ok(proposals.some((arch) => JSON.stringify(arch) === JSON.stringify(given)), 'it is one of them'); // prettier-ignore
      const all = intermediateNodes(given.normal);
      for (const arch of proposals) {
        requireExpressible({ ...arch, normalConcat: all, reduceConcat: all }, space);
        const sources = ({ normal, reduce }: Architecture) => [...normal, ...reduce].map(([, from]) => from);
        if (primitives === 'loose-end') assert.equal(sources(arch), sources(given));
      }
      moved += proposals.length - 1;
    }
    assert.ok(moved > 0, 'nothing new came out');
  });
}

test('nao remembers the latest pairs, their accuracies as ranks, also where another goes on', async () => {
  const engine = await testEngine();
  const layout = tokenLayout({ primitives: ['conv_3x3', 'null'], nodes: 1, cells: 1 });
  const pair = (first: number, accuracy: number) => ({ tokens: [first, 2, 0, 3], accuracy });
  const shown = (pairs: readonly Pair[]) => pairs.map(({ tokens, accuracy }) => [tokens[0], accuracy]);
  const memory = new PairMemory(engine, layout, 3);
  assert.equal(shown(await memory.add(engine, 0, [pair(0, 0.5), pair(1, 0.25)])), [[0, 1], [1, 0]]); // prettier-ignore
  const full = await memory.add(engine, 2, [pair(1, 0.75), pair(0, 0.125)]);
  // the fourth stands in the first one's place
  assert.equal(shown(full), [[0, 0], [1, 0.5], [1, 1]]); // prettier-ignore
  const other = new PairMemory(engine, layout, 3);
  engine.write(other.region, (await engine.read(memory.region))[0]!);
  assert.equal(shown(await other.add(engine, 4, [pair(0, 0.5)])), [[0, 0], [0, 0.5], [1, 1]]); // prettier-ignore
});

test.run();
