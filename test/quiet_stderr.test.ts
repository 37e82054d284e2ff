// What Dawn always prints reaches no terminal, log or pipe; everything else does, in order, whatever descriptor 2 is.
// Only a socket keeps it.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withQuietStderr } from '../runtime/host/node/quiet_stderr.ts';
import { repositoryRoot } from './support/repository.ts';

const USUAL = [
  'Warning: vkCreateInstance: Found no drivers!',
  'Warning: vkCreateInstance failed with VK_ERROR_INCOMPATIBLE_DRIVER',
  '    at CheckVkSuccessImpl (VulkanError.cpp:106)',
  '',
  'Warning: maxDynamicUniformBuffersPerPipelineLayout artificially reduced from 1000000 to 16 to fit',
];

/** The part of this file that runs in a process of its own. */
const CHILD = 'write-to-both';

if (process.argv[2] === CHILD) {
  console.log('out 1');
  console.error('err 1');
  const before = readdirSync('/proc/self/fd').length;
  for (const round of [2, 3]) {
    await withQuietStderr(async () => {
      writeSync(2, `${USUAL.join('\n')}\nWarning: \u00fcnusual ${round}\n    at all\n`);
      console.log(`out ${round}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
      writeSync(2, `${USUAL.at(-1)}\nerr ${round}\n`);
    });
  }
  writeSync(2, `${USUAL.at(-1)}\n`);
  console.error(`err 4, ${readdirSync('/proc/self/fd').length - before} more descriptors open`);
  console.log('out 4');
  if (process.argv[3]) {
    await withQuietStderr(async () => {
      writeSync(2, `${USUAL[0]}\nerr 5\n`);
      process.exit(3);
    });
  }
  process.exit(0);
}

const round = (i: number): string => `Warning: \u00fcnusual ${i}\n    at all\nerr ${i}\n`;
const STDERR = `err 1\n${round(2)}${round(3)}${USUAL.at(-1)}\nerr 4, 0 more descriptors open\n`;
const STDOUT = 'out 1\nout 2\nout 3\nout 4\n';
const BOTH = `out 1\nerr 1\nout 2\n${round(2)}out 3\n${round(3)}${USUAL.at(-1)}\nerr 4, 0 more descriptors open\nout 4\n`;

const child = `'${process.execPath}' '${fileURLToPath(import.meta.url)}' ${CHILD}`;

/** What a shell script leaves in the file $log. */
function logOf(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'nat-stderr-'));
  try {
    const log = join(folder, 'log');
    execFileSync('sh', ['-c', script], {
      env: { ...process.env, log },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return readFileSync(log, 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Where the lines are overwritten, all others stay where they are. */
const IN_PLACE = BOTH.replace(/^(out \d\n)(Warning.*\n.*\n)/gm, '$2$1');

/** A file that is not appended to has blank lines in the place of the usual ones. */
const unblanked = (text: string): string => text.replace(/^ +\n/gm, '');

// elsewhere nothing is kept from a log
if (process.platform === 'linux') {
  test('a file', () => {
    const text = logOf(`${child} 2>"$log"`);
    assert.is(unblanked(text), STDERR);
    assert.is.not(text, STDERR);
  });

  test('a file that several commands share, and standard output with them', () => {
    const script = `(${child}; echo between >&2; ${child}) >"$log" 2>&1`;
    assert.is(unblanked(logOf(script)), `${IN_PLACE}between\n${IN_PLACE}`);
  });

  test('a file that is appended to', () => {
    assert.is(logOf(`echo first >"$log"; ${child} 2>>"$log"; echo last >>"$log"`), `first\n${STDERR}last\n`);
  });

  test('a pipe', () => {
    assert.is(logOf(`${child} 2>&1 >/dev/null | cat >"$log"`), STDERR);
    assert.is(logOf(`${child} 2>&1 | cat >"$log"`), BOTH);
  });

  test('a pipe whose reader has gone is not waited for', () => {
    assert.match(logOf(`(${child}; echo "exit $?" >"$log") 2>&1 >/dev/null | true`), /^exit \d/);
  });

  test('a socket, as another Node process makes it, loses nothing and keeps the usual lines', () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), CHILD]);
    assert.equal([String(stdout), status], [STDOUT, 0]);
    const usual = new Set(USUAL);
    const kept = String(stderr).split('\n');
    assert.is(kept.filter((line) => line === USUAL[1]).length, 2);
    const rest = (lines: readonly string[]): string => lines.filter((line) => !usual.has(line)).join('\n');
    assert.is(rest(kept), rest(STDERR.split('\n')));
  });

  test('a terminal', () => {
    // script(1) brings one; it is part of every Debian, not of every Linux
    if (spawnSync('script', ['--version']).status !== 0) return;
    const text = logOf(`script -qec "${child}" /dev/null </dev/null >"$log"`);
    assert.is(text.replaceAll('\r', ''), BOTH);
  });

  test('a closed one', () => {
    assert.is(logOf(`${child} 2>&- >"$log"`), STDOUT);
  });

  test('a program that exits meanwhile', () => {
    assert.is(unblanked(logOf(`${child} exit 2>"$log" || test $? = 3`)), `${STDERR}err 5\n`);
  });

  test('without a folder for temporary files nothing is dropped and nothing lost', () => {
    const text = logOf(`TMPDIR=/nowhere ${child} 2>>"$log"`);
    assert.is(text.split('\n').filter((line) => line === USUAL[1]).length, 2);
    assert.match(text, /^err 1\n[^]*\nerr 2\n[^]*\nerr 3\n[^]*err 4, 0 more/);
  });

  test('Dawn itself is silent, with a driver and without', () => {
    const nat = `'${process.execPath}' '${fileURLToPath(new URL('dist/nat.js', repositoryRoot))}'`;
    assert.is(logOf(`${nat} devices --quiet 2>>"$log"`), '');
    assert.is(logOf(`${nat} devices --quiet 2>&1 >/dev/null | cat >"$log"`), '');
    assert.is(unblanked(logOf(`${nat} devices --quiet 2>"$log"`)), '');
    assert.is(logOf(`VK_DRIVER_FILES=/nowhere ${nat} devices --quiet 2>>"$log" || test $? = 1`), '');
  });
}

test.run();
