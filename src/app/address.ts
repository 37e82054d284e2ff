// What the page shows, as the part of its address after '#', and back: '#/search?preset=quick&epochs=5'. Settings that
// are their preset's are left out, so that a link says what is special about a run.
import { genotypeFromJson, genotypeToJson } from '../arch/genotype_file.ts';
import { findCell } from '../arch/zoo/find_cell.ts';
import {
  ENDS,
  PRESET_NAMES,
  PRESETS,
  SEARCH_SETTINGS,
  type SearchConfig,
  withSettings,
} from '../search/config.ts';
import { expectation } from '../settings/setting.ts';
import type { DefaultedSetting, SettingTable } from '../settings/table.ts';
import { TRAIN_SETTINGS, type TrainConfig } from '../train/config.ts';
import { formatCellText, parseCellText } from './cell_text.ts';
import type { GenotypeJson, RunRequest, SearchRequest, TrainRequest } from './protocol.ts';

export const VIEW_NAMES = [
  'search',
  'runs',
  'cells',
  'ground-truth',
  'train',
  'benchmarks',
  'about',
] as const;

/** The sections of the page. */
export type ViewName = (typeof VIEW_NAMES)[number];

/** Where in the page one is. */
export interface Place {
  readonly view: ViewName;
  /** Of the run that is looked at; '' for none. */
  readonly run: string;
  readonly query: Readonly<Record<string, string>>;
}

/** Characters that an address may hold as they are, and that make it readable. */
const PLAIN: readonly (readonly [RegExp, string])[] = [
  [/%2C/g, ','],
  [/%3B/g, ';'],
  [/%3A/g, ':'],
  [/%2F/g, '/'],
];

const encode = (text: string): string =>
  PLAIN.reduce((encoded, [code, plain]) => encoded.replace(code, plain), encodeURIComponent(text));

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a place, with its '#'. */
export function formatPlace({ view, run, query }: Place): string {
  const pairs = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(value)}`);
  return `#/${view}${run && `/${encodeURIComponent(run)}`}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
}

/** The place of an address; the search, where it names none. */
export function parsePlace(hash: string): Place {
  const [path = '', text = ''] = hash.replace(/^#?\/?/, '').split(/\?(.*)/s);
  const [name = '', run = ''] = path.split('/');
  const view = VIEW_NAMES.find((known) => known === name) ?? 'search';
  const pairs = text.split('&').filter((pair) => pair !== '');
  const query = pairs.map((pair) => {
    const [key = '', value = ''] = pair.split(/=(.*)/s);
    return [decode(key), decode(value)];
  });
  return { view, run: decode(run), query: Object.fromEntries(query) };
}

/** A setting that an address gives a value that it cannot have. */
export interface AddressProblem {
  readonly setting: string;
  readonly message: string;
}

/** What an address asks for: the valid part of it, and what is wrong with the rest. */
export interface AddressRequest<R extends RunRequest> {
  readonly request: R;
  readonly problems: readonly AddressProblem[];
  /** Of the metrics of the run that the link was made from; '' where it says none. */
  readonly digest: string;
}

/** In an address besides settings. */
const RESERVED = ['preset', 'arch', 'digest'];

function readValue(setting: DefaultedSetting, text: string): unknown {
  if (setting.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (setting.type === 'string') return text;
  return text.trim() === '' ? Number.NaN : Number(text);
}

function readSettings(table: SettingTable, query: Place['query']) {
  const settings: Record<string, unknown> = {};
  const problems: AddressProblem[] = [];
  for (const [name, text] of Object.entries(query)) {
    if (RESERVED.includes(name)) continue;
    const setting = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!setting) {
      problems.push({ setting: name, message: `The link names a setting '${name}' that there is not.` });
      continue;
    }
    const value = readValue(setting, text);
    const expected = expectation(setting, value);
    if (expected === null) settings[name] = value;
    else problems.push({ setting: name, message: `The link says '${text}', expected ${expected}.` });
  }
  return { settings, problems };
}

/** Only names of the two tables that need no file: those of users are not in addresses. */
function withoutForeignTables(settings: Record<string, unknown>, problems: AddressProblem[]): void {
  const { transitions } = settings;
  if (transitions === undefined || transitions === 'nat' || transitions === 'nat++') return;
  delete settings.transitions;
  problems.push({ setting: 'transitions', message: 'A link may say nat or nat++.' });
}

function readArchitecture(
  text: string | undefined,
  usual: string,
  problems: AddressProblem[],
): string | GenotypeJson {
  if (text === undefined) return usual;
  if (!text.includes('/')) return text;
  try {
    return genotypeToJson({ name: 'from the link', ...parseCellText(text) });
  } catch (error) {
    problems.push({ setting: 'arch', message: (error as Error).message });
    return usual;
  }
}

const architectureText = (arch: string | GenotypeJson): string =>
  typeof arch === 'string' ? arch : formatCellText(genotypeFromJson(arch, 'the architecture'));

/** Where one of them is given, so is what it moves to: an equal value still says something. */
const COUPLED: readonly string[] = [...Object.keys(ENDS), ...Object.values(ENDS)];

/** What is transformed where nothing else is asked for. */
export const USUAL_CELL = 'DARTS';
/** What is trained where nothing else is asked for. */
export const USUAL_NETWORK = 'ResNet20';

/** All values of the settings that a search is asked for with. */
export const searchSettingsOf = ({ preset, settings }: SearchRequest): SearchConfig =>
  withSettings(PRESETS[preset], settings) as SearchConfig;

/** The search that an address asks for. */
export function parseSearch(query: Place['query']): AddressRequest<SearchRequest> {
  const preset = PRESET_NAMES.find((name) => name === query.preset) ?? 'quick';
  const { settings, problems } = readSettings(SEARCH_SETTINGS, query);
  withoutForeignTables(settings, problems);
  let arch = readArchitecture(query.arch, USUAL_CELL, problems);
  if (typeof arch === 'string' && !findCell(arch)) {
    problems.push({ setting: 'arch', message: `There is no cell '${arch.slice(0, 60)}' in the collection.` });
    arch = USUAL_CELL;
  }
  const request: SearchRequest = {
    kind: 'search',
    preset,
    settings: settings as Partial<SearchConfig>,
    arch,
  };
  return { request, problems, digest: query.digest ?? '' };
}

/** The address of a search: what differs from its preset, and the digest of what it came to, once known. */
export function searchQuery(request: SearchRequest, digest = ''): Record<string, string> {
  const { preset, settings, arch } = request;
  const usual = { ...PRESETS[preset] } as Record<string, unknown>;
  const changed = Object.entries(settings).filter(
    ([name, value]) => value !== undefined && (value !== usual[name] || COUPLED.includes(name)),
  );
  return {
    preset,
    ...(arch === USUAL_CELL ? {} : { arch: architectureText(arch) }),
    ...Object.fromEntries(changed.map(([name, value]) => [name, String(value)])),
    ...(digest ? { digest } : {}),
  };
}

/** What a training's address may say: its settings, and the images. */
const TRAIN_TABLE = { data: SEARCH_SETTINGS.data, ...TRAIN_SETTINGS } as const;

/** The training that an address asks for. */
export function parseTraining(query: Place['query']): AddressRequest<TrainRequest> {
  const { settings, problems } = readSettings(TRAIN_TABLE, query);
  const arch = readArchitecture(query.arch, USUAL_NETWORK, problems);
  const request: TrainRequest = { kind: 'train', settings: settings as Partial<TrainConfig>, arch };
  return { request, problems, digest: query.digest ?? '' };
}

/** The address of a training. */
export function trainingQuery({ settings, arch }: TrainRequest, digest = ''): Record<string, string> {
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return {
    arch: architectureText(arch),
    ...Object.fromEntries(given.map(([name, value]) => [name, String(value)])),
    ...(digest ? { digest } : {}),
  };
}
