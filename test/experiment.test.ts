// Whole experiments, small: interrupted anywhere and run again they end with the same table, finished runs are not
// repeated, and the rows are what the runs found.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findViolations } from '../src/arch/legality.ts';
import { NAT_TRANSITIONS } from '../src/arch/transitions.ts';
import { requireNetwork } from '../src/networks/build_network.ts';
import { networkCost } from '../src/networks/cost.ts';
import { genotypeFromJson, parseGenotype } from '../src/arch/genotype_file.ts';
import { createRng } from '../src/core/rng.ts';
import { testEngine } from './support/device.ts';
import { UserError } from '../runtime/errors.ts';
import { PowerLoss } from './support/memory_files.ts';
import { DIR, experimentFiles, runSmallGrid, SMALL_GRID, textIn } from './support/small_experiment.ts';

const SEED = 4;

/** What equal experiments share byte for byte: all but times and counts of what was done twice. */
const isResult = (path: string): boolean =>
  path.startsWith(DIR) && !/timing|engine|checkpoint|\.tmp/.test(path);

const resultsOf = (files: ReturnType<typeof experimentFiles>): Record<string, string> =>
  Object.fromEntries(
    [...files.contents.keys()]
      .filter(isResult)
      .sort()
      .map((path) => [path, Buffer.from(files.contents.get(path)!).toString('base64')]),
  );

const whole = (async () => {
  const files = experimentFiles();
  const begun: string[] = [];
  const table = await runSmallGrid(await testEngine(), files, { onBegin: (what) => begun.push(what) });
  return { files, table: table!, begun };
})();

test('an experiment runs each search once, its transformations, and its trainings', async () => {
  const { files, begun, table } = await whole;
  const searches = ['gcn-one-seed1', 'gcn-one-seed2'].map((name) => `${DIR}/searches/${name}`);
  const trainings = ['unchanged-seed1', 'unchanged-seed2', 'NAT-seed1', 'NAT-seed2'].map(
    (name) => `${DIR}/trainings/one-${name}`,
  );
  assert.equal(begun, [...searches.flatMap((dir) => [dir, `transformations by ${dir}`]), ...trainings]);
  for (const dir of [...searches, ...trainings]) assert.ok(files.contents.has(`${dir}/result.json`), dir);
  assert.equal(JSON.parse(textIn(files, `${DIR}/table.json`)), JSON.parse(JSON.stringify(table)));
});

const derivationOf = (files: ReturnType<typeof experimentFiles>, name: string) =>
  JSON.parse(textIn(files, `${DIR}/derivations/${name}.json`));

test('the rows are what the runs found', async () => {
  const { files, table } = await whole;
  const named = table.rows.map(({ architecture, method }) => `${architecture} ${method}`);
  const drawn = ['drawn /', 'drawn chance', 'drawn one draw'];
  assert.equal(named, ['one /', 'one NAT', 'two /', 'two NAT', 'two greedy', 'two chance', ...drawn]);
  const engine = await testEngine();
  assert.equal(table.adapters, [engine.info.name]);
  const [unchanged, nat, two] = table.rows;
  const training = (name: string) => JSON.parse(textIn(files, `${DIR}/trainings/one-${name}/result.json`));
  for (const [i, seed] of SMALL_GRID.seeds.entries()) {
    assert.is(unchanged!.top1!.values[i], training(`unchanged-seed${seed}`).test.top1);
    assert.is(nat!.top1!.values[i], training(`NAT-seed${seed}`).test.top1);
    assert.is(nat!.top5!.values[i], training(`NAT-seed${seed}`).test.top5);
    assert.is(nat!.top1Gain!.values[i], nat!.top1!.values[i]! - unchanged!.top1!.values[i]!);
    const { accuracy, output, input } = derivationOf(files, `one-NAT-seed${seed}`);
    assert.is(nat!.selection!.values[i], accuracy.selection.after);
    assert.is(nat!.shared!.values[i], accuracy.test.after);
    assert.is(nat!.first!.values[i], accuracy.test.first);
    assert.is(nat!.gain!.values[i], accuracy.test.after - accuracy.test.before);
    assert.is(unchanged!.shared!.values[i], accuracy.test.before);
    assert.is(unchanged!.selection!.values[i], accuracy.selection.before);
    assert.equal(nat!.genotypes[i], output);
    const [before, after] = [input, output].map((json) => parseGenotype(JSON.stringify(json), 'x'));
    assert.equal(findViolations(before!, after!, NAT_TRANSITIONS), []);
    const cost = networkCost(requireNetwork(genotypeFromJson(output, 'x'), 'cifar10'));
    assert.is(nat!.params.values[i], cost.params);
    assert.is(nat!.madds.values[i], cost.madds);
    // the shared weights of a seed do not depend on the policy
    const before2 = ['NAT', 'greedy', 'chance'].map((method) =>
      derivationOf(files, `two-${method}-seed${seed}`),
    );
    assert.equal(new Set(before2.map((json) => json.accuracy.test.before)).size, 1);
    assert.is(two!.shared!.values[i], before2[0].accuracy.test.before);
  }
  assert.is(two!.top1, null);
  assert.is(unchanged!.gain, null);
  // 8 channels instead of 36
  const text = JSON.stringify(two!.genotypes[0]);
  assert.is(
    two!.params.mean,
    networkCost(requireNetwork(parseGenotype(text, 'x'), 'cifar10', { channels: 8 })).params,
  );
  assert.is(unchanged!.published, '93.5');
});

test('the row of random architectures is their mean; each has draws of its own, and one draw is the first of more', async () => {
  const { files, table } = await whole;
  const [, chance, one] = table.rows.filter(({ architecture }) => architecture === 'drawn');
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
  for (const [i, seed] of SMALL_GRID.seeds.entries()) {
    const [many, single] = ['chance', 'one_draw'].map((method) =>
      [1, 2].map((member) => derivationOf(files, `drawn_${member}-${method}-seed${seed}`)),
    );
    assert.is(chance!.shared!.values[i], mean(many!.map(({ accuracy }) => accuracy.test.after)));
    assert.is(chance!.first!.values[i], one!.shared!.values[i]);
    for (const [member, { input, candidates }] of many!.entries()) {
      assert.equal(single![member].candidates, candidates.slice(0, 1));
      assert.equal(candidates.length, 2);
      assert.equal(input.normal_concat, [2]);
    }
    assert.not.equal(many![0].input.normal, many![1].input.normal);
  }
  const [first, second] = table.hypotheses;
  assert.equal(
    first!.difference.values,
    chance!.shared!.values.map((value, i) => value - one!.shared!.values[i]!),
  );
  // by 100 points nothing is worse; of two differences above 0 one pattern in four is as large
  assert.equal([first!.p, first!.holds, second!.holds], [0.25, false, null]);
});

test('a second call repeats nothing and writes the same table', async () => {
  const { files } = await whole;
  const engine = await testEngine();
  const before = resultsOf(files);
  const { submits } = engine.counters;
  const begun: string[] = [];
  assert.ok(await runSmallGrid(engine, files, { onBegin: (what) => begun.push(what) }));
  assert.equal(begun, []);
  assert.is(engine.counters.submits, submits);
  assert.equal(resultsOf(files), before);
});

test('a transformation whose file is damaged is made again, and comes out the same', async () => {
  const { files } = await whole;
  const path = `${DIR}/derivations/one-NAT-seed2.json`;
  const before = resultsOf(files);
  const damaged = Uint8Array.from(files.contents.get(path)!);
  const digit = new TextDecoder().decode(damaged).search(/\d/);
  damaged[digit]! ^= 1;
  files.contents.set(path, damaged);
  const begun: string[] = [];
  const notes: string[] = [];
  assert.ok(
    await runSmallGrid(await testEngine(), files, {
      onBegin: (what) => begun.push(what),
      onNote: (line) => notes.push(line),
    }),
  );
  assert.equal(begun, [`transformations by ${DIR}/searches/gcn-one-seed2`]);
  assert.match(
    notes.join(),
    /^out.derivations.one-NAT-seed2.json: is damaged: got sha256 \w+, expected \w+; it is made again$/,
  );
  assert.equal(resultsOf(files), before);
});

test('an experiment keeps others out of its folder while it works, and no longer', async () => {
  const { files } = await whole;
  const { lock } = files;
  const held: string[] = [];
  const event = (what: string) => async (): Promise<void> => void held.push(what);
  files.lock = async (folder) => {
    if (held.length > 2) throw new UserError(`${folder}: process 7 works in it`);
    held.push(`lock ${folder}`);
    return { check: async () => {}, release: event(`release ${folder}`) };
  };
  assert.ok(await runSmallGrid(await testEngine(), files, { onBegin: (what) => held.push(what) }));
  assert.equal(held, [`lock ${DIR}`, `release ${DIR}`]);
  held.push('somebody else');
  const refusal = await runSmallGrid(await testEngine(), files).then(String, String);
  files.lock = lock;
  assert.is(refusal, `UserError: ${DIR}: process 7 works in it`);
});

test(`interrupted at random moments, an experiment ends with the same bytes (seed ${SEED})`, async () => {
  const engine = await testEngine();
  const files = experimentFiles();
  const rng = createRng(SEED, 0);
  const stopped = new Set<string>();
  let run = '';
  const onBegin = (what: string): void => void (run = what);
  for (let stops = 0; stops < 12; stops++) {
    if (await runSmallGrid(engine, files, { stopAfter: 1 + rng.int(30), onBegin })) break;
    assert.not.ok(files.contents.has(`${DIR}/table.json`));
    stopped.add(run.replace(/^(?:out.)?([a-z]+).*/, '$1'));
  }
  assert.ok(await runSmallGrid(engine, files));
  assert.equal([...stopped].sort(), ['searches', 'trainings', 'transformations']);
  assert.equal(resultsOf(files), resultsOf((await whole).files));
});

test(`it survives power cuts at random writes (seed ${SEED})`, async () => {
  const engine = await testEngine();
  const total = (await whole).files.writes();
  const files = experimentFiles();
  const rng = createRng(SEED, 1);
  const kinds = ['half', 'undone', 'done'] as const;
  for (let cut = 0; cut < 9; cut++) {
    // the first few writes make the folder
    files.crashAt(files.writes() + (cut < 3 ? cut : rng.int(total >> 3)), kinds[cut % 3]!);
    await runSmallGrid(engine, files).then(
      () => assert.unreachable(`no power cut ${cut}`),
      (error: Error) => assert.instance(error, PowerLoss),
    );
    files.restart();
  }
  assert.ok(await runSmallGrid(engine, files));
  assert.equal(resultsOf(files), resultsOf((await whole).files));
});

test('a folder keeps to its experiment', async () => {
  const engine = await testEngine();
  const { files } = await whole;
  const other = { ...SMALL_GRID, seeds: [1, 3], derive: { candidates: 3 } };
  const put = (value: object) =>
    files.contents.set('grid/file.json', new TextEncoder().encode(JSON.stringify(value)));
  put(other);
  const refusal = await runSmallGrid(engine, files).then(String, String);
  put(SMALL_GRID);
  assert.is(
    refusal,
    'UserError: out: holds another experiment: its seeds, architectures and settings differ; choose another folder with --out',
  );
});

test.run();
