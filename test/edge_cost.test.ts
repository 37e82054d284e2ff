// Costs put together edge by edge are exactly those counted on the whole network.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cellNetworkCost } from '../src/networks/cost.ts';
import { createEdgeCosts, placesOf } from '../src/networks/edge_cost.ts';
import { type Genotype, intermediateNodes, looseEnds } from '../src/arch/genotype.ts';
import { PRIMITIVE_NAMES } from '../src/arch/primitives.ts';
import { sampleCell } from '../src/arch/search_space.ts';
import { createRng } from '../src/core/rng.ts';
import { createCostChange } from '../src/search/cost_change.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';

const SEED = 11;
const ARCHITECTURES = 12;

const countsOf = (genotype: Genotype) => {
  const { params, madds } = cellNetworkCost(genotype);
  return { params, madds };
};

test(`edge costs: random architectures of all operations cost what the network costs (seed ${SEED})`, () => {
  const costs = createEdgeCosts();
  const rng = createRng(SEED, 0);
  for (let i = 0; i < ARCHITECTURES; i++) {
    const space = { nodes: 1 + rng.int(5), primitives: PRIMITIVE_NAMES };
    const cellOf = () =>
      sampleCell(space, rng).map(([op, from, to]) => [rng.int(6) === 0 ? 'null' : op, from, to] as const);
    const [normal, reduce] = [cellOf(), cellOf()];
    const concat = i % 2 === 0 ? intermediateNodes : looseEnds;
    const genotype = { normal, reduce, normalConcat: concat(normal), reduceConcat: concat(reduce) };
    assert.equal(costs.total(genotype), countsOf(genotype), JSON.stringify(genotype));
  }
});

test('edge costs: the counts of DARTS and NAT-DARTS', () => {
  const costs = createEdgeCosts();
  assert.equal(costs.total(requireCell('DARTS')), { params: 3_349_342, madds: 528_359_040 });
  assert.equal(costs.total(requireCell('NAT_DARTS')), { params: 2_682_334, madds: 424_181_376 });
});

test('edge costs: where an edge can stand in 20 cells', () => {
  assert.equal(
    (['normal', 'reduceInput', 'reduceInner'] as const).map((site) => placesOf(site).length),
    [18, 2, 2],
  );
  assert.equal(placesOf('reduceInput'), [
    { channels: 72, size: 32, stride: 2 },
    { channels: 144, size: 16, stride: 2 },
  ]);
  assert.equal(placesOf('reduceInner'), [
    { channels: 72, size: 16, stride: 1 },
    { channels: 144, size: 8, stride: 1 },
  ]);
});

test('cost change: the relative change of multiply-adds', () => {
  const [darts, natDarts] = [requireCell('DARTS'), requireCell('NAT_DARTS')];
  const change = createCostChange(false);
  assert.is(change(darts, natDarts), (424_181_376 - 528_359_040) / 528_359_040);
  assert.is(change(darts, darts), 0);
  // Node 5 is the only one that no edge leaves.
  const vgg = requireCell('VGG');
  const stacked = { ...vgg, normalConcat: [5], reduceConcat: [5] };
  const natVgg = { ...requireCell('NAT_VGG'), normalConcat: [5], reduceConcat: [5] };
  const [before, after] = [countsOf(stacked).madds, countsOf(natVgg).madds];
  assert.is(createCostChange(true)(vgg, natVgg), (after - before) / before);
});

test.run();
