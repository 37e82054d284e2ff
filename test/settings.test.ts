// Settings, declared once: what follows from a table agrees, on the command line, in experiment files and in the schema.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { SEARCH_CONFIG_SCHEMA, TRAIN_CONFIG_SCHEMA } from '../src/cli/config_schema.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { givenSettings, settingOptions } from '../src/cli/setting_options.ts';
import { readExperiment } from '../src/experiment/read_experiment.ts';
import { EXPERIMENT_SCHEMA, SEARCH_FIELDS, TRAIN_FIELDS } from '../src/experiment/schema.ts';
import { DERIVE_SETTINGS } from '../src/derive/config.ts';
import { checkSearchConfig, PAPER, QUICK, SEARCH_SETTINGS } from '../src/search/config.ts';
import { expectation, flagName, SettingError } from '../src/settings/setting.ts';
import { checkValues, presetOf, type SettingTable } from '../src/settings/table.ts';
import { DEFAULTS, TRAIN_SETTINGS } from '../src/train/config.ts';
import { schemaProblem } from './support/json_schema.ts';
import { readRepositoryFile, repositoryRoot } from './support/repository.ts';
import { experimentFiles, SMALL_GRID } from './support/small_experiment.ts';

const TABLE = {
  depth: { type: 'integer', min: 1, default: 8, presets: { small: 2 }, help: 'layers' },
  width: { type: 'integer', min: 2, even: true, default: 4, help: 'channels' },
  share: { type: 'number', above: 0, below: 1, default: 0.5, help: 'of the images' },
  kind: { type: 'string', choices: ['a', 'b'], default: 'a', help: 'which' },
  deep: { type: 'boolean', default: false, help: 'whether' },
  most: { type: 'integer', min: 0, max: 9, help: 'at most' },
} as const satisfies SettingTable;

const textOf = (path: string): string => new TextDecoder().decode(readRepositoryFile(path));

test('settings: presets, and a setting without a default', () => {
  assert.equal(presetOf(TABLE), { depth: 8, width: 4, share: 0.5, kind: 'a', deep: false });
  assert.equal(presetOf(TABLE, 'small'), { ...presetOf(TABLE), depth: 2 });
  checkValues(TABLE, presetOf(TABLE));
});

test('settings: the presets of searches, trainings and transformations are values that their tables allow', () => {
  checkValues(DERIVE_SETTINGS, presetOf(DERIVE_SETTINGS));
  checkSearchConfig(PAPER);
  checkSearchConfig(QUICK);
  for (const kinds of Object.values(DEFAULTS)) {
    for (const values of Object.values(kinds)) checkValues(TRAIN_SETTINGS, values);
  }
  const named = (table: SettingTable) =>
    new Set(Object.values(table).flatMap(({ presets = {} }) => Object.keys(presets)));
  assert.equal([...named(SEARCH_SETTINGS)], ['quick']);
  assert.equal([...named(TRAIN_SETTINGS)].sort(), ['cifar10Networks', 'imagenetCells', 'imagenetNetworks']);
});

test('settings: an error says what was expected, by name and problem', () => {
  const cases: [object, string, string][] = [
    [{ depth: 0 }, 'depth', 'got 0, expected a whole number of 1 or more'],
    [{ depth: NaN }, 'depth', 'got NaN, expected a whole number of 1 or more'],
    [{ width: 5 }, 'width', 'got 5, expected an even number'],
    [{ share: 1 }, 'share', 'got 1, expected a number between 0 and 1'],
    [{ kind: 'c' }, 'kind', 'got c, expected one of a, b'],
    [{ deep: 'yes' }, 'deep', 'got yes, expected true or false'],
    [{ most: 10 }, 'most', 'got 10, expected a whole number from 0 to 9'],
    [{ share: undefined }, 'share', 'got undefined, expected a number between 0 and 1'],
  ];
  for (const [change, setting, problem] of cases) {
    try {
      checkValues(TABLE, { ...presetOf(TABLE), ...change });
      assert.unreachable(setting);
    } catch (error) {
      assert.instance(error, SettingError);
      assert.instance(error, UserError);
      assert.equal([(error as SettingError).setting, (error as SettingError).problem], [setting, problem]);
      assert.is((error as Error).message, `--${setting}: ${problem}`);
    }
  }
});

test('settings: as options, with the defaults of a preset for the help and only what was given in the result', () => {
  const options = settingOptions(TABLE, ({ small }) => presetOf(TABLE, small ? 'small' : undefined));
  assert.is(options.depth.help, 'layers');
  assert.is(options.depth.usual({}), 8);
  assert.is(options.depth.usual({ small: true }), 2);
  assert.is(options.share.usual({ small: true }), 0.5);
  assert.is(options.most.usual({}), undefined);
  const given = (args: string[]) => givenSettings(TABLE, parseFlags(options, args));
  assert.equal(given([]), {});
  assert.equal(given(['--deep', '--share', '0.25']), { share: 0.25, deep: true });
});

/** Values of every sort around the borders of a setting. */
const probes = [-1, 0, 0.5, 1, 2, 3, 1e9, '', 'x', '1', true, null, []];

/** What the reader says of the small grid with a change; null where it takes it. */
async function refusal(change: object): Promise<string | null> {
  const files = experimentFiles({ ...SMALL_GRID, ...change });
  return readExperiment(files, 'grid/file.json').then(
    () => null,
    (error: Error) => error.message,
  );
}

test('settings: the schema refuses exactly those values that the table does, and the reader tells of them', async () => {
  const parts = [
    [SEARCH_FIELDS, 'search', (fields: object) => ({ search: { ...SMALL_GRID.search, ...fields } })],
    [TRAIN_FIELDS, 'train.cells', (fields: object) => ({ train: { cells: fields } })],
  ] as const;
  let refused = 0;
  for (const [table, place, change] of parts) {
    for (const [name, setting] of Object.entries(table as SettingTable)) {
      for (const probe of probes) {
        const expected = expectation(setting, probe);
        const source = { ...SMALL_GRID, ...change({ [name]: probe }) };
        const said = schemaProblem(EXPERIMENT_SCHEMA, source);
        assert.is(said !== null, expected !== null, `${place}.${name}: ${JSON.stringify(probe)}: ${said}`);
        if (expected === null) continue;
        refused++;
        assert.ok((await refusal(change({ [name]: probe })))?.includes(`: ${place}.${name}: got `), name);
      }
    }
  }
  assert.ok(refused > 300, `${refused} values were refused`);
});

test('the published schemas are those of the tables', () => {
  const schemas = { experiment: EXPERIMENT_SCHEMA, search: SEARCH_CONFIG_SCHEMA, train: TRAIN_CONFIG_SCHEMA };
  for (const [name, schema] of Object.entries(schemas)) {
    // written by: node dist/nat.js schema NAME > docs/NAME.schema.json
    const published = JSON.parse(textOf(`docs/${name}.schema.json`));
    assert.equal(published, JSON.parse(JSON.stringify(schema)), name);
  }
});

test('the published schema takes every experiment of the project', () => {
  const folder = 'bench/experiments';
  const names = readdirSync(fileURLToPath(new URL(folder, repositoryRoot))).filter((name) =>
    name.endsWith('.json'),
  );
  assert.is(names.length, 12);
  for (const name of names) {
    const source = JSON.parse(textOf(`${folder}/${name}`));
    assert.is(schemaProblem(EXPERIMENT_SCHEMA, source), null, name);
    assert.is(source.$schema, '../../docs/experiment.schema.json', name);
  }
});

test('every setting is an option whose flag an error names', () => {
  const wrong: Readonly<Record<string, unknown>> = { boolean: 'maybe', string: 7, number: 'x', integer: 0.5 };
  for (const [name, setting] of Object.entries(SEARCH_SETTINGS)) {
    if (name === 'transitions') continue;
    assert.throws(
      () => checkSearchConfig({ ...PAPER, [name]: wrong[setting.type] }),
      (error: Error) => error.message.startsWith(`${flagName(name)}: got `),
    );
  }
  assert.is(new Set(Object.keys(TRAIN_SETTINGS).map(flagName)).size, Object.keys(TRAIN_SETTINGS).length);
});

test.run();
