// The commands `nat check` and `nat transform-rules`: what they print, as text and as JSON, and their exit codes.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Platform } from '../runtime/host/platform.ts';
import { check } from '../src/cli/check.ts';
import type { Subcommand } from '../src/cli/command.ts';
import { type OptionTable, parseFlags } from '../src/cli/flags.ts';
import { transformRules } from '../src/cli/transform_rules.ts';
import { parseTransitions } from '../src/arch/transition_file.ts';
import { NAT_PLUS_PLUS_TRANSITIONS } from '../src/arch/transitions.ts';
import { memoryFiles } from './support/memory_files.ts';

/** Runs a command on files in memory. */
async function run<T extends OptionTable>(
  command: Subcommand<T>,
  args: string,
  contents: Record<string, string> = {},
) {
  const files = memoryFiles();
  for (const [path, text] of Object.entries(contents))
    files.contents.set(path, new TextEncoder().encode(text));
  let out = '';
  const terminal = { interactive: false, out: (text: string) => void (out += text), err: () => {} };
  const options = parseFlags(command.options, args.split(' ').filter(Boolean));
  const code = (await command.run({ files, terminal } as unknown as Platform, options)) ?? 0;
  return { code, out };
}

test('nat check: a legal pair, with the changes side by side', async () => {
  const { code, out } = await run(check, '--from darts --to NAT_DARTS');
  assert.is(code, 0);
  const lines = out.split('\n');
  assert.is(lines[0], 'DARTS -> NAT_DARTS: legal by the transitions of nat');
  assert.is(lines[2], 'normal cell   before                               after');
  assert.is(
    lines[4],
    '  node 3      sep_conv_3x3(0) + sep_conv_3x3(1)   *skip_connect(0) +  sep_conv_3x3(1)',
  );
  assert.is(out.match(/\*/g)?.length, 5);
});

test('nat check: an illegal pair exits with 1 and names the moves; NAT++ allows what NAT does not', async () => {
  const nat = await run(check, '--from DARTS --to NATv2_DARTS --json');
  assert.is(nat.code, 1);
  const { violations, ...rest } = JSON.parse(nat.out);
  assert.equal(rest, { from: 'DARTS', to: 'NATv2_DARTS', transitions: 'nat', legal: false });
  assert.equal(
    violations.map((v: Record<string, unknown>) => [v.cell, v.from, v.to, v.before, v.after]),
    [
      ['normal', 1, 4, 'sep_conv_3x3', 'dil_conv_3x3'],
      ['reduce', 0, 2, 'max_pool_3x3', 'avg_pool_3x3'],
      ['reduce', 0, 4, 'max_pool_3x3', 'avg_pool_3x3'],
    ],
  );
  const natPlusPlus = await run(check, '--from DARTS --to NATv2_DARTS --transitions nat++ --json');
  assert.is(natPlusPlus.code, 0);
  assert.equal(JSON.parse(natPlusPlus.out).violations, []);
});

test('nat check: graphs that differ are told, not laid side by side', async () => {
  const { code, out } = await run(check, '--from ENAS --to DARTS');
  assert.is(code, 1);
  assert.match(
    out,
    /^ENAS -> DARTS: not legal by the transitions of nat\n {2}normal: 5 nodes before, 4 nodes after\n/,
  );
  assert.not.match(out, /normal cell/);
});

test('nat check: architectures and transitions from files', async () => {
  const file = (op: string) =>
    JSON.stringify({
      normal: [[op, 0, 2], ['null', 1, 2]],
      normal_concat: [2],
      reduce: [['null', 0, 2], ['null', 1, 2]],
      reduce_concat: [2],
    }); // prettier-ignore
  const table = JSON.stringify({
    name: 'shrink',
    transitions: { conv_5x5: ['conv_5x5', 'conv_3x3'], conv_3x3: ['conv_3x3'] },
  });
  const contents = { 'a.json': file('conv_5x5'), 'b.json': file('conv_3x3'), 't.json': table };
  const shrink = await run(check, '--from a.json --to b.json --transitions t.json', contents);
  assert.is(shrink.code, 0);
  assert.match(shrink.out, /^a -> b: legal by the transitions of shrink\n/);
  assert.is((await run(check, '--from b.json --to a.json --transitions t.json', contents)).code, 1);
  assert.is((await run(check, '--from a.json --to b.json', contents)).code, 1);
});

test('nat transform-rules: both tables as text', async () => {
  const { code, out } = await run(transformRules, '');
  assert.is(code, 0);
  assert.match(out, /^nat: by class/);
  assert.match(out, /\n {2}O {2}an operation that computes {2}stays, or becomes S or N\n/);
  assert.match(out, /\nnat\+\+: by operation\n/);
  assert.match(out, /\n {2}conv_1x1 {6}stays, or becomes skip_connect, null\n/);
  assert.match(out, /\n {2}null {10}stays, or becomes skip_connect\n$/);
});

test('nat transform-rules: JSON of one table is a table that can be given back', async () => {
  const { out } = await run(transformRules, '--transitions nat++ --json');
  assert.equal(parseTransitions(out, 'x'), NAT_PLUS_PLUS_TRANSITIONS);
  const both = JSON.parse((await run(transformRules, '--json')).out);
  assert.equal(
    both.map(({ name }: { name: string }) => name),
    ['nat', 'nat++'],
  );
  assert.equal(both[0].transitions.conv_1x7_7x1, ['skip_connect', 'conv_1x7_7x1', 'null']);
});

test.run();
