// What derive returns: only legal transitions, and never more than a budget, whatever the policy's probabilities.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBudget, type Limit } from '../src/derive/budget.ts';
import { derive, drawCandidates } from '../src/derive/derive.ts';
import type { Budgets } from '../src/derive/config.ts';
import { limitsOf } from '../src/derive/limits.ts';
import type { LatencyTable } from '../src/derive/latency_table.ts';
import { networkLatency } from '../src/derive/latency_table.ts';
import { UserError } from '../runtime/errors.ts';
import { type ActionSpace, actionSpace } from '../src/arch/action_space.ts';
import { createEdgeCosts, EDGE_SITES } from '../src/networks/edge_cost.ts';
import { type Genotype, intermediateNodes } from '../src/arch/genotype.ts';
import { findViolations } from '../src/arch/legality.ts';
import { FULLY_CONCAT_PRIMITIVES, NAT_PLUS_PLUS_PRIMITIVES, type Primitive } from '../src/arch/primitives.ts';
import { sampleArchitecture } from '../src/arch/search_space.ts';
import { parseTransitions } from '../src/arch/transition_file.ts';
import { NAT_PLUS_PLUS_TRANSITIONS, NAT_TRANSITIONS } from '../src/arch/transitions.ts';
import { hasDeadCell, isDead } from '../src/arch/reach.ts';
import type { Constraint } from '../src/policy/sampling.ts';
import { createRng, type Rng } from '../src/core/rng.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';

const SEED = 3;
const SPACES = [
  { space: actionSpace(NAT_TRANSITIONS), primitives: FULLY_CONCAT_PRIMITIVES },
  { space: actionSpace(NAT_PLUS_PLUS_TRANSITIONS), primitives: NAT_PLUS_PLUS_PRIMITIVES },
];

const costs = createEdgeCosts();

function randomGenotype(primitives: readonly Primitive[], rng: Rng): Genotype {
  const { normal, reduce } = sampleArchitecture({ nodes: 4, primitives }, rng);
  return { normal, reduce, normalConcat: intermediateNodes(normal), reduceConcat: intermediateNodes(reduce) };
}

/** Rows that need not add up to 1, illegal actions among them: the sampling must not rely on the policy. */
const randomProbabilities = (edges: number, space: ActionSpace, rng: Rng): Float32Array =>
  Float32Array.from({ length: edges * space.count }, () => rng.uniform() ** 4);

/** Latencies of made-up length, so that what is cheap in one cost may be dear in another. */
function madeUpLatencies(genotype: Genotype, rng: Rng): LatencyTable {
  const times = () => Object.fromEntries(NAT_PLUS_PLUS_PRIMITIVES.map((op) => [op, rng.int(1e6)]));
  const key = `${genotype.normalConcat.length},${genotype.reduceConcat.length}`;
  const edges = Object.fromEntries(EDGE_SITES.map((site) => [site, times()])) as LatencyTable['edges'];
  return { unit: 'ns', adapter: 'made up', fixed: { [key]: rng.int(1e6) }, edges };
}

for (const { space, primitives } of SPACES) {
  test(`${space.table.name}: 3000 derived architectures hold no illegal transition (seed ${SEED})`, () => {
    const rng = createRng(SEED, 0);
    for (let i = 0; i < 100; i++) {
      const before = randomGenotype(primitives, rng);
      const probabilities = randomProbabilities(16, space, rng);
      for (const method of ['sample', 'max'] as const) {
        const options = { method, candidates: 30, seed: i };
        const budget = createBudget(before, space, []);
        const { architectures } = drawCandidates(before, space, probabilities, budget, options);
        for (const after of architectures) {
          assert.equal(findViolations(before, { ...before, ...after }, space.table), []);
        }
      }
    }
  });

  test(`${space.table.name}: 2500 derived architectures and more keep their budgets (seed ${SEED})`, () => {
    const rng = createRng(SEED, 1);
    let [seen, tight] = [0, 0];
    for (let i = 0; i < 100; i++) {
      const before = randomGenotype(primitives, rng);
      const latency = madeUpLatencies(before, rng);
      const { params, madds } = costs.total(before);
      const least = costs.fixed(before);
      const share = rng.uniform();
      const budgets: Budgets = {
        maxParams: Math.floor(least.params + share * (params - least.params)),
        maxMadds: Math.floor(least.madds + rng.uniform() * (madds - least.madds)),
        maxLatency: networkLatency(latency, before) / 1e6,
      };
      let budget;
      try {
        budget = createBudget(before, space, limitsOf(budgets, before, costs, latency));
      } catch (error) {
        // Only the made-up latency can be out of reach: without edges the other two always fit.
        assert.match((error as Error).message, /--max-latency/);
        continue;
      }
      const probabilities = randomProbabilities(16, space, rng);
      for (const method of ['sample', 'max'] as const) {
        const options = { method, candidates: 30, seed: i };
        const { architectures } = drawCandidates(before, space, probabilities, budget, options);
        for (const after of architectures) {
          const genotype = { ...before, ...after };
          const cost = costs.total(genotype);
          assert.ok(cost.params <= budgets.maxParams!, `${cost.params} of ${budgets.maxParams} parameters`);
          assert.ok(cost.madds <= budgets.maxMadds!, `${cost.madds} of ${budgets.maxMadds} multiply-adds`);
          assert.ok(networkLatency(latency, genotype) <= budgets.maxLatency! * 1e6);
          assert.equal(findViolations(before, genotype, space.table), []);
          assert.not.ok(hasDeadCell(genotype));
          seen++;
          if (cost.params > 0.9 * budgets.maxParams!) tight++;
        }
      }
    }
    assert.ok(seen > 2500, `only ${seen} architectures were drawn`);
    assert.ok(tight > 100, `the budgets must bite: only ${tight} architectures came near them`);
  });
}

test('a budget hides no architecture that fits, and refuses no other: all of them are tried (seed 4)', () => {
  // Two nodes, 8 edges, 3 actions: all 3^8 action lists can be tried.
  const space = actionSpace(NAT_TRANSITIONS);
  const { normal, reduce } = sampleArchitecture(
    { nodes: 2, primitives: ['conv_3x3', 'sep_conv_5x5'] },
    createRng(4, 0),
  );
  const genotype = { normal, reduce, normalConcat: [2, 3], reduceConcat: [3] };
  const { params } = costs.total(genotype);
  const limits = limitsOf({ maxParams: Math.floor(0.6 * params) }, genotype, costs, null);
  const budget = createBudget(genotype, space, limits);
  const passes = (constraint: Constraint, actions: readonly number[]): boolean =>
    actions.every((action, edge) => {
      const ok = constraint.allows(edge, action);
      if (ok) constraint.take!(edge, action);
      return ok;
    });
  const counts = { fitting: 0, dead: 0 };
  for (let code = 0; code < 3 ** 8; code++) {
    const actions = Array.from({ length: 8 }, (_, edge) => Math.floor(code / 3 ** edge) % 3);
    const after = {
      ...genotype,
      normal: space.apply(normal, actions.slice(0, 4)),
      reduce: space.apply(reduce, actions.slice(4)),
    };
    const fits = costs.total(after).params <= 0.6 * params;
    const dead = isDead(after.normal, [2, 3]) || isDead(after.reduce, [3]);
    assert.is(passes(budget.within(), actions), fits, JSON.stringify(actions));
    assert.is(passes(budget.connected(), actions), fits && !dead, JSON.stringify(actions));
    counts.fitting += Number(fits);
    counts.dead += Number(fits && dead);
  }
  assert.ok(counts.fitting > 100 && counts.fitting < 3 ** 8);
  assert.ok(counts.dead > 100 && counts.dead < counts.fitting - 100, JSON.stringify(counts));
});

test('limits that exclude each other edge by edge: the bound is not that of each alone', () => {
  // No null here, and what saves parameters costs time.
  const table = parseTransitions(
    '{"transitions": {"conv_3x3": ["conv_3x3", "max_pool_3x3"], "max_pool_3x3": ["max_pool_3x3"]}}',
    'test',
  );
  const normal = [['conv_3x3', 0, 2], ['conv_3x3', 1, 2]] as const; // prettier-ignore
  const genotype = { name: 'G', normal, reduce: normal, normalConcat: [2], reduceConcat: [2] };
  const limit = (option: string, max: number, pool: number, conv: number): Limit => ({
    option,
    max,
    fixed: 0,
    edge: (_site, op) => (op === 'conv_3x3' ? conv : pool),
    show: (cost) => `${cost}`,
  });
  const space = actionSpace(table);
  // Two of four edges must become pools for the one, and two must not for the other.
  const budget = createBudget(genotype, space, [limit('--a', 2, 0, 1), limit('--b', 2, 1, 0)]);
  const options = { method: 'sample', candidates: 200, seed: 1 } as const;
  const even = new Float32Array(4 * space.count).fill(0.5);
  const { architectures } = drawCandidates(genotype, space, even, budget, options);
  for (const { normal: n, reduce: r } of architectures) {
    assert.is([...n, ...r].filter(([op]) => op === 'conv_3x3').length, 2);
  }
  assert.throws(
    () => createBudget(genotype, space, [limit('--a', 1, 0, 1), limit('--b', 2, 1, 0)]),
    (error: Error) =>
      error instanceof UserError &&
      error.message ===
        'no transformation of G fits: the limits exclude each other; the least of each is --a 0, --b 0',
  );
});

test('derive says so where nothing fits, with the least that there is', async () => {
  const evaluator = {
    space: actionSpace(NAT_TRANSITIONS),
    images: { selection: 1, test: 1 },
    probabilities: async () => assert.unreachable(),
    accuracy: async () => assert.unreachable(),
  };
  const options = { method: 'sample', candidates: 1, seed: 0, maxParams: 1000 } as const;
  try {
    await derive(evaluator as never, requireCell('DARTS'), options);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UserError);
    const least = costs.fixed(requireCell('DARTS')).params;
    assert.is(
      (error as Error).message,
      `no transformation of DARTS fits: --max-params: got 1000 parameters, but the least is ${least} parameters`,
    );
  }
});

test('derive keeps the best candidate within the budget and tells all costs', async () => {
  const space = actionSpace(NAT_TRANSITIONS);
  const input = requireCell('DARTS');
  const evaluator = {
    space,
    images: { selection: 1, test: 1 },
    probabilities: async () => new Float32Array(16 * 3).fill(1 / 3),
    // The larger, the better: only the budget keeps derive from the largest.
    accuracy: async (arch: Pick<Genotype, 'normal' | 'reduce'>) =>
      costs.total({ ...input, ...arch }).params / 1e7,
  };
  const options = { method: 'sample', candidates: 50, seed: 2, maxMadds: 300_000_000 } as const;
  const { output, cost, candidates, accuracy } = await derive(evaluator, input, options);
  assert.is(candidates.length, 50);
  assert.ok(candidates.every(({ madds }) => madds <= 300_000_000));
  assert.equal(cost.before, { params: 3_349_342, madds: 528_359_040 });
  assert.equal(cost.after, costs.total(output));
  assert.is(accuracy.selection.after, Math.max(...candidates.map((candidate) => candidate.accuracy)));
  assert.is(output.name, 'DARTS_transformed');
});

test.run();
