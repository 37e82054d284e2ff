// The simulation of many machines against what can be computed by hand, and its own bounds.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job } from '../src/experiment/jobs.ts';
import { machinesUntilFull, simulate, type SimulatedSetting } from '../src/queue/simulate.ts';

const job = (id: string, kind: Job['kind'], ...needs: string[]): Job =>
  ({ id, kind, what: id, needs, reads: [], writes: [] }) as unknown as Job;

const SETTING: SimulatedSetting = {
  machines: 1,
  failuresPerHour: 0,
  seconds: { search: 100, transformations: 50, training: 200 },
  checkpoint: 20,
  lostAfter: 30,
  repair: 60,
  seed: 1,
};

/** Searches, each with what waits for it. */
const chains = (count: number): Job[] =>
  Array.from({ length: count }, (_, i) => [
    job(`s${i}`, 'search'),
    job(`d${i}`, 'transformations', `s${i}`),
    job(`t${i}`, 'training', `d${i}`),
  ]).flat();

test('without failures: one machine does all one after the other, many the longest chain', () => {
  assert.equal(simulate(chains(4), SETTING), { makespan: 1400, useful: 1, failures: 0, repeated: 0 });
  const { makespan, useful } = simulate(chains(4), { ...SETTING, machines: 4 });
  assert.is(makespan, 350);
  assert.is(useful, 1);
  assert.is(simulate(chains(4), { ...SETTING, machines: 64 }).makespan, 350);
  assert.is(simulate(chains(4), { ...SETTING, machines: 2 }).makespan, 700);
});

test('with failures it takes longer, never less than the work, and repeats at most a checkpoint each (seeds 0 to 9)', () => {
  for (let seed = 0; seed < 10; seed++) {
    const setting = { ...SETTING, machines: 3, failuresPerHour: 20, seed };
    const { makespan, useful, failures, repeated } = simulate(chains(6), setting);
    assert.ok(failures > 0);
    assert.ok(makespan >= (6 * 350) / 3, `${makespan}`);
    assert.ok(repeated <= failures * SETTING.checkpoint);
    // the work that counts is the grid's, in steps of 5 s
    assert.ok(Math.abs(useful * 3 * makespan - 6 * 350) < 1e-6, `${useful * 3 * makespan}`);
    assert.equal(simulate(chains(6), setting), { makespan, useful, failures, repeated });
  }
});

test('failures come as often as asked for', () => {
  // 10 machines for 1400 s at 9 an hour; away for a minute after each
  const { failures, makespan } = simulate(
    Array.from({ length: 70 }, (_, i) => job(`t${i}`, 'training')),
    { ...SETTING, machines: 10, failuresPerHour: 9, checkpoint: 5 },
  );
  const expected = (9 / 3600) * 10 * makespan;
  assert.ok(
    Math.abs(failures - expected) < 4 * Math.sqrt(expected) + 0.2 * expected,
    `${failures}, ${expected}`,
  );
});

test('where the store and the queue are full', () => {
  const load = { bytes: 50e6, checkpoint: 60, bandwidth: 1e9, jobsPerSecond: 300, secondsPerJob: 600 };
  assert.equal(machinesUntilFull(load), { store: 1200, queue: 180_000 });
});

test.run();
