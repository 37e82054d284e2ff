// The table of latencies: what it holds, and that it is measured once for each adapter.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { type LatencyTable, latencyTable, networkLatency } from '../src/derive/latency_table.ts';
import { UserError } from '../runtime/errors.ts';
import { EDGE_SITES } from '../src/networks/edge_cost.ts';
import type { Primitive } from '../src/arch/primitives.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { testEngine } from './support/device.ts';
import { memoryFiles, type MemoryFiles } from './support/memory_files.ts';

const VGG = requireCell('VGG');

const tableOf = (engine: GpuEngine, files: MemoryFiles, primitives: readonly Primitive[]) => {
  const now = () => performance.now();
  return latencyTable(engine, { files, dir: 'run', genotype: VGG, primitives, now });
};

test('latency table: whole nanoseconds for every operation and place, measured once', async () => {
  const engine = await testEngine();
  const files = memoryFiles();
  await files.makeDirectory('run');
  const table = await tableOf(engine, files, ['max_pool_3x3', 'skip_connect', 'null']);
  for (const site of EDGE_SITES) {
    const times = table.edges[site];
    assert.equal(Object.keys(times), ['max_pool_3x3', 'skip_connect', 'null']);
    assert.ok(Object.values(times).every((ns) => Number.isSafeInteger(ns) && ns >= 0));
    assert.is(times.null, 0);
  }
  assert.equal(Object.keys(table.fixed), ['1,1']);
  assert.ok(table.fixed['1,1']! > 0);

  const { submits } = engine.counters;
  assert.equal(await tableOf(engine, files, ['skip_connect', 'null']), table);
  assert.is(engine.counters.submits, submits);

  const more = await tableOf(engine, files, ['null', 'conv_1x1']);
  assert.ok(engine.counters.submits > submits);
  for (const site of EDGE_SITES) {
    const { conv_1x1, ...known } = more.edges[site];
    assert.equal(known, table.edges[site]);
    assert.ok(conv_1x1! >= 0);
  }
  assert.equal(more.fixed, table.fixed);
});

test("latency table: another adapter's does not count, a damaged one is named", async () => {
  const engine = await testEngine();
  const files = memoryFiles();
  await files.makeDirectory('run');
  const times = { null: 7 };
  const edges = { normal: times, reduceInput: times, reduceInner: times };
  const foreign: LatencyTable = { unit: 'ns', adapter: 'another', fixed: { '1,1': 5 }, edges };
  files.contents.set('run/latency.json', new TextEncoder().encode(JSON.stringify(foreign)));
  assert.is((await tableOf(engine, files, ['null'])).edges.normal.null, 0);

  files.contents.set('run/latency.json', new TextEncoder().encode('{"unit": "ns", "edges": {}}'));
  try {
    await tableOf(engine, files, ['null']);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, UserError);
    assert.match((error as Error).message, /^run\/latency\.json: not a table of latencies .* remove it/);
  }
});

test('latency of a network: its fixed part and every edge', () => {
  const edges = {
    normal: { null: 0, skip_connect: 10, conv_3x3: 1000 },
    reduceInput: { null: 0, skip_connect: 3 },
    reduceInner: { null: 0, conv_3x3: 500, max_pool_3x3: 70 },
  };
  const table: LatencyTable = { unit: 'ns', adapter: 'a', fixed: { '1,1': 20_000 }, edges };
  // Normal: skip 1-2, conv 2-3, conv 3-4, skip 4-5; reduction: the same with a pool as last edge.
  assert.is(networkLatency(table, VGG), 20_000 + 2 * 10 + 2 * 1000 + 3 + 2 * 500 + 70);
});

test.run();
