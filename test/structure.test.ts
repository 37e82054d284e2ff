// The shape of the house, held by a test: which way imports point, what src/ may name, sizes, and shaders in use.

import { readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path/posix';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readRepositoryFile, repositoryRoot } from './support/repository.ts';

interface SourceFile {
  readonly path: string;
  readonly lines: readonly string[];
  /** The text without comments. */
  readonly code: string;
}

function sources(folder: string, endings: readonly string[]): SourceFile[] {
  const names = readdirSync(join(fileURLToPath(repositoryRoot), folder), { recursive: true });
  return names
    .map((name) => `${folder}/${String(name).replaceAll('\\', '/')}`)
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .sort()
    .map((path) => {
      const text = new TextDecoder().decode(readRepositoryFile(path));
      // a comment starts a line or follows a space, which the // of an address does not
      const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
      return { path, lines: text.split('\n'), code };
    });
}

const CODE = ['.ts', '.mjs'];
const src = sources('src', CODE);
const runtime = sources('runtime', CODE);
const shaders = sources('shaders', ['.wgsl']);
const all = [...src, ...runtime, ...shaders, ...sources('test', CODE), ...sources('bench', CODE)];

/** The library and its entry points, which see everything. */
const ENTRIES = ['engine', 'zoo', 'library', 'index', 'engine_index', 'browser', 'engine_browser'].map(
  (name) => `src/${name}.ts`,
);
const BELOW_SEARCH = [
  'nao',
  'supernet',
  'networks',
  'double',
  'policy',
  'arch',
  'data',
  'optim',
  'nn',
  'ops',
  'run',
  'settings',
  'io',
  'core',
];

/** Folder of src/ -> the folders that it may import from, besides itself. runtime/ is open to all of them. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  core: [],
  io: ['core'],
  ops: ['core'],
  nn: ['ops', 'io', 'core'],
  optim: ['nn', 'core'],
  data: ['ops', 'io', 'core'],
  arch: ['io', 'core'],
  double: ['nn', 'ops', 'core'],
  networks: ['double', 'arch', 'nn', 'ops', 'io', 'core'],
  draw: ['networks', 'arch'],
  supernet: ['networks', 'arch', 'nn', 'ops', 'core'],
  policy: ['optim', 'arch', 'nn', 'ops', 'core'],
  nao: ['optim', 'arch', 'nn', 'ops', 'core'],
  settings: [],
  run: ['io', 'core'],
  search: BELOW_SEARCH,
  train: BELOW_SEARCH,
  fit: ['train', 'double', 'data', 'optim', 'nn', 'ops', 'run', 'io', 'core'],
  derive: ['search', ...BELOW_SEARCH],
  golden: ['supernet', 'networks', 'double', 'policy', 'arch', 'optim', 'nn', 'ops', 'io', 'core'],
  experiment: ['derive', 'train', 'search', ...BELOW_SEARCH],
  benchmark: [
    'nao',
    'supernet',
    'networks',
    'policy',
    'arch',
    'data',
    'optim',
    'nn',
    'run',
    'settings',
    'io',
    'core',
  ],
  report: ['draw', 'derive', 'train', ...BELOW_SEARCH],
  exchange: ['draw', 'benchmark', 'train', ...BELOW_SEARCH],
  app: ['draw', 'report', 'exchange', 'benchmark', 'derive', 'train', 'search', ...BELOW_SEARCH],
  queue: ['experiment', 'run', 'io', 'core'],
  cli: [
    'report',
    'draw',
    'queue',
    'exchange',
    'benchmark',
    'experiment',
    'golden',
    'derive',
    'train',
    'search',
    ...BELOW_SEARCH,
  ],
};

function imports({ path, code }: SourceFile): string[] {
  const named = [...code.matchAll(/(?<!')\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1]!);
  return named.map((name) => (name.startsWith('.') ? normalize(join(dirname(path), name)) : name));
}

const layerOf = (path: string): string => path.split('/')[1]!;

test('structure: imports inside src/ point one way', () => {
  const wrong: string[] = [];
  for (const file of src) {
    if (ENTRIES.includes(file.path)) continue;
    const from = layerOf(file.path);
    assert.ok(from in MAY_IMPORT, `${file.path}: layer '${from}' is not in the table of this test`);
    for (const target of imports(file).filter((name) => name.startsWith('src/'))) {
      const to = layerOf(target);
      const allowed = to === from || MAY_IMPORT[from]!.includes(to);
      if (!allowed || ENTRIES.includes(target)) wrong.push(`${file.path} imports ${target}`);
    }
  }
  assert.equal(wrong, []);
});

test('structure: the table of layers has no cycle', () => {
  const visit = (layer: string, above: readonly string[]): void => {
    assert.not.ok(above.includes(layer), `cycle: ${[...above, layer].join(' -> ')}`);
    for (const next of MAY_IMPORT[layer]!) visit(next, [...above, layer]);
  };
  Object.keys(MAY_IMPORT).forEach((layer) => visit(layer, []));
});

test('structure: runtime/ imports nothing from src/', () => {
  const wrong = runtime.flatMap((file) =>
    imports(file)
      .filter((name) => name.startsWith('src/'))
      .map((name) => `${file.path} imports ${name}`),
  );
  assert.equal(wrong, []);
});

test('structure: only what opens an adapter names the engine on a device', () => {
  const doors = ['runtime/engine/open_engine.ts', 'runtime/engine/null_device.ts'];
  const above = [...src, ...runtime, ...sources('bench', CODE)].filter(({ path }) => !doors.includes(path));
  const wrong = above.filter((file) => imports(file).includes('runtime/engine/gpu_engine.ts'));
  assert.equal(
    wrong.map(({ path }) => path),
    [],
  );
});

test('structure: only core/plan.ts records on the engine that counts', () => {
  const wrong = [...src, ...sources('bench', CODE)].filter(
    (file) => file.path !== 'src/core/plan.ts' && imports(file).includes('runtime/engine/plan_engine.ts'),
  );
  assert.equal(
    wrong.map(({ path }) => path),
    [],
  );
});

/** The page itself: what people see, with their clock and their browser's document. */
const isUi = ({ path }: SourceFile): boolean => path.startsWith('src/app/ui/');
const UI_PACKAGES = ['lit-html', 'lit-html/directives/', 'uplot'];

/** Modules that need Node, and the files below the command line that use such modules. */
const needsNodeItself = (name: string): boolean => name.startsWith('runtime/host/node/');
const DATA_DOWNLOADS = ['src/data/cifar10_fetch.ts', 'src/data/published_sets.ts'];

test('structure: src/ reaches packages and Node only by the doors made for it', () => {
  const packages = [
    'virtual:package',
    'virtual:jpeg_decoder',
    '@jsquash/jpeg/decode.js',
    '@dagrejs/dagre',
    'fast-png',
    'fflate',
    'fzstd',
    'hyparquet/src/index.js',
    'wgpu-matrix',
  ];
  const wrong: string[] = [];
  for (const file of src) {
    const mayUseNode = layerOf(file.path) === 'cli';
    for (const name of imports(file)) {
      const local = name.startsWith('src/') || name.startsWith('runtime/');
      const downloads = DATA_DOWNLOADS.includes(file.path);
      const needsNode = !downloads && (DATA_DOWNLOADS.includes(name) || needsNodeItself(name));
      const ofUi =
        isUi(file) &&
        UI_PACKAGES.some((known) => name === known || (known.endsWith('/') && name.startsWith(known)));
      if (!(local || ofUi || packages.includes(name)) || (needsNode && !mayUseNode)) {
        wrong.push(`${file.path} imports ${name}`);
      }
    }
  }
  assert.equal(wrong, []);
});

test('structure: src/ names no GPU type, no Node global and, but for the page itself, no DOM', () => {
  const machine = /\bGPU[A-Z]\w*|\bprocess\./;
  const dom = /\b(?:document|navigator|localStorage)\b|\bHTML[A-Z]\w*/;
  const wrong = src.flatMap((file) => {
    const found = machine.exec(file.code) ?? (isUi(file) ? null : dom.exec(file.code));
    return found ? [`${file.path} names ${found[0]}`] : [];
  });
  assert.equal(wrong, []);
});

/** Files of src/ that may use the clock or inexact mathematics of the host, and why no result depends on it. */
const INEXACT: Readonly<Record<string, string>> = {
  'src/cli/devices.ts': 'prints sizes',
};

test('structure: no clock, no host randomness and no inexact host mathematics in src/ but for the page itself', () => {
  // + - * / sqrt, rounding and small whole powers give the same bits everywhere; the rest need not
  const exact = 'abs|ceil|clz32|floor|fround|imul|max|min|round|sign|sqrt|trunc|PI|E|LN2|SQRT2';
  const forbidden = new RegExp(
    `\\bMath\\.(?!(?:${exact})\\b)\\w+|\\bDate\\b|\\bperformance\\b|\\*\\*(?!\\s*-?\\d)|\\bcrypto\\.(?:get|random)`,
  );
  const deterministic = src.filter((file) => !isUi(file));
  const wrong = deterministic.flatMap(({ path, code }) => {
    const found = forbidden.exec(code);
    return found && !(path in INEXACT) ? [`${path} uses ${found[0]}`] : [];
  });
  assert.equal(wrong, []);
  for (const path of Object.keys(INEXACT)) {
    const file = src.find((candidate) => candidate.path === path);
    assert.ok(file && forbidden.test(file.code), `${path} needs its exception no more`);
  }
});

/** What a file under a path holds -> the file that must import it, or nobody would find it. */
const LISTED: readonly (readonly [under: string, holds: RegExp, list: string])[] = [
  ['src/ops/', /\bdefineOp\(/, 'src/ops/index.ts'],
  ['src/networks/hand_crafted/', /: readonly NetworkPlan\[\] =/, 'src/networks/registry.ts'],
  ['src/policy/', /\): Policy</, 'src/policy/policies.ts'],
  ['src/cli/', /\bdefineCommand\(/, 'src/cli/commands.ts'],
];

test('structure: every op, network, policy and command is in its list', () => {
  for (const [under, holds, list] of LISTED) {
    const listed = imports(src.find(({ path }) => path === list)!);
    const made = src.filter(({ path, code }) => path.startsWith(under) && path !== list && holds.test(code));
    assert.ok(made.length > 1, under);
    const forgotten = made.filter(({ path }) => !listed.includes(path)).map(({ path }) => path);
    assert.equal(forgotten, [], `not in ${list}`);
  }
});

test('structure: no file has more than 400 lines', () => {
  const long = all
    .filter(({ lines }) => lines.length > 400)
    .map(({ path, lines }) => `${path}: ${lines.length}`);
  assert.equal(long, []);
});

test('structure: every shader is used', () => {
  const literals = new Set<string>();
  for (const { code } of [...src, ...runtime]) {
    for (const match of code.matchAll(/'(\w+)'/g)) literals.add(match[1]!);
  }
  const included = new Set<string>();
  for (const { lines } of shaders) {
    for (const line of lines) {
      const target = /^\s*\/\/#include "(.+)"/.exec(line)?.[1];
      if (target) included.add(`shaders/${target}`);
    }
  }
  const unused = shaders
    .map(({ path }) => path)
    .filter((path) => {
      const isKernel = !path.split('/').includes('lib');
      return isKernel
        ? !literals.has(path.slice(path.lastIndexOf('/') + 1, -'.wgsl'.length))
        : !included.has(path);
    });
  assert.equal(unused, []);
});

/** Header line of a kernel that only one kind of adapter runs: which one, and what the other runs instead. */
const FORM = /^\/\/ For (GPUs; software adapters|software adapters; GPUs): (\w+\.wgsl)\.$/;

test('structure: shaders name files that are there, and a kernel for one kind of adapter the one for the other', () => {
  const find = (name: string) => shaders.find(({ path }) => path.endsWith(`/${name}`));
  const formOf = (name: string) => find(name)?.lines.flatMap((line) => FORM.exec(line)?.[1] ?? [])[0];
  const wrong = shaders.flatMap(({ path, lines }) =>
    lines.flatMap((line, i) => {
      const missing = [...line.matchAll(/[\w/]+\.wgsl/g)].flatMap(([name]) => (find(name) ? [] : [name]));
      const [, form, other] = FORM.exec(line) ?? [];
      const alone =
        other && (formOf(other) ?? form) === form ? [`${other} for the other kind of adapter`] : [];
      return [...missing, ...alone].map((what) => `${path}:${i + 1}: no ${what}`);
    }),
  );
  assert.equal(wrong, []);
});

test.run();
