// The documents tell the truth where a program can see it: the files, commands, options and scripts that they name exist,
// and the examples run.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path/posix';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GENERAL_OPTIONS } from '../src/cli/command.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { flagName } from '../src/settings/setting.ts';
import { readRepositoryFile, repositoryRoot } from './support/repository.ts';

const textOf = (path: string): string => new TextDecoder().decode(readRepositoryFile(path));
const exists = (path: string): boolean => existsSync(new URL(path, repositoryRoot));

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  'bench/experiments/README.md',
  'src/benchmark/nasbench201/README.md',
  'src/data/sample/README.md',
  'test/golden/README.md',
  ...readdirSync(new URL('docs', repositoryRoot))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

/** `code` in a line and the lines of blocks, each as one text; line breaks inside of it are spaces. */
function codeOf(markdown: string): string[] {
  const blocks = [...markdown.matchAll(/^```[^\n]*\n([\s\S]*?)^```/gm)].flatMap(({ 1: body }) =>
    body!.split('\n'),
  );
  const inline = [...markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/`([^`]+)`/g)];
  return [...blocks, ...inline.map(({ 1: code }) => code!.replace(/\s+/g, ' '))];
}

/** Whether words in capitals or brackets stand for something else in it. */
const isPattern = (path: string): boolean =>
  /[A-Z]{2,}|\bX\b|[*{}]/.test(path.replace(/README\.md|CONTRIBUTING\.md|LICENSE/, ''));

/** What `complaint` says of every piece of code in the documents, by document. */
function complaints(complaint: (code: string) => (string | false)[]): string[] {
  return DOCUMENTS.flatMap((path) =>
    codeOf(textOf(path)).flatMap((code) =>
      complaint(code).flatMap((found) => (found === false ? [] : [`${path}: ${found}`])),
    ),
  );
}

test('docs: links lead to files that exist', () => {
  const broken = DOCUMENTS.flatMap((path) =>
    [...textOf(path).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
      .map(({ 1: target }) => join(dirname(path), target!))
      .filter((target) => !exists(target))
      .map((target) => `${path}: ${target}`),
  );
  assert.equal(broken, []);
});

test('docs: files and folders that they name exist', () => {
  const named = /(?<![\w./-])(?:src|runtime|shaders|test|bench|docs|\.ci)\/[\w./*{}-]*/g;
  const missing = complaints((code) =>
    [...code.matchAll(named)].map(([path]) => {
      const plain = path.replace(/[.,]$/, '');
      return !isPattern(plain) && !exists(plain) && plain;
    }),
  );
  assert.equal(missing, []);
});

/** Commands of npm itself. */
const NPM_COMMANDS = new Set(['ci', 'install']);

test('docs: scripts that they name are in package.json', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const missing = complaints((code) =>
    [...code.matchAll(/\bnpm (?:run )?([\w:-]+)/g)].map(
      ({ 1: name }) => !NPM_COMMANDS.has(name!) && !(name! in scripts) && name!,
    ),
  );
  assert.equal(missing, []);
});

test('docs: commands that they name exist, and have the options that they name', () => {
  const anywhere = new Set(COMMANDS.flatMap(({ options }) => Object.keys(options).map(flagName)));
  for (const name of Object.keys(GENERAL_OPTIONS)) anywhere.add(flagName(name));
  const missing = complaints((code) => {
    const words = /^(?:node dist\/nat\.js|nat) (.*)$/.exec(code.trim())?.[1];
    if (words === undefined || /^[A-Z]/.test(words)) return [];
    if (/^help\b/.test(words)) return [];
    const command = COMMANDS.find(({ name }) => words === name || words.startsWith(`${name} `));
    if (!command) return [`nat ${words}`];
    const flags = [...words.matchAll(/--[a-z][a-z0-9-]*/g)].map(([flag]) => flag);
    const own = new Set(Object.keys({ ...command.options, ...GENERAL_OPTIONS }).map(flagName));
    return flags.map((flag) => !own.has(flag) && `nat ${command.name} ${flag}`);
  });
  const unknown = complaints((code) => {
    const flag = /^(--[a-z][a-z0-9-]*)/.exec(code)?.[1];
    return [flag !== undefined && !anywhere.has(flag) && !NOT_OURS.has(flag) && flag];
  });
  assert.equal([...missing, ...unknown], []);
});

/** Options of npm and of this repository's scripts. */
const NOT_OURS = new Set([
  '--omit',
  '--filter',
  '--import',
  '--commit',
  '--adapters',
  '--only',
  '--golden',
  '--tool',
]);

/** Runs a file's first example as a user's program, and hands on what it prints, and the folder that it ran in. */
function runExample(file: string, check: (printed: string, folder: string) => void): void {
  const example = /^```js\n([\s\S]*?)^```/m.exec(textOf(file))![1]!;
  const folder = mkdtempSync(join(tmpdir(), 'nat-example-'));
  try {
    const library = new URL('dist/lib/src/index.js', repositoryRoot).href;
    writeFileSync(join(folder, 'example.mjs'), example.replace("'nat-webgpu'", `'${library}'`));
    const run = { cwd: folder, encoding: 'utf8' } as const;
    check(execFileSync(process.execPath, ['example.mjs'], run), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test("docs: README's example runs and prints a transformation", () => {
  runExample('README.md', (printed, folder) => {
    assert.match(printed, /^epoch 1\/1 weights 1 4$/m);
    assert.match(printed, /^normal cell {3}before +after$/m);
    assert.match(printed, /^multiply-adds +\d/m);
    assert.ok(existsSync(join(folder, 'runs/example/derived.json')));
  });
});

test("docs: docs/method.md's example trains a policy to earn its reward", () => {
  runExample('docs/method.md', (printed) => {
    const rewards = [...printed.matchAll(/^mean reward (.*)$/gm)].map(([, reward]) => Number(reward));
    assert.is(rewards.length, 4);
    // A third of the actions is right for whoever takes them all equally often.
    assert.ok(rewards[3]! > 0.8, `${rewards}`);
    assert.ok(rewards[3]! > rewards[0]!, `${rewards}`);
  });
});

test.run();
