// Runs the built test files, each in a process of its own, and counts. `node test/run.mjs [NAME ...]` runs those
// whose path contains a NAME. NAT_ADAPTER names the adapter to test on; without it each file runs on the best
// adapter, and those listed below on the software adapters as well.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

/** Tests whose result may differ from adapter to adapter -> the adapters that they must pass on. */
const ADAPTERS = {
  bench_limits: ['llvmpipe', 'swiftshader'],
  code_generation: ['llvmpipe'],
  golden: ['llvmpipe', 'swiftshader'],
  ops: ['llvmpipe', 'swiftshader'],
  shaders: ['llvmpipe', 'swiftshader'],
};

/** Longest time for one file, in seconds. */
const LIMIT = Number(process.env.NAT_TEST_LIMIT ?? 900);

/** What may be missing on a machine -> what to install. */
const HOW_TO_GET = {
  llvmpipe: 'Mesa 23 or newer (package mesa-vulkan-drivers)',
  swiftshader: "Debian's chromium, or the npm package @sparticuz/chromium (npm ci)",
  Chromium: "Debian's chromium, or the npm package @sparticuz/chromium; NAT_BROWSER names any other",
  '@resvg/resvg-js': 'the npm package @resvg/resvg-js (npm ci), and any font (fonts-dejavu-core)',
  Firefox: "Debian's firefox-esr; NAT_FIREFOX names any other",
  'onnxruntime-node': 'the npm package onnxruntime-node, and name its folder in NAT_ONNXRUNTIME_NODE',
  'checker of ONNX': "Debian's python3-onnx, or a Python that has onnx, named in NAT_PYTHON",
  Python: "Debian's python3",
  PyTorch: "Debian's python3-torch, or a Python that has torch, named in NAT_PYTHON",
  'redis-server': "Debian's redis-server or valkey-server",
  SLURM: "Debian's slurm-wlm, and be root",
  Deno: 'the npm package deno, and name its program in NAT_DENO',
};

/** What a test says that found something missing on this machine; it fails itself where CI is set. */
const MISSING = /^MISSING +(.*)$/gm;

const root = fileURLToPath(new URL('..', import.meta.url));
const built = join(root, 'dist', 'test');

/**
 * @param {string[]} args
 * @param {Record<string, string>} environment
 * @returns {Promise<{ code: number | null, signal: string | null, output: string, stdout: string }>}
 */
function runNode(args, environment) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--enable-source-maps', ...args], {
      cwd: root,
      env: { ...process.env, ...environment, NO_COLOR: '1', FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT * 1000,
      killSignal: 'SIGKILL',
    });
    let output = '';
    let stdout = '';
    child.stdout.on('data', (/** @type {Buffer} */ data) => {
      output += data;
      stdout += data;
    });
    child.stderr.on('data', (/** @type {Buffer} */ data) => (output += data));
    child.on('close', (code, signal) => resolve({ code, signal, output, stdout }));
  });
}

/** The kinds of adapter of this machine, best first; ends the program where there is none. */
async function adapterKinds() {
  const devices = [join(root, 'dist', 'nat.js'), 'devices'];
  const { code, stdout } = await runNode([...devices, '--json'], {});
  if (code !== 0) {
    // its line without --json says how to get one
    process.stderr.write((await runNode(devices, {})).output);
    process.exit(1);
  }
  return /** @type {string[]} */ (
    JSON.parse(stdout).adapters.map((/** @type {{ kind: string }} */ { kind }) => kind)
  );
}

/** uvu's last summary in a file's output; a file that ends without one, or badly, has failed. */
function count(/** @type {Awaited<ReturnType<typeof runNode>>} */ { code, signal, stdout }) {
  const text = stripVTControlCharacters(stdout);
  const summary = [...text.matchAll(/^ {2}Total: +(\d+)\n {2}Passed: +(\d+)\n/gm)].at(-1);
  const passed = Number(summary?.[2] ?? 0);
  const failed = summary ? Number(summary[1]) - passed : 0;
  const badEnd = !summary || passed + failed === 0 || (code !== 0 && failed === 0);
  const how = signal ? `ended by ${signal}` : `exit code ${code}`;
  if (!badEnd) return { passed, failed, note: '' };
  return { passed, failed: failed + 1, note: summary ? ` (${how})` : ` (crashed: ${how})` };
}

const wanted = process.argv.slice(2);
const names = (existsSync(built) ? readdirSync(built, { recursive: true }) : [])
  .map((file) => String(file).replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.test.js'))
  .map((file) => file.slice(0, -'.test.js'.length))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)))
  .sort();

const forced = process.env.NAT_ADAPTER;
const kinds = forced ? [forced] : await adapterKinds();
const best = kinds[0];
const total = { passed: 0, failed: 0 };
/** What was not tested for want of something on this machine -> where. @type {Map<string, string[]>} */
const untested = new Map();
const leaveOut = (/** @type {string} */ what, /** @type {string} */ where) =>
  untested.set(what, [...(untested.get(what) ?? []), where]);

const start = performance.now();
for (const name of names) {
  const asked = forced ? [] : (ADAPTERS[/** @type {keyof typeof ADAPTERS} */ (name)] ?? []);
  for (const adapter of new Set([best, ...asked])) {
    const label = asked.length > 0 ? `${name} on ${adapter}` : name;
    if (!kinds.includes(adapter)) {
      leaveOut(`no ${adapter} on this machine`, name);
      if (process.env.CI) total.failed++;
      continue;
    }
    const begin = performance.now();
    const result = await runNode([join(built, `${name}.test.js`)], { NAT_ADAPTER: adapter });
    const { passed: ended, failed, note } = count(result);
    // a test that found something missing has ended well, and has tested nothing
    const lacking = [...result.output.matchAll(MISSING)].map((match) => match[1]);
    for (const what of lacking) leaveOut(what, name);
    const passed = ended - lacking.length;
    total.passed += passed;
    total.failed += failed;
    const seconds = ((performance.now() - begin) / 1000).toFixed(1).padStart(6);
    if (failed > 0) process.stdout.write(result.output);
    console.log(
      `${failed > 0 ? 'FAIL' : 'ok  '} ${seconds} s  ${label}: ${passed} passed, ${failed} failed${note}`,
    );
  }
}

if (names.length === 0) {
  console.error(`no test file${wanted.length > 0 ? ` matches ${wanted.join(', ')}` : ''}; run npm test`);
  total.failed++;
}
for (const [what, where] of untested) {
  const ways = Object.entries(HOW_TO_GET).flatMap(([thing, how]) => (what.includes(thing) ? [how] : []));
  console.log(`NOT TESTED: ${where.join(', ')}: ${what}; install ${ways.join(' and ')}`);
}
console.log(`${names.length} files on ${best} in ${((performance.now() - start) / 1000).toFixed(0)} s`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 ? 1 : 0;
