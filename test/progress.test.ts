// Progress output: a bar that fits its terminal, a line now and then, or JSON lines; the clock is the test's own.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Platform } from '../runtime/host/platform.ts';
import { createProgress, duration, type ProgressEvent } from '../src/cli/progress.ts';
import { createTimeLeft } from '../src/run/time_left.ts';

interface Written {
  readonly interactive?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly columns?: number;
  readonly label?: string;
}

/** Shows 41 updates (0 to 40 of 40), a quarter of a second apart, and gives what was written. */
function written({
  interactive = false,
  json = false,
  quiet = false,
  columns = 80,
  label = 'epoch 1/2',
}: Written): string[] {
  const chunks: string[] = [];
  let now = 0;
  const screens = interactive ? { err: { columns, colors: false } } : {};
  const platform = {
    terminal: {
      ...{ interactive, screens, quiet },
      out: () => assert.unreachable(),
      err: (text: string) => chunks.push(text),
    },
    now: () => now,
  } as unknown as Platform;
  const progress = createProgress(platform, { json });
  for (let done = 0; done <= 40; done++) {
    const event: ProgressEvent = { label, done, total: 40, values: { loss: 2.123456 } };
    progress.update(event);
    now += 250;
  }
  progress.note('halfway');
  progress.finish();
  return chunks;
}

/** Around a line that is drawn in place of the one before and is not broken. */
const [DRAW, DRAWN] = ['\r\x1b[?7l', '\x1b[K\x1b[?7h'];

function lineOf(chunk: string): string {
  assert.ok(chunk.startsWith(DRAW) && chunk.endsWith(DRAWN), chunk);
  const line = chunk.slice(DRAW.length, -DRAWN.length);
  assert.not.match(line, /\p{Cc}/u);
  return line;
}

/** What a terminal shows of these bytes: as far as progress uses it, after ECMA-48. */
function screenOf(bytes: string): string[] {
  const lines = [''];
  let [row, column] = [0, 0];
  // escape sequences, and single characters
  for (const [token] of bytes.replaceAll('\x1b[', '\ufffd').matchAll(/\ufffd\??\d*[A-Za-z]|[^]/gu)) {
    const [, count, code] = /^\ufffd\??(\d*)([A-Za-z])$/.exec(token) ?? [];
    if (token === '\r') column = 0;
    else if (token === '\n') {
      // as terminals have it, which add the return
      [row, column] = [row + 1, 0];
      if (row === lines.length) lines.push('');
    } else if (code === 'A') row = Math.max(0, row - Number(count || 1));
    else if (code === 'K') lines[row] = [...lines[row]!].slice(0, column).join('');
    else if (code === 'J') {
      lines[row] = [...lines[row]!].slice(0, column).join('');
      lines.length = row + 1;
    } else if (code === undefined) {
      const line = [...lines[row]!.padEnd(column)];
      line[column++] = token;
      lines[row] = line.join('');
    }
  }
  return lines.map((line) => line.trimEnd());
}

/** The screen after rising rewards and falling losses, at that width; then after a note. */
function summaryAt(columns: number, interactive = true): string[][] {
  let bytes = '';
  let now = 0;
  const err = (text: string): void => void (bytes += text);
  const terminal = { interactive, screens: { err: { columns, colors: false } }, err };
  const progress = createProgress({ terminal, now: () => now } as unknown as Platform, { json: false });
  for (let done = 1; done <= 8; done++) {
    progress.measured({ epoch: 0, phase: 'policy', step: done, reward: done, baseline: 1 });
    progress.measured({ epoch: 0, phase: 'weights', step: done, loss: 8 - done });
    now += 6000;
    progress.update({ label: 'epoch 1/1', done, total: 9 });
  }
  const before = screenOf(bytes);
  progress.note('halfway');
  const noted = screenOf(bytes);
  progress.update({ label: 'epoch 1/1', done: 9, total: 9 });
  progress.finish();
  return [before, noted, screenOf(bytes)];
}

test('progress: on a wide terminal what was measured stands above the bar, and a note above both', () => {
  const curves = [
    `${'weights loss'.padEnd(20)} █▇▆▅▄▃▂▁${' '.repeat(32)} 0`,
    `${'policy reward'.padEnd(20)} ▁▂▃▄▅▆▇█${' '.repeat(32)} 8`,
  ];
  const [before, noted, after] = summaryAt(80);
  assert.equal(before, [...curves, '[#####################...] epoch 1/1 8/9, 6 s left']);
  assert.equal(noted, ['halfway', '']);
  assert.equal(after, ['halfway', ...curves, '[########################] epoch 1/1 9/9', '']);
});

test('progress: on a narrow one the bar alone, and plain lines where there is no terminal', () => {
  const [before, , after] = summaryAt(79);
  assert.equal(before, ['[#####################...] epoch 1/1 8/9, 6 s left']);
  assert.equal(after, ['halfway', '[########################] epoch 1/1 9/9', '']);
  const [plain] = summaryAt(80, false);
  assert.is(plain!.length, 9);
  for (const line of plain!) assert.match(line, /^(epoch 1\/1 \d\/9.*)?$/);
});

test('progress: on a terminal every update redraws one line', () => {
  const chunks = written({ interactive: true });
  assert.is(chunks.length, 43);
  assert.is(lineOf(chunks[20]!), '[############............] epoch 1/2 20/40 loss 2.123, 5 s left');
  assert.is(lineOf(chunks[41]!), '');
  assert.is(chunks[42], 'halfway\n');
});

test('progress: at every width one line that stays below it; the bar goes first, then the values', () => {
  for (let columns = 1; columns <= 100; columns++) {
    const lines = written({ interactive: true, columns }).slice(0, 41).map(lineOf);
    for (const line of lines) assert.ok(line.length < columns, `${columns}: ${line}`);
  }
  const at = (columns: number): string => lineOf(written({ interactive: true, columns })[20]!);
  assert.is(at(64), '[############............] epoch 1/2 20/40 loss 2.123, 5 s left');
  assert.is(at(63), '[######......] epoch 1/2 20/40 loss 2.123, 5 s left');
  assert.is(at(51), 'epoch 1/2 20/40 loss 2.123, 5 s left');
  assert.is(at(36), 'epoch 1/2 20/40, 5 s left');
  assert.is(at(20), 'epoch 1/2 20/40, 5 ');
});

test('progress: a label cannot leave its line', () => {
  const label = 'a\nb\u001b[2J';
  for (const chunk of written({ interactive: true, label }).slice(0, 41)) {
    assert.match(lineOf(chunk), 'a\\nb\\u001b[2J');
  }
});

test('progress: elsewhere a plain line every five seconds, and the last one', () => {
  assert.equal(written({}), [
    'epoch 1/2 0/40 loss 2.123\n',
    'epoch 1/2 20/40 loss 2.123, 5 s left\n',
    'epoch 1/2 40/40 loss 2.123\n',
    'halfway\n',
  ]);
});

test('progress: with --json every line is an object', () => {
  const lines = written({ interactive: true, json: true });
  assert.is(lines.length, 12);
  const values = { total: 40, loss: 2.123456 };
  assert.equal(JSON.parse(lines[0]!), { progress: 'epoch 1/2', done: 0, seconds: 0, ...values });
  const fifth = { progress: 'epoch 1/2', done: 20, seconds: 5, seconds_left: 5, ...values };
  assert.equal(JSON.parse(lines[5]!), fifth);
  assert.equal(JSON.parse(lines[11]!), { note: 'halfway' });
});

test('progress: with --quiet nothing', () => {
  for (const interactive of [true, false]) {
    for (const json of [true, false]) assert.equal(written({ interactive, json, quiet: true }), []);
  }
});

test('progress: durations in words', () => {
  assert.equal([45, 200, 7500].map(duration), ['45 s', '3 min 20 s', '2 h 5 min']);
});

/** Work of two phases in turn, with so many seconds a step. */
const PHASES = [
  { phase: 'weights', steps: 10, seconds: 2 },
  { phase: 'policy', steps: 5, seconds: 8 },
];

test('time left: of the whole job, from its second step on; exact once every phase was seen', () => {
  const epochs = 3;
  const timeLeft = createTimeLeft();
  let now = 0;
  const left = PHASES.map(({ phase, steps }) => ({ phase, steps: epochs * steps }));
  const estimates: { actual: number; estimate: number | null }[] = [];
  const actual = (): number => left.reduce((sum, { steps }, i) => sum + steps * PHASES[i]!.seconds, 0);
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const [i, { steps, seconds }] of PHASES.entries()) {
      for (let step = 0; step < steps; step++) {
        now += 1000 * seconds;
        left[i] = { ...left[i]!, steps: left[i]!.steps - 1 };
        const estimate = timeLeft.update(
          left.map((work) => ({ ...work })),
          now,
        );
        estimates.push({ actual: actual(), estimate });
      }
    }
  }
  assert.is(estimates[0]!.estimate, null);
  // 28 steps of 2 s are left, and 15 of which nothing is known
  assert.ok(Math.abs(estimates[1]!.estimate! - (28 + 15) * 2) < 1e-9);
  for (const { actual: truth, estimate } of estimates.slice(10)) {
    assert.ok(Math.abs(estimate! - truth) < 1e-6, `${estimate} for ${truth}`);
  }
});

test('time left: forgets how slow the beginning was', () => {
  const timeLeft = createTimeLeft();
  let now = 0;
  let estimate: number | null = null;
  for (let step = 1; step <= 1000; step++) {
    now += step <= 10 ? 60_000 : 100;
    estimate = timeLeft.update([{ phase: 'train', steps: 2000 - step }], now);
  }
  assert.ok(estimate! > 100 && estimate! < 102, String(estimate));
});

test('time left: a pause, and work that becomes more, count for nothing', () => {
  const timeLeft = createTimeLeft();
  const update = (steps: number, seconds: number) =>
    timeLeft.update([{ phase: 'train', steps }], 1000 * seconds);
  update(100, 0);
  assert.is(update(99, 1), 99);
  timeLeft.pause();
  assert.is(update(50, 1000), 50);
  assert.is(update(70, 2000), 70);
});

test.run();
