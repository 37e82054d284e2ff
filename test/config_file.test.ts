// `--config FILE`: a run's own settings come back as they were, options stand above them, and what cannot be is named.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { readSearchConfig } from '../src/cli/config_file.ts';
import { SEARCH_CONFIG_SCHEMA, TRAIN_CONFIG_SCHEMA } from '../src/cli/config_schema.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { SEARCH_OPTIONS, searchConfigOf } from '../src/cli/search_options.ts';
import { TRAIN_OPTIONS, trainConfigOf } from '../src/cli/train_options.ts';
import { checkRunFolder, createRun } from '../src/run/run_folder.ts';
import { PAPER, QUICK, SEARCH_SETTINGS } from '../src/search/config.ts';
import { expectation } from '../src/settings/setting.ts';
import { type SettingTable, without } from '../src/settings/table.ts';
import { recordedConfig } from '../src/train/run.ts';
import { DEFAULTS } from '../src/train/config.ts';
import { schemaProblem } from './support/json_schema.ts';
import { memoryFiles } from './support/memory_files.ts';

function filesWith(contents: Readonly<Record<string, unknown>>) {
  const files = memoryFiles();
  for (const [path, value] of Object.entries(contents)) {
    files.contents.set(path, new TextEncoder().encode(JSON.stringify(value)));
  }
  return files;
}

const searchOf = (files: ReturnType<typeof memoryFiles>, args: string) =>
  searchConfigOf(files, parseFlags(SEARCH_OPTIONS, args.split(' ')));
const trainOf = (files: ReturnType<typeof memoryFiles>, args: string) =>
  trainConfigOf(files, parseFlags(TRAIN_OPTIONS, args.split(' ')));

/** A table of the user's, whose operations are not in the order of the built-in ones. */
const TABLE = {
  name: 'mine',
  transitions: { skip_connect: ['skip_connect'], conv_3x3: ['conv_3x3', 'skip_connect'] },
};

const GENOTYPE = {
  normal: [['skip_connect', 0, 2], ['sep_conv_3x3', 1, 2]], // prettier-ignore
  normal_concat: [2],
  reduce: [['max_pool_3x3', 0, 2], ['null', 1, 2]], // prettier-ignore
  reduce_concat: [2],
};

test("config file: a search's config.json gives the same search again, and options stand above it", async () => {
  const files = filesWith({ 'mine.json': TABLE });
  const args = '--preset paper --transitions mine.json --epochs 7 --normalize-adjacency --entropy-end 0.1';
  const config = await searchOf(files, args);
  assert.equal([config.batch, config.epochs], [PAPER.batch, 7]);
  await createRun(files, 'run', config, {});
  assert.equal(await searchOf(files, '--config run/config.json'), config);
  const again = await searchOf(files, '--config run/config.json --epochs 8 --transitions nat');
  assert.equal(again, { ...config, epochs: 8, transitions: 'nat' });
  // so that a run can be gone on with by its own file alone
  await checkRunFolder(files, 'run', true, await searchOf(files, '--config run/config.json'));
});

test('config file: what a search leaves out is as in the preset', async () => {
  const files = filesWith({ 'some.json': { $schema: 'x', epochs: 5 } });
  assert.equal(await searchOf(files, '--config some.json'), { ...QUICK, epochs: 5 });
  assert.equal(await searchOf(files, '--config some.json --preset paper'), { ...PAPER, epochs: 5 });
});

test('settings: what moves in the preset stays where only its beginning is given', async () => {
  const files = filesWith({ 'some.json': { entropy: 0.2 } });
  const { entropyEnd, ...quick } = QUICK;
  assert.is(entropyEnd, 0.03);
  assert.equal(await searchOf(files, '--config some.json'), { ...quick, entropy: 0.2 });
  assert.equal(await searchOf(files, '--entropy 0.4'), { ...quick, entropy: 0.4 });
  const both = await searchOf(files, '--config some.json --entropy-end 0.05');
  assert.equal(both, { ...quick, entropy: 0.2, entropyEnd: 0.05 });
});

test("config file: a training's config.json gives the same training again, with its architecture", async () => {
  const files = filesWith({ 'cell.json': GENOTYPE });
  const args = '--arch cell.json --network VGG16 --setting imagenet --data images --epochs 3';
  const { config, blueprint } = await trainOf(files, args);
  assert.is(config.arch, 'VGG16 of cell');
  await createRun(files, 'run', recordedConfig(config, blueprint), {});
  // the file of the cell is not needed any more
  files.contents.delete('cell.json');
  const again = await trainOf(files, '--config run/config.json');
  assert.equal(again, { config, blueprint });
  assert.is(
    JSON.stringify(again.config),
    JSON.stringify(config),
    'in the same order, so with the same bytes',
  );
  const other = await trainOf(files, '--config run/config.json --arch ResNet50 --data elsewhere');
  assert.equal([other.config.arch, other.config.data, other.config.epochs], ['ResNet50', 'elsewhere', 3]);
  assert.is(other.config.decayEvery, DEFAULTS.imagenet.networks.decayEvery);
});

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.instance(error, UserError);
    return (error as UserError).message;
  }
  throw new Error('nothing was refused');
}

test('config file: what cannot be is named by its place', async () => {
  const search = (config: unknown) => refusal(searchOf(filesWith({ 'x.json': config }), '--config x.json'));
  assert.match(await search([]), /^config file x\.json: expected a JSON object, got \[\]$/);
  assert.match(
    await search({ epoch: 3 }),
    /^config file x\.json: 'epoch' is not a known field; did you mean 'epochs'/,
  );
  assert.match(
    await search({ epochs: 0 }),
    /^config file x\.json: epochs: got 0, expected a whole number of 1 or more$/,
  );
  assert.match(await search({ format: 2 }), /^config file x\.json: format: got 2, expected 1$/);
  assert.match(
    await search({ transitions: 'nat+' }),
    /^config file x\.json: transitions: got "nat\+", expected an object/,
  );
  assert.match(
    await search({ transitions: { rows: [['skip_connect']] } }),
    /transitions\.rows: expected \[\[operation/,
  );
  assert.match(
    await search({ transitions: { rows: [['skip', ['null']]] } }),
    /"skip" is not a known operation/,
  );
  const train = (config: unknown) => refusal(trainOf(filesWith({ 'x.json': config }), '--config x.json'));
  assert.match(await train({ epochs: 3 }), /^--arch is missing: --arch NAME\|FILE/);
  assert.match(
    await train({ arch: 'DARTS', setting: 'mnist' }),
    /setting: got "mnist", expected one of cifar10, imagenet/,
  );
  const blueprint = { name: 'x', network: 3, genotype: GENOTYPE };
  assert.match(
    await train({ arch: 'x', blueprint }),
    /^config file x\.json: blueprint\.network: got 3, expected a text/,
  );
  assert.match(await train({ arch: 'x', blueprint: { name: 'x' } }), /^config file x\.json: blueprint/);
  const missing = refusal(searchOf(memoryFiles(), '--config none.json'));
  assert.match(await missing, /^config file none\.json: no such file/);
});

test('config file: the published schema takes what runs record, and refuses what the reader refuses', async () => {
  const files = filesWith({ 'mine.json': TABLE });
  const search = { format: 1, ...(await searchOf(files, '--transitions mine.json')) };
  assert.is(schemaProblem(SEARCH_CONFIG_SCHEMA, search), null);
  const { config, blueprint } = await trainOf(files, '--arch DARTS');
  const train = { format: 1, ...recordedConfig(config, blueprint) };
  assert.is(schemaProblem(TRAIN_CONFIG_SCHEMA, train), null);
  let refused = 0;
  const table: SettingTable = without(SEARCH_SETTINGS, 'transitions');
  for (const [name, setting] of Object.entries(table)) {
    for (const probe of [-1, 0, 0.5, 1, 3, 'x', '', true, null]) {
      const allowed = expectation(setting, probe) === null;
      const value = { [name]: probe };
      assert.is(schemaProblem(SEARCH_CONFIG_SCHEMA, value) === null, allowed, `${name}: ${probe}`);
      const reading = readSearchConfig(filesWith({ 'x.json': value }), 'x.json');
      if (allowed) assert.equal(await reading, value);
      else assert.match(await refusal(reading), new RegExp(`^config file x\\.json: ${name}: got `));
      if (!allowed) refused++;
    }
  }
  assert.ok(refused > 100, String(refused));
  assert.is.not(schemaProblem(TRAIN_CONFIG_SCHEMA, { ...train, blueprint: { name: 'x' } }), null);
  assert.is.not(schemaProblem(SEARCH_CONFIG_SCHEMA, { ...search, format: 2 }), null);
});

test.run();
