// `nat completion`: what the shells themselves make of its scripts. bash is asked on every machine, zsh and fish where
// they are installed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GENERAL_OPTIONS } from '../src/cli/command.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { bashScript } from '../src/cli/completion/bash.ts';
import { fishScript } from '../src/cli/completion/fish.ts';
import { offersOf } from '../src/cli/completion/offers.ts';
import { zshScript } from '../src/cli/completion/zsh.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { flagName } from '../src/settings/setting.ts';

const OFFERS = offersOf('nat', COMMANDS, GENERAL_OPTIONS);
const SCRIPTS = { bash: bashScript(OFFERS), zsh: zshScript(OFFERS), fish: fishScript(OFFERS) };

const folder = mkdtempSync(join(tmpdir(), 'nat-completion-'));
mkdirSync(join(folder, 'images'));
writeFileSync(join(folder, 'cell.json'), '{}');
for (const [shell, script] of Object.entries(SCRIPTS)) writeFileSync(join(folder, shell), script);
test.after(() => rmSync(folder, { recursive: true, force: true }));

const run = (shell: string, args: readonly string[]) =>
  spawnSync(shell, args, { cwd: folder, encoding: 'utf8' });
const isInstalled = (shell: string): boolean => run(shell, ['-c', 'true']).status === 0;

/** What is offered after each line; its last word may be half typed. */
function offered(shell: 'bash' | 'fish', lines: readonly string[]): string[][] {
  const asked = lines.map((line) => {
    if (shell === 'fish') return `complete -C '${line}' | string replace -r '\\t.*' ''; echo ---`;
    const words = line.split(' ').map((word) => `'${word}'`);
    return `COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _nat; printf '%s\\n' "\${COMPREPLY[@]}" ---`;
  });
  const { stdout, stderr } = run(shell, ['-c', `source ./${shell}\n${asked.join('\n')}`]);
  assert.is(stderr, '');
  const answers = stdout.split('---\n').slice(0, -1);
  return answers.map((answer) => answer.split('\n').filter((word) => word !== ''));
}

const firstWords = [...new Set(COMMANDS.map(({ name }) => name.split(' ')[0]!)), 'help'];

/** Line -> all that may be offered after it. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'nat ': firstWords,
  'nat se': ['search'],
  'nat data ': ['cifar10', 'cifar100', 'fashion-mnist'],
  'nat data cifar10 --so': ['--source'],
  'nat data cifar10 --source ': ['archive', 'npm'],
  'nat data fashion-mnist --di': ['--dir'],
  'nat search --preset ': ['quick', 'paper'],
  'nat search --pre': ['--preset'],
  'nat search --seed ': [],
  'nat help benchmark ': ['nasbench201'],
  'nat train --arch DAR': ['DARTS', 'DARTS_V1'],
  'nat train --arch ce': ['cell.json'],
  'nat experiment ce': ['cell.json'],
  'nat plan --transitions nat+': ['nat++'],
};

test('completion: bash offers commands, options, values and files', () => {
  const lines = Object.keys(EXPECTED);
  const answers = offered('bash', [...lines, 'nat search --preset = q', 'nat search --data im']);
  lines.forEach((line, i) => assert.equal(answers[i]!.sort(), [...EXPECTED[line]!].sort(), line));
  assert.equal(answers.slice(lines.length), [['quick'], ['images']]);
});

test('completion: fish offers the same, where it is installed', () => {
  if (!isInstalled('fish')) return;
  const lines = Object.keys(EXPECTED);
  const answers = offered('fish', [...lines, 'nat search --data im']);
  lines.forEach((line, i) => assert.equal(answers[i]!.sort(), [...EXPECTED[line]!].sort(), line));
  assert.equal(answers.slice(lines.length), [['images/']]);
});

test('completion: zsh can read its script, where it is installed', () => {
  if (!isInstalled('zsh')) return;
  const { status, stderr } = run('zsh', [
    '-f',
    '-c',
    'compdef() { print -r -- $@ }; source ./zsh && whence _nat',
  ]);
  assert.is(stderr, '');
  assert.is(status, 0);
});

test('completion: every command and option is in every script', () => {
  for (const [shell, script] of Object.entries(SCRIPTS)) {
    for (const { name, options } of COMMANDS) {
      assert.ok(script.includes(name), `${shell}: ${name}`);
      for (const [key, option] of Object.entries(options)) {
        if ('positional' in option) continue;
        const flag = shell === 'fish' ? `-l ${flagName(key).slice(2)} ` : flagName(key);
        assert.ok(script.includes(flag), `${shell}: ${name} ${flag}`);
      }
    }
  }
});

test('completion: the command prints the script of the shell that it is asked for', async () => {
  const completion = COMMANDS.find(({ name }) => name === 'completion')!;
  for (const [shell, script] of Object.entries(SCRIPTS)) {
    let out = '';
    const platform = { terminal: { out: (text: string) => void (out += text) } };
    await completion.run(platform as never, parseFlags(completion.options, [shell]));
    assert.is(out, script);
  }
});

test.run();
