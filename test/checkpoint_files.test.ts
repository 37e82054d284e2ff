// The last two checkpoints of a run: where the last is damaged the run goes on from the one before, which stays until
// the next is known to be whole.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RunError } from '../runtime/errors.ts';
import { resumeRun } from '../src/run/run_folder.ts';
import { PowerLoss, memoryFiles } from './support/memory_files.ts';
import type { MemoryFiles } from './support/memory_files.ts';
import {
  CONFIG,
  DIR,
  ENVIRONMENT,
  LAST,
  lasting,
  PREVIOUS,
  refusal,
  STEPS_PER_CHECKPOINT,
  train,
  uninterrupted,
} from './support/run_stand_in.ts';

/** Files of a run that lost power after its second checkpoint. */
async function withTwoCheckpoints(): Promise<MemoryFiles> {
  const files = memoryFiles();
  let saved = 0;
  const { writeAtomic } = files;
  const stopping: MemoryFiles = {
    ...files,
    async writeAtomic(path, data) {
      await writeAtomic(path, data);
      if (path.includes('checkpoint') && ++saved === 2) files.crashAt(files.writes(), 'undone');
    },
  };
  await train(stopping).catch((error: unknown) => assert.instance(error, PowerLoss));
  files.restart();
  return files;
}

test('where the last checkpoint is damaged anywhere, the run goes on from the one before', async () => {
  const expected = lasting(await uninterrupted());
  const length = (await withTwoCheckpoints()).contents.get(LAST)!.length;
  for (let at = 0; at < length; at += 7) {
    const files = await withTwoCheckpoints();
    const damaged = files.contents.get(LAST)!.slice();
    damaged[at] ^= 0x10;
    files.contents.set(LAST, at % 2 === 0 ? damaged : damaged.slice(0, at));
    const notes: string[] = [];
    const { checkpoint } = await resumeRun(files, DIR, CONFIG, ENVIRONMENT, (line) => notes.push(line));
    assert.is(checkpoint?.state['step'], STEPS_PER_CHECKPOINT, `byte ${at}`);
    assert.is(notes.length, 1);
    assert.match(
      notes[0],
      /^runs\/a\/checkpoint\.safetensors: the checkpoint (is damaged \(.*\)|has format ., this version reads 2); going on from the one before$/,
    );
    await train(files);
    assert.equal(lasting(files), expected, `byte ${at}`);
  }
});

test('a damaged last checkpoint never takes the place of the whole one before', async () => {
  const files = await withTwoCheckpoints();
  files.contents.set(LAST, new Uint8Array(9));
  const { run } = await resumeRun(files, DIR, CONFIG, ENVIRONMENT);
  const before = files.contents.get(PREVIOUS);
  await run.saveCheckpoint({ state: { step: 60 }, tensors: {} });
  assert.equal(files.contents.get(PREVIOUS), before);
  await run.saveCheckpoint({ state: { step: 70 }, tensors: {} });
  files.contents.set(LAST, new Uint8Array(9));
  assert.is((await resumeRun(files, DIR, CONFIG, ENVIRONMENT)).checkpoint?.state['step'], 60);
  files.contents.set(PREVIOUS, new Uint8Array(9));
  assert.match(await refusal(resumeRun(files, DIR, CONFIG, ENVIRONMENT)), /checkpoint is damaged/);
});

test('a disk that does not keep what is written ends the run, and the checkpoint before stays', async () => {
  const files = await withTwoCheckpoints();
  const second = files.contents.get(LAST);
  const { run } = await resumeRun({ ...files, writeAtomic: forgetful(files) }, DIR, CONFIG, ENVIRONMENT);
  const message = await refusal(run.saveCheckpoint({ state: { step: 110 }, tensors: {} }), RunError);
  assert.match(message, /checkpoint\.safetensors: the disk does not hold what was written to it/);
  assert.equal(files.contents.get(PREVIOUS), second);
  await train(files);
  assert.equal(lasting(files), lasting(await uninterrupted()));
});

/** Writes that lose the last byte of a checkpoint. */
const forgetful =
  (files: MemoryFiles): MemoryFiles['writeAtomic'] =>
  (path, data) =>
    files.writeAtomic(path, path === LAST ? data.slice(0, -1) : data);

test.run();
