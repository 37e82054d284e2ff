// A copy of the repository in which one file at a time is mutated; tests are built and run there, never in the checkout.

import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const COPIED = ['src', 'runtime', 'shaders', 'test', 'bench', 'docs', 'package.json', 'tsconfig.json'];

/** What a run of a test came to: uvu's own counts, since a test may also end before it has run. */
const ALL_PASSED = /^ {2}Total: +(\d+)\n {2}Passed: +\1\n/m;

/** What uvu prints at once for a test that failed. */
const FAILED = '\u2718';

/** @typedef {{ name: string, op?: string }} Run a test file, of that of all ops the cases of some */

/** Makes a copy of the repository at `root`, without what is installed, which is looked up there. */
export async function copyTree(/** @type {string} */ root) {
  const folder = mkdtempSync(join(tmpdir(), 'nat-mutation-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const name of COPIED) {
    if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const builder = pathToFileURL(join(folder, 'runtime/tools/build.mjs')).href;
  /** @type {typeof import('../../runtime/tools/build.mjs')} */
  const { buildTests } = await import(builder);

  const mutate = (/** @type {import('./mutants.mjs').Mutant} */ { file, start, end, becomes }) => {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.slice(0, start) + becomes + text.slice(end));
    return () => writeFileSync(path, text);
  };

  return {
    /** Builds tests by the names of their files. */
    build: buildTests,

    /** Writes a mutant's file; gives what puts the original back. */
    mutate,

    /** The files in which the compiler finds errors with mutants of several files; unused names are none. */
    typeErrors(/** @type {import('./mutants.mjs').Mutant[]} */ mutants) {
      const restore = mutants.map(mutate);
      const unused = ['--noUnusedLocals', 'false', '--noUnusedParameters', 'false'];
      const tsc = join(root, 'node_modules/typescript/bin/tsc');
      const { stdout } = spawnSync(process.execPath, [tsc, '--pretty', 'false', ...unused], {
        cwd: folder,
        encoding: 'utf8',
      });
      for (const back of restore) back();
      return new Set([...stdout.matchAll(/^(\S+)\(\d+,\d+\): error/gm)].map((match) => match[1] ?? ''));
    },

    /**
     * Runs a built test up to its first failure.
     * @returns {Promise<{ passed: boolean, ended: boolean, seconds: number }>}
     */
    run(/** @type {Run} */ { name, op = '' }, /** @type {number} */ limitSeconds) {
      return new Promise((resolve) => {
        const begin = performance.now();
        const child = spawn(process.execPath, [join(folder, 'dist/test', `${name}.test.js`)], {
          cwd: folder,
          env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', NAT_TEST_OP: op },
          stdio: ['ignore', 'pipe', 'ignore'],
        });
        let ended = true;
        const timer = setTimeout(() => {
          ended = false;
          child.kill('SIGKILL');
        }, limitSeconds * 1000);
        let output = '';
        child.stdout.setEncoding('utf8').on('data', (data) => {
          output += data;
          if (data.includes(FAILED)) child.kill('SIGKILL');
        });
        child.on('close', (code) => {
          clearTimeout(timer);
          const seconds = (performance.now() - begin) / 1000;
          resolve({ passed: code === 0 && ALL_PASSED.test(output), ended, seconds });
        });
      });
    },
  };
}
