// Whether the tests would notice: makes small faults in the core, one at a time, and looks whether a test fails.
// `npm run mutate [-- --seed N] [--count N] [--area NAME] [--jobs N] [--again] [--json]`. A sample of all faults that could be made is
// taken, so many of each area, and what came of each is kept in results.json: a run that was interrupted goes on, and one
// with a larger --count adds to what is there. --again tries those again that no test noticed.
//
// What the compiler of TypeScript or of WGSL refuses is not counted. A test that hangs has noticed. Tests run on llvmpipe
// unless NAT_ADAPTER names another adapter; those that run the program or a page take no part.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { kernelMutantsOf, mutantsOf } from './mutants.mjs';
import { testReach } from './reach.mjs';
import { copyTree } from './tree.mjs';

/** Where faults are made -> the share of the sample. */
const AREAS = { 'src/core': 0.25, 'src/ops': 0.3, 'src/policy': 0.2, shaders: 0.25 };

/** Longest time of a test that takes part, in seconds, when nothing is mutated. */
const LONGEST_TEST = 20;

/** Seconds that tests of one mutant take at most when nothing is mutated: the quick ones, and those that notice often. */
const PER_MUTANT = 20;

/** Seconds after which a test has hung that takes no time when nothing is mutated; on a busy machine it may take long. */
const PATIENCE = 240;

/**
 * @typedef {Awaited<ReturnType<typeof copyTree>>} Tree
 * @typedef {import('./mutants.mjs').Mutant} Mutant
 * @typedef {Mutant & { id: string }} Named
 * @typedef {import('./tree.mjs').Run} Run
 * @typedef {'killed' | 'survived' | 'not counted'} Status
 * @typedef {{ id: string, status: Status, by?: string, reason?: string }} Outcome
 * @typedef {{ seed: number, count: number, killed: number, survived: number, share: number, adapter: string, node: string,
 *   commit: string, seconds: Record<string, number | null>, mutants: Outcome[] }} Results
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const resultsFile = fileURLToPath(new URL('results.json', import.meta.url));

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '0' },
    count: { type: 'string', default: '160' },
    area: { type: 'string' },
    jobs: { type: 'string', default: '1' },
    again: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const [seed, count, jobs] = [Number(values.seed), Number(values.count), Number(values.jobs)];
if (![seed, count, jobs].every((n) => Number.isSafeInteger(n) && n >= 0) || count < 1 || jobs < 1) {
  console.error(
    `mutate: got --seed ${values.seed} --count ${values.count} --jobs ${values.jobs}, expected whole numbers`,
  );
  process.exit(2);
}
if (values.area !== undefined && !(values.area in AREAS)) {
  console.error(`mutate: got --area '${values.area}', expected one of ${Object.keys(AREAS).join(', ')}`);
  process.exit(2);
}
process.env.NAT_ADAPTER ??= 'llvmpipe';
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

const say = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`);

const label = (/** @type {Run} */ { name, op }) => (op === undefined ? name : `${name}:${op}`);

/** What a mutant is called, wherever in its file it has moved to: by its text, and which of those with the same it is. */
function nameAll(/** @type {Mutant[]} */ mutants) {
  const short = (/** @type {string} */ text) => text.replace(/\s+/g, ' ').slice(0, 60);
  /** @type {Map<string, number>} */
  const met = new Map();
  return mutants.map((mutant) => {
    const name = `${mutant.file}: ${short(mutant.was)} -> ${short(mutant.becomes)}`;
    met.set(name, (met.get(name) ?? 0) + 1);
    return { ...mutant, id: `${name} #${met.get(name)}` };
  });
}

/** FNV-1a. */
function hash(/** @type {string} */ text) {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return h;
}

/** The project's generator of random numbers, as it is before anything is mutated. */
async function generator() {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src/core/rng.ts')],
    bundle: true,
    format: 'esm',
    write: false,
  });
  /** @type {typeof import('../../src/core/rng.ts')} */
  const module = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')}`
  );
  return module;
}

/**
 * So many mutants of each area: those for whose names and the seed the generator gives the least numbers, so that a change of
 * the code leaves the sample as it is, but for what is changed, and a larger sample begins with a smaller one.
 */
async function sample() {
  const { philox4x32, seedKey } = await generator();
  const key = seedKey(seed);
  /** @type {{ mutant: Named, number: number }[]} */
  const sampled = [];
  /** @type {Set<string>} */
  const ids = new Set();
  for (const [area, share] of Object.entries(AREAS)) {
    if (values.area !== undefined && values.area !== area) continue;
    const files = readdirSync(join(root, area), { recursive: true, encoding: 'utf8' })
      .map((file) => `${area}/${file.replaceAll('\\', '/')}`)
      .filter((file) => /\.(ts|wgsl)$/.test(file))
      .sort();
    /** @type {Named[]} */
    const all = [];
    for (const file of files) {
      const text = readFileSync(join(root, file), 'utf8');
      all.push(...nameAll(file.endsWith('.ts') ? await mutantsOf(file, text) : kernelMutantsOf(file, text)));
    }
    const drawn = all.map((mutant) => ({ mutant, number: philox4x32([hash(mutant.id), 0, 0, 0], key)[0] }));
    drawn.sort((a, b) => a.number - b.number);
    const taken = drawn.slice(0, Math.round(share * count));
    say(`${area}: ${taken.length} of ${all.length} mutants`);
    sampled.push(...taken);
    for (const { id } of all) ids.add(id);
  }
  // by the same numbers, so that one that is interrupted has something of every area
  sampled.sort((a, b) => a.number - b.number);
  return { sampled: sampled.map(({ mutant }) => mutant), ids };
}

/** @returns {Results} */
function readResults() {
  const commit = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' });
  const now = {
    seed,
    count,
    killed: 0,
    survived: 0,
    share: 0,
    adapter: process.env.NAT_ADAPTER ?? '',
    node: process.version,
    commit: commit.stdout.trim(),
  };
  if (!existsSync(resultsFile)) return { ...now, seconds: {}, mutants: [] };
  const { seconds, mutants } = JSON.parse(readFileSync(resultsFile, 'utf8'));
  return { ...now, seconds, mutants };
}

function save(/** @type {Results} */ results) {
  const number = (/** @type {Status} */ status) =>
    results.mutants.filter((outcome) => outcome.status === status).length;
  results.killed = number('killed');
  results.survived = number('survived');
  results.share = Math.round((1000 * results.killed) / (results.killed + results.survived || 1)) / 1000;
  writeFileSync(`${resultsFile}.new`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${resultsFile}.new`, resultsFile);
}

const results = readResults();
const { sampled, ids } = await sample();
/** @type {[Tree, ...Tree[]]} */
const trees = [await copyTree(root)];
while (trees.length < jobs) trees.push(await copyTree(root));
const [tree] = trees;
const reach = testReach(root, await tree.build(readdirSync(join(root, 'test')).flatMap(testName)));

/** @returns {string[]} */
function testName(/** @type {string} */ file) {
  return file.endsWith('.test.ts') ? [file.slice(0, -'.test.ts'.length)] : [];
}

for (const run of reach.runs) {
  if (label(run) in results.seconds) continue;
  const { passed, seconds } = await tree.run(run, LONGEST_TEST);
  // one that is too slow takes no part; nor does one that fails without a fault
  results.seconds[label(run)] = passed ? Math.round(100 * seconds) / 100 : null;
  save(results);
  say(`${label(run)}: ${passed ? `${seconds.toFixed(1)} s` : 'takes no part'}`);
}

/** How often a test was tried, and noticed, by area: those that notice often, reach little and are quick come first. */
const tries = new Map();
const worth = (/** @type {string} */ area, /** @type {Run} */ run) => {
  const { tried, noticed } = tries.get(`${area} ${label(run)}`) ?? { tried: 0, noticed: 0 };
  const guess = 50 / (50 + reach.sizeOf(run));
  return (noticed + guess) / (tried + 1) / (0.5 + (results.seconds[label(run)] ?? Infinity));
};
function remember(/** @type {string} */ area, /** @type {Run} */ run, /** @type {boolean} */ noticed) {
  const key = `${area} ${label(run)}`;
  const before = tries.get(key) ?? { tried: 0, noticed: 0 };
  tries.set(key, { tried: before.tried + 1, noticed: before.noticed + Number(noticed) });
}

/** Tries tests on a mutated tree until one notices. @returns {Promise<Omit<Outcome, 'id'>>} */
async function tryTests(/** @type {Tree} */ tree, /** @type {Mutant} */ { file }) {
  if (file.endsWith('.wgsl')) {
    await tree.build(['shaders']);
    if (!(await tree.run({ name: 'shaders' }, LONGEST_TEST)).passed) return { status: 'not counted' };
  }
  const area = file.slice(0, file.lastIndexOf('/'));
  let left = PER_MUTANT;
  const runs = reach.reaching(file).sort((a, b) => worth(area, b) - worth(area, a));
  // cases of the few ops that a file serves are always tried
  const ops = runs.filter(({ op }) => op !== undefined);
  const always = new Set(ops.length <= 3 ? ops : []);
  const built = new Set();
  for (const run of runs) {
    const usual = results.seconds[label(run)] ?? Infinity;
    if (!always.has(run)) {
      if (usual > left) continue;
      left -= usual;
    }
    if (!built.has(run.name)) await tree.build([run.name]);
    built.add(run.name);
    const { passed, ended } = await tree.run(run, PATIENCE + 20 * usual);
    remember(area, run, !passed);
    if (!passed) return { status: 'killed', by: `${label(run)}${ended ? '' : ', which did not end'}` };
  }
  return { status: 'survived' };
}

/** Those that the compiler refuses. Files are checked together, and one by one where an error is in another file. */
function refused(/** @type {Mutant[]} */ mutants) {
  /** @type {Mutant[][]} */
  const groups = [];
  for (const mutant of mutants) {
    const group = groups.find((others) => others.every(({ file }) => file !== mutant.file));
    if (group) group.push(mutant);
    else groups.push([mutant]);
  }
  /** @type {Set<Mutant>} */
  const found = new Set();
  for (const [i, group] of groups.entries()) {
    say(`compiling ${i + 1}/${groups.length}`);
    const errors = tree.typeErrors(group);
    const own = group.filter(({ file }) => errors.has(file));
    const one = (/** @type {Mutant} */ mutant) => tree.typeErrors([mutant]).size > 0;
    for (const mutant of own.length === errors.size ? own : group.filter(one)) found.add(mutant);
  }
  return found;
}

const known = new Map(results.mutants.map((outcome) => [outcome.id, outcome]));
// what came of others stays, too, as long as the code that they mutate is there
if (values.area === undefined) results.mutants = results.mutants.filter(({ id }) => ids.has(id));
const open = sampled.filter(({ id }) => {
  const before = known.get(id);
  return !before || (values.again && before.status === 'survived' && before.reason === undefined);
});
const notCompiling = refused(open.filter(({ file }) => file.endsWith('.ts')));
let begun = 0;
await Promise.all(
  trees.map(async (own) => {
    while (begun < open.length) {
      const mutant = /** @type {Named} */ (open[begun++]);
      const { id } = mutant;
      const restore = own.mutate(mutant);
      const refusal = notCompiling.has(mutant);
      /** @type {Outcome} */
      const outcome = { id, ...(refusal ? { status: 'not counted' } : await tryTests(own, mutant)) };
      restore();
      results.mutants = [...results.mutants.filter((other) => other.id !== id), outcome];
      save(results);
      say(`${begun}/${open.length} ${outcome.status}${outcome.by ? ` by ${outcome.by}` : ''}: ${id}`);
    }
  }),
);
save(results);

const survivors = results.mutants.filter(({ status }) => status === 'survived');
if (values.json) console.log(JSON.stringify({ ...results, seconds: undefined }));
else {
  for (const { id, reason } of survivors) console.log(`survived: ${id}${reason ? `: ${reason}` : ''}`);
  console.log(`${results.killed} killed, ${results.survived} survived: ${(100 * results.share).toFixed(1)}%`);
}
process.exitCode = results.share < 0.9 ? 1 : 0;
