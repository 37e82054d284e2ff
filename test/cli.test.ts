// The program as a user starts it: exit codes, one-line errors, help, and `nat devices`.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRepositoryFile, repositoryRoot } from './support/repository.ts';

const program = fileURLToPath(new URL('dist/nat.js', repositoryRoot));

/** An adapter that no machine has: whatever looks for it ends with an error that names it. */
const NO_ADAPTER = 'nothing of that name';

function nat(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  // Dawn's own words about the adapter
  return { status, stdout, stderr: stderr.replace(/^Warning: .*\n/gm, '') };
}

test('nat --version: the version of the package', () => {
  const { version } = JSON.parse(new TextDecoder().decode(readRepositoryFile('package.json')));
  assert.equal(nat('--version'), { status: 0, stdout: `${version}\n`, stderr: '' });
});

test('nat: help lists every command, asked for in whatever way; without a command it is an error', () => {
  const help = nat('--help');
  assert.is(help.status, 0);
  assert.match(help.stdout, /^ {2}devices +the adapters of this machine/m);
  assert.equal(nat('-h'), help);
  assert.equal(nat('help'), help);
  assert.equal(nat(), { ...help, status: 2 });
});

test('nat: help of a command, asked for in whatever way', () => {
  const help = nat('data', 'cifar10', '--help');
  assert.is(help.status, 0);
  assert.match(
    help.stdout,
    /^nat data cifar10: .*\n\n {2}nat data cifar10 --dir DIR \[OPTIONS\]\n\nOptions\n/,
  );
  assert.equal(nat('data', 'cifar10', '-h'), help);
  assert.equal(nat('help', 'data', 'cifar10'), help);
  assert.match(nat('help', 'serach').stderr, /^error: unknown command 'serach'; did you mean 'search'\?\n$/);
});

test('nat: a mistake of the user is one line and exit code 2', () => {
  const command = nat('devises');
  assert.equal(command, {
    status: 2,
    stdout: '',
    stderr: "error: unknown command 'devises'; did you mean 'devices'?\n",
  });
  const option = nat('devices', '--jsno');
  assert.equal(option, {
    status: 2,
    stdout: '',
    stderr: "error: unknown option --jsno; did you mean '--json'?\n",
  });
  const adapter = nat('devices', '--adapter', 'wibble');
  assert.is(adapter.status, 2);
  assert.match(adapter.stderr, /^error: adapter 'wibble' not found; available: .*\n$/);
});

test('nat: --debug adds where an error comes from', () => {
  const { status, stderr } = nat('devices', '--jsno', '--debug');
  assert.is(status, 2);
  assert.match(stderr, /^UserError: unknown option --jsno.*\n +at /);
});

test('nat devices: every adapter with its facts, and the one taken', () => {
  const { status, stdout } = nat('devices', '--json');
  assert.is(status, 0);
  const { adapters, taken } = JSON.parse(stdout);
  assert.is(taken.name, adapters[0].name);
  assert.type(taken.reason, 'string');
  for (const { kind, limits, features } of adapters) {
    assert.ok(['gpu', 'llvmpipe', 'swiftshader'].includes(kind), kind);
    assert.ok(limits.maxStorageBufferBindingSize >= 2 ** 27);
    assert.ok(Array.isArray(features));
  }
  const text = nat('devices').stdout;
  for (const { name } of adapters) assert.ok(text.includes(name), text);
});

test('nat: what a name holds cannot reach the terminal, nor fill it', () => {
  const { status, stderr } = nat('cost', '--arch', `\u001b[2J\n${'x'.repeat(100_000)}`);
  assert.is(status, 2);
  assert.match(stderr, /^error: architecture '\\u001b\[2J\\nx+\.\.\.x+' is not known; /);
  assert.ok(stderr.length < 2100, String(stderr.length));
});

test('nat: what cannot be is refused in one line, before an adapter is looked for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'nat-cli-'));
  const out = ['--out', join(folder, 'run'), '--adapter', NO_ADAPTER];
  const search = (...args: string[]) => nat('search', ...out, ...args);
  const train = (...args: string[]) => nat('train', '--arch', 'DARTS', ...out, ...args);
  try {
    const cases: [ReturnType<typeof nat>, RegExp][] = [
      [search('--channels', '3'), /--channels: got 3, expected an even number/],
      [search('--lr', '0.001'), /--lr-min: got 0\.005, expected at most --lr \(0\.001\)/],
      [search('--batch', '500'), /--batch: got 500, but the policy part has 250 of 1000 images/],
      [train('--layers', '0'), /--layers: got 0, expected a whole number of 1 or more/],
      [train('--batch', '100000'), /--batch: got 100000, but there are only \d+ training images/],
      [train('--image-size', '64'), /--image-size: got 64, but the images of sample are of 32 pixels a side/],
      [nat('train', '--arch', 'ResNet20', ...out, '--drop-path', '0.1'), /ResNet20 has no paths to drop/],
      [nat('derive', '--run', folder, '--arch', 'DARTS', '--adapter', NO_ADAPTER), /not a run folder/],
      // and this one would do
      [search(), /adapter 'nothing of that name' not found/],
    ];
    for (const [{ status, stdout, stderr }, message] of cases) {
      assert.match(stderr, message);
      assert.match(stderr, /^error: [^\n]+\n$/);
      assert.is(status, 2, stderr);
      assert.is(stdout, '');
    }
    assert.equal(readdirSync(folder), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('nat: results go to standard output, what to do next to standard error, and --quiet leaves that out', () => {
  const cost = ['cost', '--arch', 'DARTS'];
  const { status, stdout, stderr } = nat(...cost);
  assert.is(status, 0);
  assert.match(stdout, /^DARTS, cifar10\n/);
  assert.match(
    stderr,
    /^next: node .*nat\.js train --arch DARTS --out runs\/train # train it from scratch\n$/,
  );
  assert.equal(nat(...cost, '--quiet'), { status, stdout, stderr: '' });
  assert.is(nat(...cost, '--json').stderr, '');
});

test.run();
