// One process at a time in a folder: who is kept out and told so, and who takes a folder over from a process that ended.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RunError, UserError } from '../runtime/errors.ts';
import { nodePlatform } from '../runtime/host/node/platform_node.ts';
import { repositoryRoot } from './support/repository.ts';

const { files } = nodePlatform();
const test = suite('folder_lock', { folder: '' });

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'nat-lock-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

/** Takes the folder, says so, and keeps it until its standard input ends. */
const HOLDER = `
  const { hostPlatform } = await import(${JSON.stringify(new URL('dist/lib/src/index.js', repositoryRoot).href)});
  const { files } = await hostPlatform();
  try {
    const lock = await files.lock(process.argv[1]);
    process.stdin.on('end', () => void lock.release()).resume();
    console.log('held');
  } catch (error) {
    console.log(error.message);
  }`;

interface Holder {
  readonly child: ChildProcess;
  /** What it says first: 'held', or why not. */
  readonly said: Promise<string>;
  readonly ended: Promise<void>;
}

function startHolder(folder: string): Holder {
  const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = new Promise<string>((resolve) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.includes('\n')) resolve(text.trim());
    });
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  return { child, said, ended };
}

async function refusal(work: Promise<unknown>, kind: typeof UserError | typeof RunError): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, kind);
    return (error as Error).message;
  }
  return assert.unreachable('expected an error') as never;
}

const lockFile = (folder: string): string => join(folder, 'lock.json');

/** Makes a file that says what the present one says, but for `changes`. */
async function leaveLock(folder: string, changes: object): Promise<void> {
  const lock = await files.lock(folder);
  const present = JSON.parse(readFileSync(lockFile(folder), 'utf8'));
  await lock.release();
  writeFileSync(lockFile(folder), JSON.stringify({ ...present, ...changes }));
}

test('a folder that is held keeps everybody else out, and says who holds it', async ({ folder }) => {
  const { child, said, ended } = startHolder(folder);
  assert.is(await said, 'held');
  const message = await refusal(files.lock(folder), UserError);
  const who = `^${folder}: process ${child.pid} on ${hostname()} has been in this folder since \\d{4}-.*Z; wait for it, or stop it$`;
  assert.match(message, new RegExp(who));
  child.stdin!.end();
  await ended;
  const lock = await files.lock(folder);
  await refusal(files.lock(folder), UserError);
  await lock.check();
  await lock.release();
  assert.equal(readdirSync(folder), []);
});

test('a process that was killed leaves a folder to the next', async ({ folder }) => {
  const { child, said, ended } = startHolder(folder);
  assert.is(await said, 'held');
  child.kill('SIGKILL');
  await ended;
  const lock = await files.lock(folder);
  await lock.check();
  assert.is(JSON.parse(readFileSync(lockFile(folder), 'utf8')).process, process.pid);
  await lock.release();
});

test('of eight processes that find the folder of a killed one, exactly one takes it', async ({ folder }) => {
  const first = startHolder(folder);
  assert.is(await first.said, 'held');
  first.child.kill('SIGKILL');
  await first.ended;
  const others = Array.from({ length: 8 }, () => startHolder(folder));
  const said = await Promise.all(others.map((other) => other.said));
  assert.is(said.filter((text) => text === 'held').length, 1, said.join('\n'));
  for (const text of said) assert.match(text, /^held$|has been in this folder since/);
  for (const { child } of others) child.stdin!.end();
  await Promise.all(others.map(({ ended }) => ended));
  assert.equal(readdirSync(folder), []);
});

test('a process number that is used again is told from the process that had it', async ({ folder }) => {
  if (process.platform !== 'linux') return;
  await leaveLock(folder, { began: 'another boot 1' });
  await (await files.lock(folder)).release();
});

test('a process on another machine, or in another container, may still run', async ({ folder }) => {
  for (const changes of [{ host: 'elsewhere' }, { space: 'pid:[1]' }]) {
    await leaveLock(folder, { process: 2 ** 22 + 1, ...changes });
    const message = await refusal(files.lock(folder), UserError);
    assert.match(message, `if it has ended, remove ${lockFile(folder)}`);
    rmSync(lockFile(folder));
  }
});

test('a file that is no lock of ours is left alone', async ({ folder }) => {
  for (const text of ['', '{', 'null', '{"process":1}']) {
    writeFileSync(lockFile(folder), text);
    assert.match(
      await refusal(files.lock(folder), UserError),
      /lock\.json: does not say who is in this folder/,
    );
    assert.is(readFileSync(lockFile(folder), 'utf8'), text);
  }
});

test('who has lost a folder to another is told, and does not take the lock of the other along', async ({
  folder,
}) => {
  const lock = await files.lock(folder);
  rmSync(lockFile(folder));
  const other = await files.lock(folder);
  assert.match(await refusal(lock.check(), RunError), /no longer names this process/);
  await lock.release();
  await other.check();
  await other.release();
});

test.run();
