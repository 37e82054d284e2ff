// Messages of errors: one line that a terminal can show, whatever they quote.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { oneLine, RunError, UserError } from '../runtime/errors.ts';
import { parseGenotype } from '../src/arch/genotype_file.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { parseFlags } from '../src/cli/flags.ts';

test('errors: control characters and line ends are written out', () => {
  assert.is(new UserError('a\nb\r\n\tc').message, 'a\\nb\\r\\n\\tc');
  // erases the screen; turns the direction of writing; ends a line in some programs
  assert.is(new RunError('\u001b[2J \u202egnp \u2028').message, '\\u001b[2J \\u202egnp \\u2028');
  assert.is(oneLine('Straße, 学習, 🙂'), 'Straße, 学習, 🙂');
});

test('errors: a long word is cut in its middle, and so is a long message', () => {
  const name = 'x'.repeat(100_000);
  const { message } = new UserError(`genotype file ${name}: no such file; check the path`);
  assert.match(
    message,
    /^genotype file x{180}\.\.\.x{90} no such file; check the path$|^genotype file x+\.\.\.x+: no/,
  );
  assert.ok(message.length < 400, String(message.length));
  const many = new UserError(`first ${'word '.repeat(10_000)}last`).message;
  assert.ok(many.length <= 2000 && many.startsWith('first word') && many.endsWith('word last'), many);
});

test('errors: a cut leaves whole characters', () => {
  const { message } = new UserError('🙂'.repeat(1000));
  assert.not.match(message, /\p{Surrogate}/u);
});

test('errors: what users give comes back in one short line', () => {
  const hostile = `\u001b]0;title\u0007${'name '.repeat(20_000)}\n`;
  const table = { out: { type: 'string', choices: ['a', 'b'], help: '' } } as const;
  const attempts = [
    () => parseFlags(table, ['--out', hostile]),
    () => parseFlags(table, [hostile]),
    () => parseFlags(table, [`--${hostile}`]),
    () => requireCell(hostile),
    () => parseGenotype(JSON.stringify({ normal: [[hostile, 0, 2]] }), 'genotype file x.json'),
    () => parseGenotype(hostile, 'genotype file x.json'),
  ];
  for (const attempt of attempts) {
    assert.throws(attempt, (error: Error) => {
      assert.instance(error, UserError);
      assert.ok(error.message.length <= 2000, error.message);
      return !/\p{Cc}/u.test(error.message);
    });
  }
});

test.run();
