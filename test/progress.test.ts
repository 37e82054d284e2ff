// Progress output: a bar, a line now and then, or JSON lines; the clock is the test's own.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Platform } from '../runtime/host/platform.ts';
import { createProgress, duration, type ProgressEvent } from '../src/cli/progress.ts';

/** Shows 41 updates (0 to 40 of 40), a quarter of a second apart, and gives what was written. */
function written(interactive: boolean, json: boolean): string[] {
  const chunks: string[] = [];
  let now = 0;
  const platform = {
    terminal: { interactive, out: () => assert.unreachable(), err: (text: string) => chunks.push(text) },
    now: () => now,
  } as unknown as Platform;
  const progress = createProgress(platform, { json });
  for (let done = 0; done <= 40; done++) {
    const event: ProgressEvent = { label: 'epoch 1/2', done, total: 40, values: { loss: 2.123456 } };
    progress.update(event);
    now += 250;
  }
  progress.note('halfway');
  progress.finish();
  return chunks;
}

test('progress: on a terminal every update redraws one line of at most 79 characters', () => {
  const chunks = written(true, false);
  assert.is(chunks.length, 43);
  assert.is(chunks[20]!.trimEnd(), '\r[############............] epoch 1/2 20/40 loss 2.123, 5 s left');
  assert.ok(chunks.slice(0, 41).every((chunk) => chunk.startsWith('\r') && chunk.length === 80));
  assert.is(chunks[41]!.trim(), '');
  assert.is(chunks[42], 'halfway\n');
});

test('progress: elsewhere a plain line every five seconds, and the last one', () => {
  assert.equal(written(false, false), [
    'epoch 1/2 0/40 loss 2.123\n',
    'epoch 1/2 20/40 loss 2.123, 5 s left\n',
    'epoch 1/2 40/40 loss 2.123\n',
    'halfway\n',
  ]);
});

test('progress: with --json every line is an object', () => {
  const lines = written(true, true);
  assert.is(lines.length, 12);
  const last = { progress: 'epoch 1/2', done: 40, total: 40, seconds: 10, loss: 2.123456 };
  assert.equal(JSON.parse(lines[10]!), last);
  assert.equal(JSON.parse(lines[11]!), { note: 'halfway' });
});

test('progress: durations in words', () => {
  assert.equal([45, 200, 7500].map(duration), ['45 s', '3 min 20 s', '2 h 5 min']);
});

test.run();
