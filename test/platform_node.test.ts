// Files in Node: what a write leaves behind, and what an error says.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nodePlatform } from '../runtime/host/node/platform_node.ts';
import { RunError } from '../runtime/errors.ts';

const { files, runtime } = nodePlatform();
const test = suite('platform_node', { folder: '' });

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'nat-files-'));
});
test.after(({ folder }) => rmSync(folder, { recursive: true }));

async function failure(work: Promise<unknown>): Promise<RunError & { code: string }> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, RunError);
    return error as RunError & { code: string };
  }
  return assert.unreachable('expected an error') as never;
}

test('files: written, appended, cut, read back, listed, removed', async ({ folder }) => {
  const deep = join(folder, 'a', 'b');
  await files.makeDirectory(deep);
  const path = join(deep, 'x.txt');
  assert.is(await files.exists(path), false);
  await files.writeAtomic(path, 'one');
  await files.writeAtomic(path, 'first\n');
  await files.append(path, 'second\n');
  assert.is(await files.readText(path), 'first\nsecond\n');
  assert.is(await files.size(path), 13);
  await files.truncate(path, 6);
  assert.equal([...(await files.readBytes(path))], [...Buffer.from('first\n')]);
  assert.equal(await files.list(deep), ['x.txt'], 'no temporary file stays');
  assert.is(await files.exists(join(path, 'below a file')), false);
  await files.remove(deep);
  await files.remove(deep);
  assert.equal(await files.list(join(folder, 'a')), []);
});

test('files: a write that fails leaves the old file and no temporary one', async ({ folder }) => {
  const path = join(folder, 'target');
  await files.makeDirectory(join(path, 'in the way'));
  const error = await failure(files.writeAtomic(path, 'data'));
  assert.match(error.message, /^cannot write .*target: /);
  assert.ok(['EISDIR', 'ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code), error.code);
  assert.equal(
    readdirSync(folder).filter((name) => name.endsWith('.tmp')),
    [],
  );
});

test('files: errors name the file and what to do, and keep the code', async ({ folder }) => {
  const missing = join(folder, 'missing');
  const read = await failure(files.readText(missing));
  assert.is(read.code, 'ENOENT');
  assert.is(read.message, `cannot read ${missing}: no such file or folder; check the path (ENOENT)`);
  const bytes = await failure(files.readBytes(folder));
  assert.match(bytes.message, /it is a folder; expected a file \(EISDIR\)$/);
});

test('files: a full disk is said so', async () => {
  // the device on which every write finds no space
  const error = await failure(files.append('/dev/full', 'x'));
  assert.is(error.code, 'ENOSPC');
  assert.match(error.message, /^cannot append to \/dev\/full: no space left on the device; free some space/);
});

test('platform: the runtime is named with its version', () => {
  assert.match(runtime, /^node \d+\.\d+\.\d+ \w+ \w+$/);
});

test.run();
