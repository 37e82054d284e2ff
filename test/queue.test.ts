// What work on many machines rests on, without a server: what goes into the store and comes out, which jobs are handed out
// when, and what is refused.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { version } from 'virtual:package';
import { RunError, StoreError, UserError } from '../runtime/errors.ts';
import type { JobEnd, TakenJob } from '../runtime/host/queue.ts';
import { layOut } from '../src/experiment/grid.ts';
import { type Job, jobsOf } from '../src/experiment/jobs.ts';
import { readExperiment } from '../src/experiment/read_experiment.ts';
import { createRng } from '../src/core/rng.ts';
import { folderStore } from '../src/queue/folder_store.ts';
import { packFolder, unpackFolder } from '../src/queue/pack.ts';
import { publish } from '../src/queue/publish.ts';
import { releaseAfter, releaseReady } from '../src/queue/release.ts';
import { fetchFiles, fetchJobs, isStored, keyOf, putExperiment } from '../src/queue/stored_experiment.ts';
import { readTicket, type Ticket, ticketId, ticketOf } from '../src/queue/ticket.ts';
import { workOn } from '../src/queue/work.ts';
import { memoryFiles } from './support/memory_files.ts';
import { memoryQueue } from './support/memory_queue.ts';
import { experimentFiles, SMALL_GRID } from './support/small_experiment.ts';
import { buildTar } from './support/tar_builder.ts';

const NAME = 'small_grid';
const DIR = 'here';
const bytesOf = (text: string) => new TextEncoder().encode(text);

async function rejects(work: Promise<unknown>, type: typeof RunError | typeof UserError, message: RegExp) {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.instance(error, type);
  assert.match((error as Error).message, message);
}

/** A store with the small grid in it. */
async function stored() {
  const files = memoryFiles();
  await files.makeDirectory('store');
  const store = folderStore(files, 'store');
  const experiment = await readExperiment(experimentFiles(), 'grid/file.json');
  const digest = await putExperiment(store, NAME, experiment);
  const jobs = jobsOf(layOut(experiment, DIR));
  return { files, store, experiment, digest, jobs };
}

/** Leaves in the store what a job leaves. */
async function leave(store: ReturnType<typeof folderStore>, job: Job, text = 'x'): Promise<void> {
  for (const path of job.writes) {
    const key = keyOf(NAME, DIR, path);
    await store.write(job.kind === 'transformations' ? key : `${key}/result.json`, bytesOf(text));
  }
}

test('a packed folder is unpacked as it was', async () => {
  const names = fc.stringMatching(/^[a-z_-][a-z0-9._-]{0,40}$/);
  await fc.assert(
    fc.asyncProperty(fc.dictionary(names, fc.uint8Array({ maxLength: 1500 })), async (contents) => {
      const files = memoryFiles();
      await files.makeDirectory('run');
      for (const [name, bytes] of Object.entries(contents)) await files.writeAtomic(`run/${name}`, bytes);
      const packed = await packFolder(files, 'run', () => true);
      assert.is(packed.length % 512, 0);
      await unpackFolder(files, 'again', packed, 'archive');
      for (const [name, bytes] of Object.entries(contents)) {
        assert.equal(await files.readBytes(`again/${name}`), new Uint8Array(bytes), name);
      }
      assert.is((await files.list('again')).length, Object.keys(contents).length);
    }),
    { numRuns: 100, seed: 1 },
  );
});

test('an archive from elsewhere puts nothing outside its folder', async () => {
  const files = memoryFiles();
  const bad = ['../up', '/root', 'a/b', '..', '.hidden', 'a\\b'];
  const packed = buildTar([...bad, 'good.json'].map((name) => ({ name, bytes: bytesOf(name) })));
  await unpackFolder(files, 'run', packed, 'archive');
  assert.equal([...files.contents.keys()], ['run/good.json']);
  await rejects(unpackFolder(files, 'run', packed.slice(0, 700), 'archive'), RunError, /^archive: /);
});

test('tickets: what is none is refused, whatever the queue holds', () => {
  const good: Ticket = { experiment: 'a', digest: '0'.repeat(64), job: 'searches/gcn-x-seed1', version };
  const { data } = ticketOf(good);
  assert.equal(readTicket(data), good);
  const bad: readonly (readonly [keyof Ticket | 'format', string])[] = [
    ['format', '2'],
    ['experiment', '../other'],
    ['experiment', 'a/b'],
    ['experiment', '..'],
    ['experiment', ''],
    ['digest', 'x'],
    ['job', 'searches/../../x'],
    ['job', 'searches/a/b'],
    ['job', 'scripts/a'],
    ['job', 'searches/a\nb'],
    ['version', '$(rm)'],
  ];
  for (const [name, value] of bad) {
    assert.throws(
      () => readTicket({ ...data, [name]: value }),
      (error: Error) => error instanceof UserError,
      `${name} ${value}`,
    );
  }
  const { job: _, ...without } = data;
  assert.throws(() => readTicket(without as typeof data), /whose job is undefined/);
});

test('an experiment comes out of the store with the jobs that it went in with', async () => {
  const { store, digest, jobs } = await stored();
  assert.equal(
    JSON.parse(JSON.stringify(await fetchJobs(store, NAME, digest, DIR))),
    JSON.parse(JSON.stringify(jobs)),
  );
  await rejects(fetchJobs(store, NAME, 'f'.repeat(64), DIR), UserError, /is not that of the queue: got /);
  await rejects(fetchJobs(store, 'other', digest, DIR), StoreError, /has no other\/experiment\.json/);
});

test('another experiment of the same name is refused', async () => {
  const { store } = await stored();
  const other = await readExperiment(experimentFiles({ ...SMALL_GRID, seeds: [7] }), 'grid/file.json');
  await rejects(
    putExperiment(store, NAME, other),
    UserError,
    /^store store: has another experiment called small_grid/,
  );
});

test('a job is handed out once what it needs is there, and every one is, in whatever order they end (seeds 0 to 19)', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const rng = createRng(seed, 0);
    const draw = (count: number): number => Math.floor(rng.uniform() * count);
    const { store, digest, jobs } = await stored();
    const queue = memoryQueue();
    await releaseReady(queue, store, NAME, digest);
    const byId = new Map(jobs.map((job) => [ticketId({ experiment: NAME, digest, job: job.id }), job]));
    const done = new Set<string>();
    while (done.size < jobs.length) {
      const waiting = [...queue.entries].filter(([, { state }]) => state === 'waiting');
      assert.ok(waiting.length > 0, `${done.size} of ${jobs.length} done, and nothing waits`);
      const [id, entry] = waiting[draw(waiting.length)]!;
      const job = byId.get(id)!;
      for (const need of job.needs) assert.ok(done.has(need), `${job.id} before ${need}`);
      await leave(store, job);
      done.add(job.id);
      entry.state = 'done';
      // a worker that dies here hands out nothing; whoever looks at the whole does
      if (draw(3) > 0) await releaseAfter(queue, store, readTicket(entry.data));
      else await releaseReady(queue, store, NAME, digest);
    }
    assert.is(queue.entries.size, jobs.length);
  }
});

test('what the queue calls done and the store lacks is done again', async () => {
  const { store, digest, jobs } = await stored();
  const queue = memoryQueue();
  await releaseReady(queue, store, NAME, digest);
  const [id] = queue.entries.keys();
  queue.entries.get(id!)!.state = 'done';
  const done = await releaseReady(queue, store, NAME, digest);
  assert.is(done.size, 0);
  assert.is(queue.entries.get(id!)!.state, 'waiting');
  await leave(
    store,
    jobs.find((job) => ticketId({ experiment: NAME, digest, job: job.id }) === id)!,
  );
  queue.entries.get(id!)!.state = 'done';
  assert.is((await releaseReady(queue, store, NAME, digest)).size, 1);
  assert.is(queue.entries.get(id!)!.state, 'done');
});

test('who ends second finds the same bytes, or says what differs', async () => {
  const { store, jobs } = await stored();
  const training = jobs.find(({ kind }) => kind === 'training')!;
  const [run] = training.writes;
  const machine = async (metrics: string, milliseconds: string) => {
    const files = memoryFiles();
    await files.makeDirectory(run!);
    const put = (name: string, text: string) => files.writeAtomic(`${run}/${name}`, text);
    await put('result.json', '{}');
    await put('metrics.jsonl', metrics);
    await put('timing.jsonl', milliseconds);
    await put('lock.json', milliseconds);
    return files;
  };
  const publishBy = async (metrics: string, milliseconds: string) =>
    publish(store, await machine(metrics, milliseconds), NAME, DIR, training, 'llvmpipe');
  await publishBy('same', '1 ms');
  assert.ok(await isStored(store, NAME, DIR, training));
  await publishBy('same', '2 ms');
  assert.is(new TextDecoder().decode((await store.read(keyOf(NAME, DIR, `${run}/timing.jsonl`)))!), '1 ms');
  assert.is(await store.read(keyOf(NAME, DIR, `${run}/lock.json`)), null);
  await rejects(
    publishBy('other', '1 ms'),
    RunError,
    /metrics\.jsonl: got \w{64} here on llvmpipe, but another worker/,
  );
  const here = memoryFiles();
  await fetchFiles(store, here, NAME, DIR, training.writes);
  assert.is(await here.readText(`${run}/metrics.jsonl`), 'same');
  assert.ok(await here.exists(`${run}/result.json`));
});

test('nothing is put where the experiment is not: a folder that is not mounted looks empty', async () => {
  const { files, store, jobs } = await stored();
  await files.remove('store');
  await rejects(publish(store, memoryFiles(), NAME, DIR, jobs[0]!, 'x'), StoreError, /has no small_grid/);
  await rejects(fetchFiles(store, memoryFiles(), NAME, DIR, jobs[0]!.writes), StoreError, /result\.json/);
  assert.equal(
    [...files.contents.keys()].filter((path) => path.startsWith('store/')),
    [],
  );
});

test('a worker refuses jobs of another version, and what is no ticket; what it did releases the next', async () => {
  const { store, digest, jobs } = await stored();
  const queue = memoryQueue();
  const notes: string[] = [];
  const performed: string[] = [];
  const place = {
    queue,
    store,
    async perform(ticket: Ticket): Promise<JobEnd> {
      performed.push(ticket.job);
      await leave(
        store,
        jobs.find(({ id }) => id === ticket.job)!,
      );
      return { end: 'done' };
    },
    note: (line: string) => notes.push(line),
  };
  const taken = (data: TakenJob['data']): TakenJob => ({ id: 'x', data, progress: () => {} });
  const { data } = ticketOf({ experiment: NAME, digest, job: jobs[0]!.id });
  const other = await workOn(taken({ ...data, version: '0.0.1' }), place);
  assert.is(other.end, 'returned');
  assert.match(notes[0]!, /refused: it was handed in by version 0\.0\.1, this worker is /);
  assert.is((await workOn(taken({ command: 'rm -rf /' }), place)).end, 'hopeless');
  assert.equal(performed, []);
  assert.equal(await workOn(taken(data), place), { end: 'done' });
  const next = jobs.filter(({ needs }) => needs.includes(jobs[0]!.id)).map(({ id }) => id);
  assert.equal(
    [...queue.entries.values()].map((entry) => entry.data['job']),
    next,
  );
  const dies = { ...place, perform: () => Promise.reject(new RunError('signal SIGKILL')) };
  assert.equal(await workOn(taken(data), dies), { end: 'failed', why: 'signal SIGKILL' });
});

test.run();
