// What the page's address says of a run: every request comes back from it, what it cannot say is said, and the command
// line of the same run has Node's names. Properties are tried with seed 19.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatPlace,
  parsePlace,
  parseSearch,
  parseTraining,
  type Place,
  searchQuery,
  searchSettingsOf,
  trainingQuery,
  VIEW_NAMES,
} from '../src/app/address.ts';
import { formatCellText, parseCellText } from '../src/app/cell_text.ts';
import { commandFile, commandLine } from '../src/app/command_line.ts';
import type { RunRequest } from '../src/app/protocol.ts';
import { genotypeFromJson, genotypeToJson } from '../src/arch/genotype_file.ts';
import { CELLS } from '../src/arch/zoo/cells.ts';
import { CELL_NAMES } from '../src/arch/zoo/find_cell.ts';
import { SEARCH_SETTINGS, type SearchConfig } from '../src/search/config.ts';
import type { DefaultedSetting, SettingTable } from '../src/settings/table.ts';
import { TRAIN_SETTINGS, type TrainConfig } from '../src/train/config.ts';

const SEED = 19;
const property = (name: string, check: () => fc.IRawProperty<unknown>) =>
  test(`${name} (seed ${SEED})`, () => fc.assert(check(), { seed: SEED, numRuns: 300 }));

/** Any value that the setting allows. */
function valueOf(name: string, setting: DefaultedSetting): fc.Arbitrary<unknown> {
  if (name === 'transitions') return fc.constantFrom('nat', 'nat++');
  if (setting.type === 'boolean') return fc.boolean();
  if (setting.type === 'string') {
    if (setting.choices) return fc.constantFrom(...setting.choices);
    return fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text.trim() !== '');
  }
  const { type, min, max = 1e6, above, below, even } = setting;
  const low = min ?? above ?? 0;
  const high = below ?? max;
  if (type === 'integer')
    return fc.integer({ min: low, max: high }).map((n) => (even ? 2 * Math.ceil(n / 2) : n));
  const range = { min: low, max: high, minExcluded: above !== undefined, maxExcluded: below !== undefined };
  return fc.double({ ...range, noNaN: true });
}

const settingsOf = (table: SettingTable): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(
    Object.fromEntries(Object.entries(table).map(([name, setting]) => [name, valueOf(name, setting)])),
    { requiredKeys: [], noNullPrototype: true },
  );

const architecture = fc.oneof(
  fc.constantFrom(...CELL_NAMES),
  fc.constantFrom(...CELLS).map((cell) => genotypeToJson({ ...cell, name: 'from the link' })),
);

/** By way of the address, as a browser that was handed the link reads it. */
const throughAddress = (view: 'search' | 'train', query: Place['query']): Place['query'] =>
  parsePlace(formatPlace({ view, run: '', query })).query;

property('a search comes back from its address', () =>
  fc.property(
    settingsOf(SEARCH_SETTINGS),
    fc.constantFrom('quick' as const, 'paper' as const),
    architecture,
    fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
    (settings, preset, arch, digest) => {
      const request = { kind: 'search' as const, preset, settings: settings as Partial<SearchConfig>, arch };
      const read = parseSearch(throughAddress('search', searchQuery(request, digest)));
      assert.equal(read.problems, []);
      assert.is(read.digest, digest);
      assert.equal(read.request.arch, arch);
      assert.equal(searchSettingsOf(read.request), searchSettingsOf(request));
    },
  ),
);

property('a training comes back from its address', () =>
  fc.property(
    settingsOf({ ...TRAIN_SETTINGS, data: SEARCH_SETTINGS.data }),
    architecture,
    (settings, arch) => {
      const request = { kind: 'train' as const, settings: settings as Partial<TrainConfig>, arch };
      const read = parseTraining(throughAddress('train', trainingQuery(request)));
      assert.equal(read.problems, []);
      assert.equal(read.request, request);
    },
  ),
);

property('any place comes back from its address', () =>
  fc.property(
    fc.constantFrom(...VIEW_NAMES),
    fc.string(),
    fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { noNullPrototype: true }),
    (view, run, query) => {
      assert.equal(parsePlace(formatPlace({ view, run, query })), { view, run, query });
    },
  ),
);

property('whatever stands in an address, something can be shown', () =>
  fc.property(fc.string({ unit: 'grapheme' }), (text) => {
    const { query } = parsePlace(`#/search?${text}`);
    const { request } = parseSearch(query);
    assert.type(searchSettingsOf(request).seed, 'number');
    parseTraining(query);
  }),
);

test('an address says what differs from the preset', () => {
  const request: RunRequest = {
    kind: 'search',
    preset: 'quick',
    settings: { epochs: 5, batch: 32 },
    arch: 'ENAS',
  };
  const address = formatPlace({ view: 'search', run: '', query: searchQuery(request) });
  assert.is(address, '#/search?preset=quick&arch=ENAS&epochs=5');
});

test('what an address gets wrong is said at the setting, and the rest is kept', () => {
  const { request, problems } = parseSearch(
    parsePlace('#/search?epochs=2&batch=0&policy=magic&colour=red&seed=&transitions=rows').query,
  );
  assert.equal(request.settings, { epochs: 2 });
  assert.equal(
    problems.map(({ setting }) => setting),
    ['batch', 'policy', 'colour', 'seed', 'transitions'],
  );
  assert.match(problems[0]!.message, /'0', expected a whole number of 1 or more/);
});

test('every cell of the zoo comes back from its text', () => {
  for (const { name, ...cell } of CELLS)
    assert.equal(parseCellText(formatCellText({ name, ...cell })), cell, name);
  const darts = formatCellText(CELLS.find(({ name }) => name === 'DARTS')!);
  assert.match(darts, /^sep3\.0,sep3\.1;sep3\.0,sep3\.1;sep3\.1,skip\.0;skip\.0,dil3\.2:2\.3\.4\.5\//);
});

test('texts that are no cells are refused', () => {
  for (const text of [
    '',
    'x',
    'sep3.0,sep3.1:2',
    'sep3.0,sep3.1:2/sep3.9,sep3.1:2',
    'sep3.0:2/sep3.0:2',
    'a/b/c',
  ]) {
    assert.throws(() => parseCellText(text), /address/, text);
  }
});

test('the command line of a search names what was changed', () => {
  const settings = { epochs: 5, normalizeAdjacency: true, data: "it's here", maxSteps: 0 };
  assert.is(
    commandLine({ kind: 'search', preset: 'paper', settings, arch: 'ENAS' }, 'runs/mine'),
    "nat search --preset paper --epochs 5 --normalize-adjacency --data 'it'\\''s here' --max-steps 0 --out runs/mine\n" +
      'nat derive --run runs/mine --arch ENAS',
  );
});

test('the command line of an own architecture comes with its file', () => {
  const arch = genotypeToJson(CELLS[0]!);
  const request: RunRequest = { kind: 'train', settings: { epochs: 1 }, arch };
  assert.is(commandLine(request, 'runs/a'), 'nat train --arch architecture.json --epochs 1 --out runs/a');
  const file = commandFile(request)!;
  assert.is(file.name, 'architecture.json');
  assert.equal(genotypeFromJson(JSON.parse(file.text), 'file'), CELLS[0]);
});

test.run();
