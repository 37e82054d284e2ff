// The help of every command: it fits its terminal, and its examples are commands that the program takes.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { GENERAL_OPTIONS } from '../src/cli/command.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { commandHelp, programHelp } from '../src/cli/help.ts';
import { fit, styleOf } from '../src/cli/layout.ts';
import { flagName } from '../src/settings/setting.ts';

const PLAIN = styleOf(undefined);
const PROGRAM = { name: 'nat', summary: 'a program', commands: COMMANDS };

const helpOf = (command: (typeof COMMANDS)[number], width: number, given = {}): string =>
  commandHelp('nat', command, GENERAL_OPTIONS, given, { width, style: PLAIN });

test('help: no line is wider than the terminal, but for examples and single words', () => {
  for (const width of [60, 80, 100]) {
    const texts = [
      programHelp(PROGRAM, '1.0', { width, style: PLAIN }),
      ...COMMANDS.map((command) => helpOf(command, width).replace(/\nExamples\n[^]*/, '')),
    ];
    const long = texts.flatMap((text) =>
      text.split('\n').filter((line) => line.length > width && line.trim().includes(' ')),
    );
    // the line that says how a command is called is not broken, so that it can be copied
    const calls = long.filter((line) => !/^(?: {2})?nat /.test(line));
    assert.equal(calls, [], String(width));
  }
});

test('help: every command has examples, which its own options take', () => {
  for (const command of COMMANDS) {
    const { name, examples = [], options } = command;
    assert.ok(examples.length > 0, name);
    for (const [args, does] of examples) {
      // what stands after > is for the shell
      const words = args.replace(/ > .*/, '').split(' ').filter(Boolean);
      parseFlags({ ...options, ...GENERAL_OPTIONS }, words);
      assert.ok(helpOf(command, 80).includes(`  nat ${name} ${args}`.trimEnd()), name);
      assert.ok(does.length > 0 && does.length < 74, does);
    }
  }
});

test('help: every option is there with its meaning', () => {
  for (const command of COMMANDS) {
    const text = helpOf(command, 1000);
    for (const [name, option] of Object.entries({ ...command.options, ...GENERAL_OPTIONS })) {
      assert.ok(text.includes(option.help), `${command.name} ${flagName(name)}`);
    }
  }
});

test('help: the defaults are those of the preset, and of the kind of network, that are given', () => {
  const search = COMMANDS.find(({ name }) => name === 'search')!;
  const train = COMMANDS.find(({ name }) => name === 'train')!;
  const shown = (text: string, flag: string): string | undefined =>
    new RegExp(`^ {2}${flag} .*\\((\\S+)\\)$`, 'm').exec(text)?.[1];
  // the presets of the command line and of the paper
  assert.is(shown(helpOf(search, 1000), '--epochs'), '3');
  assert.is(shown(helpOf(search, 1000, { preset: 'paper' }), '--epochs'), '100');
  // DARTS' settings for cells, and those of deep residual learning for ResNets
  assert.is(shown(helpOf(train, 1000), '--epochs'), '600');
  assert.is(shown(helpOf(train, 1000, { arch: 'ResNet20' }), '--epochs'), '164');
  assert.is(shown(helpOf(train, 1000, { setting: 'imagenet' }), '--image-size'), '224');
});

test('layout: lines are broken between words, and tables of Markdown stay', () => {
  const text =
    'a line that is too long for it\n  an indented one that is\n| a | row of a table | x |\nshort\n';
  assert.is(
    fit(text, 22),
    'a line that is too\n  long for it\n  an indented one\n    that is\n| a | row of a table | x |\nshort\n',
  );
  assert.is(fit(text, Infinity), text);
});

test('help: colours on a terminal that shows them, nowhere else', () => {
  const style = styleOf({ columns: 80, colors: true });
  assert.is(style.bold('x'), '\x1b[1mx\x1b[22m');
  for (const screen of [undefined, { columns: 80, colors: false }]) {
    assert.is(styleOf(screen).red('x'), 'x');
  }
});

test.run();
