// What Dawn says of a call that it refuses reaches the program as one line, and nothing of it standard output, which may be a
// program's JSON, or standard error.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testEngine } from './support/device.ts';

/** The part of this file that runs in a process of its own. */
const CHILD = 'refused-call';

if (process.argv[2] === CHILD) {
  const engine = await testEngine();
  const buffer = engine.createBuffer('small', 16);
  engine.write({ buffer, offset: 0, bytes: 64 }, new Uint8Array(64));
  let message = '';
  try {
    await engine.idle();
    engine.check();
  } catch (error) {
    ({ message } = error as Error);
  }
  console.log(JSON.stringify({ message }));
  process.exit(0);
}

test('a call that the GPU refuses: one line for the program, none beside it', () => {
  const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), CHILD], {
    encoding: 'utf8',
  });
  const { message } = JSON.parse(stdout) as { message: string };
  assert.match(message, /^the GPU refused a call: [^\n]*small[^\n]*$/);
  assert.not.match(stderr, /small|validation|calling/i);
});

test.run();
