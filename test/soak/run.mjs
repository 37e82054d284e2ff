// What is too long for the suite: `npm run soak [-- NAME ...]` runs it, all or by name, and leaves in results.json what came
// of it: how much was done, on what, and at which commit. Each entry is replaced only by a newer run of the same.
// `--share 0.1` does a tenth of everything, where time is short; results say so.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startAndEnd } from './starts.mjs';

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { share: { type: 'string', default: '1' } },
});
const share = Number(values.share);
if (!(share > 0 && share <= 1)) {
  console.error(`soak: got --share ${values.share}, expected more than 0 and at most 1`);
  process.exit(2);
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const file = fileURLToPath(new URL('results.json', import.meta.url));

/** Longest time for a test file, in seconds. */
const LIMIT = 4 * 3600;

/** Test files that do more where NAT_SOAK asks for it (test/support/effort.ts) -> what they do then. */
const TESTS = {
  app_memory: '20,000 steps in the page: the memory of the browser stays as it is',
  device_lost:
    'a search that loses its device at 30 random steps, each ends with the bytes of an undisturbed one',
  fuzz_parsers: '10,000 inputs for every parser',
  fuzz_server: '10,000 requests to the server of the page',
  long_run: '20,000 steps over distinct architectures in each kind of cell: nothing grows',
  queue_faults: '40 faults of workers, Redis and the store change no byte of an experiment',
};

const output = (/** @type {string} */ program, /** @type {string[]} */ args) =>
  spawnSync(program, args, { cwd: root, encoding: 'utf8' }).stdout.trim();

/** The adapter that is tested on. */
function adapter() {
  const { adapters } = JSON.parse(output(process.execPath, ['dist/nat.js', 'devices', '--json']));
  const asked = process.env.NAT_ADAPTER ?? '';
  const found = adapters.find((/** @type {{ kind: string, name: string }} */ { kind, name }) =>
    `${kind} ${name}`.toLowerCase().includes(asked.toLowerCase()),
  );
  return /** @type {string} */ (found?.name ?? asked);
}

/** @returns {{ what: string, passed: number, failed: number }} */
function runTest(/** @type {keyof typeof TESTS} */ name) {
  const env = { ...process.env, NAT_SOAK: String(share), NAT_TEST_LIMIT: String(LIMIT) };
  const { stdout } = spawnSync(process.execPath, [join(root, 'test/run.mjs'), name], {
    cwd: root,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.stdout.write(stdout);
  const [, passed, failed] = /(\d+) passed, (\d+) failed\s*$/.exec(stdout) ?? ['', '0', '1'];
  return { what: TESTS[name], passed: Number(passed), failed: Number(failed) };
}

const RUNS = {
  ...Object.fromEntries(
    Object.keys(TESTS).map((name) => [name, () => runTest(/** @type {keyof typeof TESTS} */ (name))]),
  ),
  starts: () => startAndEnd(root, share),
};

const unknown = wanted.find((name) => !(name in RUNS));
if (unknown !== undefined) {
  console.error(`soak: got '${unknown}', expected some of ${Object.keys(RUNS).join(', ')}`);
  process.exit(2);
}

const on = {
  adapter: adapter(),
  node: process.version,
  commit: output('git', ['rev-parse', '--short', 'HEAD']),
};
let failures = 0;
for (const [name, run] of Object.entries(RUNS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const begin = performance.now();
  const result = run();
  const minutes = Math.round((performance.now() - begin) / 6000) / 10;
  failures += result.failed;
  const all = JSON.parse(readFileSync(file, 'utf8'));
  all[name] = { ...result, ...(share < 1 ? { share } : {}), minutes, ...on };
  writeFileSync(file, `${JSON.stringify(all, null, 2)}\n`);
  console.log(`${name}: ${result.passed} passed, ${result.failed} failed, ${minutes} min`);
}
process.exitCode = failures > 0 ? 1 : 0;
