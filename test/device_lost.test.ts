// A device that goes away at any step of a run, whatever the run was doing: the run is gone on with on another, and
// leaves the same bytes as one that kept its device. Seed 23.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DeviceLostError } from '../runtime/errors.ts';
import { createRng } from '../src/core/rng.ts';
import { withEngine } from '../src/run/with_engine.ts';
import { searchIntoFolder } from '../src/search/run.ts';
import { openTestDevice } from './support/device.ts';
import { cases } from './support/effort.ts';
import { memoryFiles, type MemoryFiles } from './support/memory_files.ts';
import { fileOf, RUN, sample, TINY } from './support/search_run.ts';

const SEED = 23;
const LOSSES = cases(3, 30);
const CONFIG = { ...TINY, epochs: 3 };
/** Of both kinds, in all epochs. */
const STEPS = 2 * 3 * CONFIG.epochs;
const SAME = ['metrics.jsonl', 'weights.safetensors', 'policy.safetensors', 'result.json'];

/** Runs the search; the device is destroyed after each of these steps, counted over the whole run with repetitions. */
async function searchLosing(at: readonly number[], notes: string[] = []): Promise<MemoryFiles> {
  const files = memoryFiles();
  let steps = 0;
  let device: GPUDevice;
  const open = async () => {
    const opened = await openTestDevice();
    device = opened.device;
    return opened.engine;
  };
  await withEngine(
    open,
    (engine, again) =>
      searchIntoFolder(engine, {
        config: CONFIG,
        data: sample,
        files,
        dir: RUN,
        resume: again,
        environment: {},
        observer: {
          progress: () => void (at.includes(++steps) && device.destroy()),
          now: () => performance.now(),
          interrupted: () => false,
        },
      }),
    (line) => notes.push(line),
  );
  return files;
}

test(`a search that loses its device at ${LOSSES} random steps ends with the same bytes (seed ${SEED})`, async () => {
  const whole = await searchLosing([]);
  const rng = createRng(SEED, 0);
  for (let i = 0; i < LOSSES; i++) {
    const step = 1 + rng.int(STEPS - 1);
    const notes: string[] = [];
    const files = await searchLosing([step], notes);
    assert.is(notes.length, 1, `step ${step}`);
    assert.match(
      notes[0],
      /^the GPU device was lost \(destroyed\): .*; going on with the device opened again$/,
    );
    for (const name of SAME) {
      assert.equal(fileOf({ files }, name), fileOf({ files: whole }, name), `${name}, step ${step}`);
    }
  }
});

test('a device that is lost again and again ends the run, and what was saved stays', async () => {
  const notes: string[] = [];
  const every = Array.from({ length: 100 }, (_, i) => i + 1);
  try {
    await searchLosing(every, notes);
    assert.unreachable('the run ended well');
  } catch (error) {
    assert.instance(error, DeviceLostError);
  }
  assert.is(notes.length, 3);
});

test('a call that the GPU refuses is reported once, and later calls are not blamed for it', async () => {
  const { device, engine } = await openTestDevice();
  device.createBuffer({ label: 'wrong', size: 16, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.STORAGE });
  let message = '';
  try {
    await engine.idle();
    engine.check();
  } catch (error) {
    message = (error as Error).message;
  }
  assert.match(message, /^the GPU refused a call: /);
  await engine.idle();
  engine.check();
  engine.destroy();
});

test.run();
