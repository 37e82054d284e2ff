// What grows while a search goes on: nothing. Pieces are recorded for what two edges of a node do, so there are no more
// of them than such pairs; once they are all there, steps over ever new architectures make and keep nothing.
// Seed 41.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cell, Edge } from '../src/arch/genotype.ts';
import { sampleArchitecture, type SearchSpace } from '../src/arch/search_space.ts';
import { createRng, STREAM, stepRng } from '../src/core/rng.ts';
import { planSearch, SearchSession } from '../src/search/session.ts';
import { openTestDevice } from './support/device.ts';
import { cases } from './support/effort.ts';
import { sample, TINY } from './support/search_run.ts';

const SEED = 41;
const STEPS = cases(100, 20_000);
const EVERY = cases(50, 500);
/** Bytes of the program's heap that two looks may differ by. */
const NOISE = 2 * 2 ** 20;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What a run may not make more of. */
interface Kept {
  readonly heap: number;
  readonly bytes: number;
  readonly buffers: number;
  readonly bindGroups: number;
  readonly pipelines: number;
}

/** Cells in which every node has every pair of edges once. */
function everyPair(space: SearchSpace): Cell[] {
  const pairs = Array.from({ length: space.nodes }, (_, i) => {
    const to = i + 2;
    const edges = Array.from({ length: to }, (__, from) =>
      space.primitives.map((op): Edge => [op, from, to]),
    ).flat();
    return edges.flatMap((first) => edges.map((second) => [first, second]));
  });
  const most = Math.max(...pairs.map(({ length }) => length));
  return Array.from({ length: most }, (_, k) => pairs.flatMap((of) => of[k % of.length]!));
}

for (const primitives of ['fully-concat', 'loose-end'] as const) {
  test(`${STEPS} steps over ever new architectures keep nothing (${primitives}, seed ${SEED})`, async () => {
    const { engine } = await openTestDevice();
    const config = { ...TINY, seed: SEED, primitives };
    const session = await SearchSession.open(
      engine,
      planSearch(engine, config, sample.train.labels.length),
      sample.train,
      () => 0,
    );
    const { supernet, model } = session.program;
    for (const cell of everyPair(model.config)) supernet.forward({ normal: cell, reduce: cell }, 'weights');
    const all = supernet.pieceCount;
    const rng = createRng(SEED, 0);
    const batch = () => Int32Array.from({ length: config.batch }, () => rng.int(sample.train.labels.length));
    const look = async (): Promise<Kept> => {
      await session.takeWeightsMetrics();
      collectGarbage();
      const { bufferBytes, buffers, bindGroups, pipelines } = engine.counters;
      return { heap: process.memoryUsage().heapUsed, bytes: bufferBytes, buffers, bindGroups, pipelines };
    };

    const distinct = new Set<string>();
    let first: Kept | null = null;
    for (let step = 0; step < STEPS; step++) {
      session.weightsStep(batch(), step, 1e-3);
      if (step % 10 === 0) await session.policyStep(batch(), step / 10, 1e-4, 0.1);
      const drawn = sampleArchitecture(model.config, stepRng(SEED, STREAM.weightsArchitecture, step));
      distinct.add(JSON.stringify(drawn));
      if ((step + 1) % EVERY !== 0) continue;
      const { heap, ...now } = await look();
      first ??= { heap, ...now };
      assert.equal({ ...now, heap: first.heap }, first, `after ${step + 1} steps`);
      assert.ok(
        heap < first.heap + NOISE,
        `after ${step + 1} steps: a heap of ${heap}, at first ${first.heap}`,
      );
    }
    assert.is(supernet.pieceCount, all);
    assert.ok(distinct.size > 0.9 * STEPS, `${distinct.size} architectures`);
    engine.destroy();
  });
}

test.run();
