import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RunError } from '../runtime/errors.ts';
import { checkRunFolder, createRun, readFinishedRun, readRun, resumeRun } from '../src/run/run_folder.ts';
import { parseSafetensors, serializeSafetensors } from '../src/io/safetensors.ts';
import { PowerLoss, memoryFiles } from './support/memory_files.ts';
import type { CrashKind, MemoryFiles } from './support/memory_files.ts';
import {
  CONFIG,
  DIR,
  ENVIRONMENT,
  LAST,
  lasting,
  refusal,
  STEPS,
  train,
  uninterrupted,
} from './support/run_stand_in.ts';

const text = (files: MemoryFiles, name: string) =>
  new TextDecoder().decode(files.contents.get(`${DIR}/${name}`));

test('run folder: a finished run holds every file, as written', async () => {
  const files = await uninterrupted();
  assert.equal((await files.list(DIR)).sort(), [
    'checkpoint.safetensors',
    'config.json',
    'engine.json',
    'environment.json',
    'metrics.jsonl',
    'policy.safetensors',
    'result.json',
    'timing.jsonl',
    'weights.safetensors',
  ]);
  assert.is(
    text(files, 'config.json'),
    '{\n  "format": 1,\n  "epochs": 3,\n  "lr": 0.01,\n  "policy": {\n    "hidden": 100\n  },\n  "seed": 7\n}\n',
  );
  const rows = text(files, 'metrics.jsonl').split('\n');
  assert.is(rows.length, STEPS + 1);
  assert.match(rows[0], /^\{"step":1,"loss":[-0-9.e]+,"label":"é"\}$/);
  const { config, weights, policy, result } = await readFinishedRun(files, DIR);
  assert.equal(config, CONFIG);
  assert.is(weights['weight'].data.length, 3);
  assert.equal(policy['logits'].data, new Float32Array([1, 2]));
  assert.equal(result, { accuracy: 0.5, cell: ['skip_connect', 0, 2] });
});

test('run folder: power lost at any write, then resumed, ends with the same bytes', async () => {
  const reference = await uninterrupted();
  const expected = lasting(reference);
  const kinds: CrashKind[] = ['undone', 'half', 'done'];
  let crashes = 0;
  for (let write = 0; write < reference.writes(); write++) {
    for (const kind of kinds) {
      const files = memoryFiles();
      files.crashAt(write, kind);
      try {
        await train(files);
        assert.unreachable(`no crash at write ${write}`);
      } catch (error) {
        assert.instance(error, PowerLoss);
        crashes++;
      }
      files.restart();
      await train(files);
      assert.equal(lasting(files), expected, `write ${write} ${kind}`);
      for (const row of text(files, 'timing.jsonl').trim().split('\n')) JSON.parse(row);
    }
  }
  assert.is(crashes, 3 * reference.writes());
});

test('run folder: power lost again while resuming changes nothing', async () => {
  const reference = await uninterrupted();
  const expected = lasting(reference);
  for (let first = 0; first < reference.writes(); first++) {
    for (let second = 0; second < 4; second++) {
      const files = memoryFiles();
      for (const write of [first, first + 1 + second]) {
        files.crashAt(write, 'half');
        await train(files).catch((error: unknown) => assert.instance(error, PowerLoss));
        files.restart();
      }
      await train(files);
      assert.equal(lasting(files), expected, `writes ${first} and ${first + 1 + second}`);
    }
  }
});

test('run folder: a second run is refused, and --resume of a finished one returns its result', async () => {
  const files = await uninterrupted();
  const message = await refusal(createRun(files, DIR, CONFIG, ENVIRONMENT));
  assert.match(message, /^runs\/a: there is a run in this folder already; add --resume/);
  const before = lasting(files);
  const { result } = await resumeRun(files, DIR, CONFIG, ENVIRONMENT);
  assert.is(result?.['accuracy'], 0.5);
  assert.equal(lasting(files), before);
});

test('run folder: resuming with other options names each of them', async () => {
  const files = memoryFiles();
  await createRun(files, DIR, CONFIG, ENVIRONMENT);
  const other = { ...CONFIG, epochs: 4, policy: { hidden: 100, embedding: 10 } };
  const message = await refusal(resumeRun(files, DIR, other, ENVIRONMENT));
  assert.match(message, /epochs is 3 there and 4 here; policy\.embedding is nothing there and 10 here;/);
  await resumeRun(files, DIR, { ...CONFIG, absent: undefined }, ENVIRONMENT);
});

test('run folder: another adapter on resuming is recorded once', async () => {
  const files = memoryFiles();
  await createRun(files, DIR, CONFIG, ENVIRONMENT);
  await resumeRun(files, DIR, CONFIG, ENVIRONMENT);
  assert.equal(JSON.parse(text(files, 'environment.json')), ENVIRONMENT);
  const second = { ...ENVIRONMENT, adapter: 'H100' };
  await resumeRun(files, DIR, CONFIG, second);
  await resumeRun(files, DIR, CONFIG, second);
  assert.equal(JSON.parse(text(files, 'environment.json')), { ...ENVIRONMENT, resumed: [second] });
});

test('run folder: every damage to a checkpoint is noticed', async () => {
  const files = await uninterrupted();
  const path = LAST;
  files.contents.delete(`${DIR}/result.json`);
  const whole = files.contents.get(path)!;
  for (let i = 0; i < whole.length; i++) {
    const damaged = whole.slice();
    damaged[i] ^= 0x10;
    files.contents.set(path, damaged);
    const message = await refusal(resumeRun(files, DIR, CONFIG, ENVIRONMENT));
    assert.match(
      message,
      /^runs\/a\/checkpoint\.safetensors: the checkpoint (is damaged|has format)/,
      `byte ${i}`,
    );
  }
  for (const length of [0, 7, 100, whole.length - 1]) {
    files.contents.set(path, whole.slice(0, length));
    assert.match(
      await refusal(resumeRun(files, DIR, CONFIG, ENVIRONMENT)),
      /remove it to start the run again/,
    );
  }
  files.contents.delete(path);
  const { checkpoint } = await resumeRun(files, DIR, CONFIG, ENVIRONMENT);
  assert.is(checkpoint, null);
  assert.is(text(files, 'metrics.jsonl'), '');
});

test('run folder: a checkpoint or folder of another version is refused', async () => {
  const files = await uninterrupted();
  const path = LAST;
  const { tensors, metadata } = parseSafetensors(files.contents.get(path)!, path);
  files.contents.set(path, serializeSafetensors(tensors, { ...metadata, format: '3' }));
  assert.match(
    await refusal(resumeRun(files, DIR, CONFIG, ENVIRONMENT)),
    /has format 3, this version reads 2/,
  );
  for (const [config, got] of [
    ['{"format":0}', 'format 0'],
    ['{"epochs":3}', 'no format number'],
  ] as const) {
    await files.writeAtomic(`${DIR}/config.json`, config);
    const message = await refusal(resumeRun(files, DIR, CONFIG, ENVIRONMENT));
    assert.match(message, `runs/a/config.json: got ${got}, this version reads run folders of format 1`);
  }
  await files.writeAtomic(`${DIR}/config.json`, '{"format":');
  assert.match(await refusal(resumeRun(files, DIR, CONFIG, ENVIRONMENT)), /config\.json: not valid JSON/);
});

test('run folder: a log shorter than its checkpoint is refused', async () => {
  const files = await uninterrupted();
  files.contents.delete(`${DIR}/result.json`);
  await files.truncate(`${DIR}/metrics.jsonl`, 10);
  const message = await refusal(resumeRun(files, DIR, CONFIG, ENVIRONMENT));
  assert.match(
    message,
    /^runs\/a\/metrics\.jsonl: got 10 bytes, but the checkpoint was saved when it had \d+;/,
  );
});

test('run folder: a folder with files of the same names is left alone', async () => {
  const files = memoryFiles();
  await files.makeDirectory('mine');
  await files.writeAtomic('mine/result.json', '{}');
  for (const start of [createRun, resumeRun]) {
    const message = await refusal(start(files, 'mine', CONFIG, ENVIRONMENT));
    assert.match(message, /^mine: holds result\.json but no config\.json/);
  }
  assert.equal(await files.list('mine'), ['result.json']);
});

test('run folder: a full disk gives one clear line, and the run can go on later', async () => {
  const files = memoryFiles();
  const run = await createRun(files, DIR, CONFIG, ENVIRONMENT);
  files.failWrites('ENOSPC');
  await run.appendMetrics({ step: 1 });
  const save = run.saveCheckpoint({ state: { step: 1 }, tensors: {} });
  assert.is(
    await refusal(save, RunError),
    'runs/a: no space left on the disk; free some and go on with --resume',
  );
  files.failWrites('EACCES');
  assert.match(
    await refusal(createRun(files, 'runs/b', CONFIG, ENVIRONMENT)),
    /runs\/b: cannot be written \(EACCES/,
  );
  files.failWrites(null);
  await train(files);
  assert.equal(lasting(files), lasting(await uninterrupted()));
});

test('run folder: NaN never reaches a log', async () => {
  const run = await createRun(memoryFiles(), DIR, CONFIG, ENVIRONMENT);
  const message = await refusal(run.appendMetrics({ step: 1, loss: NaN }), RunError);
  assert.match(message, /metrics\.jsonl: 'loss' is NaN; it cannot be recorded/);
});

test('run folder: reading an unfinished or missing run says what to do', async () => {
  const files = memoryFiles();
  assert.match(await refusal(readFinishedRun(files, DIR)), /^runs\/a: not a run folder \(no config\.json\)/);
  await createRun(files, DIR, CONFIG, ENVIRONMENT);
  assert.match(
    await refusal(readFinishedRun(files, DIR)),
    /search is not finished; go on with it: nat search --config runs\/a\/config.json --out runs\/a --resume/,
  );
});

/** A training is known by the network that it records. */
const TRAINING = { ...CONFIG, blueprint: { name: 'DARTS' } };

test('run folder: one of another kind is said to be that', async () => {
  const files = memoryFiles();
  await createRun(files, DIR, TRAINING, ENVIRONMENT);
  await createRun(files, 'runs/b', CONFIG, ENVIRONMENT);
  await createRun(files, 'runs/d', { ...CONFIG, stageCells: 5 }, ENVIRONMENT);
  assert.match(
    await refusal(readFinishedRun(files, 'runs/d')),
    /^runs\/d: holds a supernet of a benchmark, not a search; give a folder that nat search --out made$/,
  );
  files.contents.set('runs/c/experiment.json', new TextEncoder().encode('{}'));
  assert.is(
    await refusal(readFinishedRun(files, DIR)),
    'runs/a: holds a training, not a search; give a folder that nat search --out made, ' +
      'or use this one with nat evaluate --run runs/a',
  );
  assert.match(
    await refusal(readRun(files, 'runs/b', 'training')),
    /^runs\/b: holds a search, not a training; .* nat train --out made, .* nat derive --run runs\/b$/,
  );
  assert.match(await refusal(readRun(files, 'runs/c', 'search')), /^runs\/c: an experiment, whose runs have/);
  const resuming = refusal(resumeRun(files, 'runs/b', TRAINING, ENVIRONMENT));
  assert.is(await resuming, 'runs/b: holds a search, not a training; choose another folder');
});

test('run folder: what starting or resuming would refuse is refused before, and nothing is written', async () => {
  const files = memoryFiles();
  await createRun(files, DIR, CONFIG, ENVIRONMENT);
  files.contents.set('runs/b/weights.safetensors', new Uint8Array(1));
  const writes = files.writes();
  await checkRunFolder(files, DIR, true, CONFIG);
  for (const resume of [true, false]) await checkRunFolder(files, 'runs/new', resume, CONFIG);
  assert.match(await refusal(checkRunFolder(files, DIR, false, CONFIG)), /add --resume to go on with it/);
  const other = checkRunFolder(files, DIR, true, { ...CONFIG, epochs: 4 });
  assert.match(await refusal(other), /epochs is 3 there and 4 here/);
  for (const resume of [true, false]) {
    assert.match(await refusal(checkRunFolder(files, 'runs/b', resume, CONFIG)), /not a run folder/);
  }
  assert.is(files.writes(), writes);
});

test.run();
