// What ends the program: the first signal asks it to stop, so that a checkpoint is saved; the second ends it.
import { spawn } from 'node:child_process';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { nodePlatform } from '../runtime/host/node/platform_node.ts';
import { repositoryRoot } from './support/repository.ts';

/** Waits in a process of its own; says when it has begun, and when it was told to stop. */
const WAITING = `
  import { nodePlatform } from ${JSON.stringify(new URL('dist/lib/runtime/host/node/node.js', repositoryRoot).href)};
  nodePlatform().onInterrupt(() => console.log('told to stop'));
  setTimeout(() => process.exit(0), 30_000);
  console.log('begun');
`;

interface Ended {
  readonly said: string;
  readonly code: number | null;
  readonly signal: string | null;
}

/** Sends the first signal once the process has begun, and those after a pause (in ms) once it was told to stop. */
function signalled(first: NodeJS.Signals, ...later: readonly [pause: number, signal: NodeJS.Signals][]) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', WAITING]);
  let said = '';
  let sent = 0;
  const sendLater = (): void => {
    const next = later[sent++];
    if (!next) return;
    setTimeout(() => {
      child.kill(next[1]);
      sendLater();
    }, next[0]);
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (text.includes('begun')) child.kill(first);
    else sendLater();
  });
  return new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ said, code, signal }));
  });
}

const SAID = 'begun\ntold to stop\n';

test('signals: the first asks to stop, whatever it is; the second leaves at once', async () => {
  const cases: [NodeJS.Signals, NodeJS.Signals, number][] = [
    ['SIGINT', 'SIGINT', 130],
    ['SIGTERM', 'SIGINT', 130],
    ['SIGHUP', 'SIGTERM', 143],
  ];
  const ended = await Promise.all(cases.map(([first, second]) => signalled(first, [0, second])));
  cases.forEach(([first, , code], i) => assert.equal(ended[i], { said: SAID, code, signal: null }, first));
});

test('signals: a hang-up right after the first is the same one, a later one leaves', async () => {
  const [later, same] = await Promise.all([
    signalled('SIGHUP', [1600, 'SIGHUP']),
    signalled('SIGHUP', [0, 'SIGHUP'], [1600, 'SIGTERM']),
  ]);
  assert.equal(later, { said: SAID, code: 129, signal: null });
  assert.equal(same, { said: SAID, code: 143, signal: null });
});

test('platform: what to type is what the program was started by; pipes are no terminals', () => {
  const { program, terminal } = nodePlatform();
  assert.match(program, /^node .*\.js$/);
  assert.equal(terminal.screens, { out: undefined, err: undefined });
  assert.is(terminal.interactive, false);
});

test.run();
