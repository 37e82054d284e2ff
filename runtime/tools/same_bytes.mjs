// Proves that a change computes what an earlier commit computed, byte for byte: runs searches, trainings, golden cases
// and op tests in a checkout of that commit and in this one, and compares metrics, weights and everything read back
// from the GPU; and that no step takes more dispatches, memory or pipelines than it did.
//   node runtime/tools/same_bytes.mjs [--commit C] [--adapters A,B] [--only NAME,...] [--golden DIR]
// The commit's results are kept in a folder of the system's temporary one, so that a second comparison takes half the
// time. Exit code 1 where anything differs.
// Commits up to 017e24b may lose a gradient where both edges of a node are the same operation on the same node, and on
// SwiftShader sometimes do: a search that differs there may be the earlier commit's fault; remove its result and repeat.
// Up to 061730a, MobileNetV2 for CIFAR-10 was another network, without a 1x1 convolution at expansion 1 and without
// projecting shortcuts: its training is not compared with that of such a commit.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const PRELOAD = 'readback_digests.mjs';

const { values: options } = parseArgs({
  options: {
    commit: { type: 'string', default: '3d5fff1' },
    adapters: { type: 'string', default: 'llvmpipe,swiftshader' },
    only: { type: 'string', default: '' },
    golden: { type: 'string', default: '' },
  },
});

const base = join(tmpdir(), 'nat-webgpu-same-bytes');

/**
 * @typedef {object} Job
 * @property {string} name
 * @property {(tree: string, out: string, adapter: string) => string[]} command arguments of node
 * @property {'files' | 'digests' | 'plan'} compare
 * @property {number} [formerParameters] of another network that had this name once: there is nothing to compare
 */

const nat = (/** @type {string} */ tree) => join(tree, 'dist/nat.js');
/** @type {(name: string, args: string) => Job} */
const runOf = (name, args) => ({
  name,
  command: (tree, out, adapter) => [
    nat(tree),
    ...args.split(' '),
    '--data',
    'sample',
    '--out',
    join(out, 'run'),
    '--adapter',
    adapter,
  ],
  compare: 'files',
});
/** @type {(dir: string, stem: string) => Job} */
const goldenOf = (dir, stem) => ({
  name: `golden ${stem}`,
  command: (tree, _, adapter) => [
    '--import',
    join(tree, 'dist', PRELOAD),
    nat(tree),
    ...['golden', '--dir', dir, '--stem', stem, '--adapter', adapter],
  ],
  compare: 'digests',
});

/** The quick preset as it was at first: its policy is the paper's. */
const QUICK =
  '--preset paper --layers 3 --channels 8 --batch 32 --train-fraction 0.75 --lr 0.02 --lr-min 0.005 --log-every 6';

/** @returns {Job[]} */
function jobs() {
  const golden = options.golden ? resolve(options.golden) : unpackGolden();
  const stems = readdirSync(golden)
    .filter((file) => file.endsWith('.safetensors'))
    .map((file) => file.slice(0, -'.safetensors'.length));
  return [
    {
      name: 'plan',
      command: (tree) => [nat(tree), 'plan', '--preset', 'paper', '--json'],
      compare: 'plan',
    },
    runOf('search', `search ${QUICK} --epochs 3`),
    runOf(
      'search, other settings',
      `search ${QUICK} --epochs 1 --max-steps 3 ` +
        '--primitives loose-end --policy lstm --transitions nat++ ' +
        '--baseline moving-average --cost-weight 0.1',
    ),
    runOf(
      'cells',
      'train --arch DARTS --channels 8 --layers 6 --batch 32 --epochs 2 --max-steps 4 --log-every 1',
    ),
    runOf(
      'cells, few images',
      'train --arch NAONet --channels 4 --layers 6 --batch 4 --epochs 1 --max-steps 2',
    ),
    runOf('ResNet20', 'train --arch ResNet20 --batch 32 --epochs 2 --max-steps 6 --log-every 1'),
    {
      ...runOf('MobileNetV2', 'train --arch MobileNetV2 --batch 8 --epochs 1 --max-steps 2'),
      formerParameters: 2_236_682,
    },
    ...stems.map((stem) => goldenOf(golden, stem)),
    {
      name: 'op tests',
      command: (tree) => ['--import', join(tree, 'dist', PRELOAD), join(tree, 'dist/test/ops.test.js')],
      compare: 'digests',
    },
  ];
}

/** The repository's golden files, which are kept compressed. */
function unpackGolden() {
  const folder = join(base, 'golden');
  mkdirSync(folder, { recursive: true });
  for (const name of ['dev.json', 'dev.safetensors']) {
    writeFileSync(
      join(folder, name),
      brotliDecompressSync(readFileSync(join(root, 'test/golden', `${name}.br`))),
    );
  }
  return folder;
}

/** A built checkout of the commit. */
function checkOut(/** @type {string} */ commit) {
  const tree = join(base, commit);
  if (existsSync(join(tree, 'dist/nat.js'))) return tree;
  console.log(`building ${commit} ...`);
  rmSync(tree, { recursive: true, force: true });
  mkdirSync(tree, { recursive: true });
  const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', tree], { input: archive });
  const lock = (/** @type {string} */ folder) => readFileSync(join(folder, 'package-lock.json'), 'utf8');
  if (lock(tree) === lock(root)) symlinkSync(join(root, 'node_modules'), join(tree, 'node_modules'));
  else execFileSync('npm', ['ci'], { cwd: tree, stdio: 'ignore' });
  build(tree);
  return tree;
}

function build(/** @type {string} */ tree) {
  execFileSync('npm', ['run', 'build'], { cwd: tree, stdio: ['ignore', 'ignore', 'inherit'] });
  cpSync(join(root, 'runtime/tools', PRELOAD), join(tree, 'dist', PRELOAD));
}

/** Runs a job and leaves `stdout`, `digests` and its run folder in `out`. */
function run(
  /** @type {Job} */ job,
  /** @type {string} */ tree,
  /** @type {string} */ out,
  /** @type {string} */ adapter,
) {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const env = {
    ...process.env,
    NAT_ADAPTER: adapter,
    NAT_READBACK_DIGESTS: join(out, 'digests'),
    NO_COLOR: '1',
  };
  const { status, stdout, stderr } = spawnSync(process.execPath, job.command(tree, out, adapter), {
    cwd: tree,
    env,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (status !== 0)
    throw new Error(`${job.name} on ${adapter} in ${tree}: exit code ${status}\n${stdout}${stderr}`);
  writeFileSync(join(out, 'stdout'), stdout);
}

/** What a run leaves of what it computed; the other files tell its settings, its times and where it ran. */
const COMPARED = /^(metrics\.jsonl|result\.json|(?!checkpoint).*\.safetensors)$/;

/** @returns {string[]} what differs, in words */
function differences(/** @type {Job} */ job, /** @type {string} */ before, /** @type {string} */ after) {
  const text = (/** @type {string} */ folder, /** @type {string} */ file) =>
    readFileSync(join(folder, file), 'utf8');
  if (job.compare === 'files') {
    const files = readdirSync(join(before, 'run')).filter((file) => COMPARED.test(file));
    const bytes = (/** @type {string} */ folder, /** @type {string} */ file) => {
      const path = join(folder, 'run', file);
      return existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
    };
    return files
      .filter((file) => !bytes(before, file).equals(bytes(after, file)))
      .map((file) => `${file} differs`);
  }
  if (job.compare === 'digests') {
    const lists = [before, after].map((folder) => text(folder, 'digests').trim().split('\n'));
    const left = new Map();
    for (const digest of lists[1]) left.set(digest, (left.get(digest) ?? 0) + 1);
    let missing = 0;
    for (const digest of lists[0]) {
      if (left.get(digest)) left.set(digest, left.get(digest) - 1);
      else missing++;
    }
    return missing > 0
      ? [`${missing} of ${lists[0].length} readbacks do not come again (of ${lists[1].length} now)`]
      : [];
  }
  const [was, is] = [before, after].map((folder) => JSON.parse(text(folder, 'stdout')));
  const figures = [
    ['dispatches of a step of w', was.dispatches_per_step.weights, is.dispatches_per_step.weights],
    ['dispatches of a step of theta', was.dispatches_per_step.policy, is.dispatches_per_step.policy],
    ['objects created a step', was.created_per_step, is.created_per_step],
    ['pipelines', was.pipelines, is.pipelines],
    ['bytes', was.planned_bytes, is.planned_bytes],
  ];
  return figures.filter(([, a, b]) => !(b <= a)).map(([what, a, b]) => `${what}: ${a} -> ${b}`);
}

/** Whether the commit's network of that name was another. */
function wasAnotherNetwork(/** @type {Job} */ job, /** @type {string} */ before) {
  if (job.formerParameters === undefined) return false;
  const { parameters } = JSON.parse(readFileSync(join(before, 'run/result.json'), 'utf8'));
  return parameters === job.formerParameters;
}

const only = options.only.split(',').filter(Boolean);
const chosen = jobs().filter(({ name }) => only.length === 0 || only.some((word) => name.includes(word)));
const old = checkOut(options.commit);
build(root);
const present = mkdtempSync(join(base, 'results now '));
let failed = 0;
for (const adapter of options.adapters.split(',')) {
  for (const job of chosen) {
    const began = performance.now();
    const before = join(base, `results ${options.commit}`, adapter, job.name);
    const after = join(present, adapter, job.name);
    if (!existsSync(before)) {
      // under another name until it is whole: other comparisons may run at the same time
      const made = join(present, 'before', adapter, job.name);
      run(job, old, made, adapter);
      mkdirSync(dirname(before), { recursive: true });
      if (!existsSync(before)) renameSync(made, before);
    }
    if (wasAnotherNetwork(job, before)) {
      console.log(`another ${adapter}, ${job.name}: it was a network of ${job.formerParameters} parameters`);
      continue;
    }
    run(job, root, after, adapter);
    const found = differences(job, before, after);
    failed += Number(found.length > 0);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`${found.length > 0 ? 'DIFFERS' : 'same   '} ${adapter}, ${job.name} (${seconds} s)`);
    for (const line of found) console.log(`        ${line}`);
  }
}
if (failed === 0) rmSync(present, { recursive: true });
console.log(
  failed > 0 ? `${failed} differ from ${options.commit}: ${present}` : `all as in ${options.commit}`,
);
process.exitCode = failed > 0 ? 1 : 0;
