// Command-line options: typed values, defaults, errors that name the flag and what was expected, and their help.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseFlags, readFlags } from '../src/cli/flags.ts';
import { describeFlags } from '../src/cli/help.ts';
import { flagName } from '../src/settings/setting.ts';
import { UserError } from '../runtime/errors.ts';

const TABLE = {
  out: { type: 'string', required: true, placeholder: 'DIR', help: 'the run folder' },
  preset: { type: 'string', choices: ['quick', 'paper'], default: 'quick', help: 'settings' },
  maxSteps: { type: 'integer', min: 0, default: 0, help: 'most steps an epoch' },
  lr: { type: 'number', help: 'learning rate' },
  resume: { type: 'boolean', help: 'go on with a run' },
} as const;

function error(args: readonly string[]): string {
  try {
    parseFlags(TABLE, args);
  } catch (thrown) {
    assert.instance(thrown, UserError);
    return (thrown as UserError).message;
  }
  throw new Error(`no error for ${args.join(' ')}`);
}

test('flags: both spellings of a value, a switch, and defaults', () => {
  assert.equal(parseFlags(TABLE, ['--out', 'runs/a', '--max-steps=3', '--lr', '-1e-3', '--resume']), {
    out: 'runs/a',
    preset: 'quick',
    maxSteps: 3,
    lr: -0.001,
    resume: true,
  });
  assert.equal(parseFlags(TABLE, ['--out=a=b']), {
    out: 'a=b',
    preset: 'quick',
    maxSteps: 0,
    lr: undefined,
    resume: false,
  });
});

test('flags: camelCase names are written with hyphens', () => {
  assert.is(flagName('maxSteps'), '--max-steps');
  assert.is(flagName('policyBeta1'), '--policy-beta1');
});

test('flags: errors name the flag, what was given and what is expected', () => {
  const cases: [string[], string][] = [
    [['--out', 'a', '--max-step', '3'], "unknown option --max-step; did you mean '--max-steps'?"],
    [['--out', 'a', '--wibble'], 'unknown option --wibble; see --help for those there are'],
    [['--out', 'a', 'b'], "unexpected argument 'b'; options start with --"],
    [['--out', 'a', '--out', 'b'], '--out is given twice; give it once'],
    [['--out'], '--out needs a value: --out DIR'],
    [['--out', '--resume'], '--out needs a value: --out DIR'],
    [['--lr', '1'], '--out is missing: --out DIR, the run folder'],
    [['--out', 'a', '--max-steps', '1.5'], '--max-steps: got 1.5, expected a whole number of 0 or more'],
    [['--out', 'a', '--max-steps', '-1'], '--max-steps: got -1, expected a whole number of 0 or more'],
    [['--out', 'a', '--max-steps='], "--max-steps: got '', expected a whole number of 0 or more"],
    [['--out', 'a', '--lr', 'fast'], "--lr: got 'fast', expected a number"],
    [['--out', 'a', '--lr', 'Infinity'], "--lr: got 'Infinity', expected a number"],
    [['--out', 'a', '--resume=yes'], "--resume takes no value, got 'yes'"],
    [
      ['--out', 'a', '--preset', 'papr'],
      "--preset: got 'papr', expected one of quick, paper; did you mean 'paper'?",
    ],
    [['--out', 'a', '--to-string', 'x'], 'unknown option --to-string; see --help for those there are'],
  ];
  for (const [args, message] of cases) assert.is(error(args), message);
});

test('flags: help shows every option, its placeholder and its default', () => {
  assert.equal(describeFlags(TABLE, {}, 80).trimEnd().split('\n'), [
    '  --out DIR             the run folder',
    '  --preset quick|paper  settings (quick)',
    '  --max-steps N         most steps an epoch (0)',
    '  --lr N                learning rate',
    '  --resume              go on with a run',
  ]);
});

test('flags: help breaks lines between words, at whatever width', () => {
  const table = {
    longName: { type: 'string', placeholder: 'NAME|FILE', help: 'a name or else the path of a file' },
    kind: { type: 'string', choices: ['one thing', 'another thing'], help: 'which' },
  } as const;
  assert.is(
    describeFlags(table, {}, 44),
    [
      '  --long-name NAME|FILE',
      '                  a name or else the path of',
      '                  a file',
      '  --kind NAME     which; one of one thing,',
      '                  another thing',
      '',
    ].join('\n'),
  );
  for (let width = 40; width < 120; width++) {
    const lines = describeFlags(TABLE, {}, width).split('\n');
    assert.ok(
      lines.every((line) => line.length <= width),
      String(width),
    );
  }
});

test('flags: a default that depends on another option follows it', () => {
  const usual = ({ preset = 'quick' }) => (preset === 'paper' ? 100 : 3);
  const table = { ...TABLE, epochs: { type: 'integer', usual, help: 'passes' } } as const;
  const epochs = (args: readonly string[]) =>
    /--epochs.*/.exec(describeFlags(table, readFlags(table, args), 80))![0];
  assert.match(epochs([]), /passes \(3\)$/);
  assert.match(epochs(['--preset', 'paper']), /passes \(100\)$/);
});

test('an argument without a flag goes to the option that is given by its place', () => {
  const table = {
    file: { type: 'string', positional: true, required: true, placeholder: 'FILE', help: 'what to read' },
    out: { type: 'string', help: 'where' },
  } as const;
  assert.equal(parseFlags(table, ['a.json', '--out', 'b']), { file: 'a.json', out: 'b' });
  assert.equal(parseFlags(table, ['--out', 'b', 'a.json']), { file: 'a.json', out: 'b' });
  assert.throws(() => parseFlags(table, []), /^FILE is missing: FILE, what to read$/);
  assert.throws(() => parseFlags(table, ['a', 'b']), /^unexpected argument 'b'; a is there already$/);
  assert.throws(() => parseFlags(table, ['--file', 'a']), /^unknown option --file;/);
  assert.match(describeFlags(table, {}, 80), /^ {2}FILE +what to read\n {2}--out NAME +where\n$/);
});

test('a value that is given by its place is one of its choices', () => {
  const table = {
    shell: { type: 'string', positional: true, required: true, choices: ['bash', 'zsh'], help: 'which' },
  } as const;
  assert.equal(parseFlags(table, ['zsh']), { shell: 'zsh' });
  assert.throws(
    () => parseFlags(table, ['bsh']),
    /^bash\|zsh: got 'bsh', expected one of bash, zsh; did you mean/,
  );
});

test.run();
