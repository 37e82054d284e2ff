// Starts every command of the program over and over: none may hang, and none may crash in a driver when it ends.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Rounds of a whole soak. */
const TIMES = 50;
/** Longest time for one, in milliseconds. */
const PATIENCE = 5 * 60_000;

const SMALL = '--layers 3 --channels 2 --batch 8 --epochs 1 --max-steps 1'.split(' ');

/** Commands in the order in which they need what others left; `OUT` is a folder of each round. */
const COMMANDS = [
  ['devices'],
  ['check', '--from', 'DARTS', '--to', 'NAT_DARTS'],
  ['cost', '--arch', 'DARTS'],
  ['plan', ...SMALL],
  ['search', ...SMALL, '--out', 'OUT/search'],
  ['derive', '--run', 'OUT/search', '--arch', 'DARTS', '--candidates', '1'],
  [
    'train',
    '--arch',
    'DARTS',
    '--layers',
    '3',
    '--channels',
    '2',
    '--batch',
    '8',
    '--epochs',
    '1',
    '--max-steps',
    '1',
    '--out',
    'OUT/train',
  ],
  ['evaluate', '--run', 'OUT/train'],
  ['benchmark', 'nasbench201', '--methods', 'random', '--seeds', '1'],
  ['transform-rules'],
  ['schema', 'search'],
  ['completion', 'bash'],
];

/** @returns {{ what: string, passed: number, failed: number }} */
export function startAndEnd(/** @type {string} */ root, /** @type {number} */ share) {
  const times = Math.max(1, Math.round(share * TIMES));
  let passed = 0;
  let failed = 0;
  for (let round = 0; round < times; round++) {
    const out = mkdtempSync(join(tmpdir(), 'nat-starts-'));
    for (const command of COMMANDS) {
      const args = command.map((arg) => arg.replace('OUT', out));
      const { status, signal, stderr } = spawnSync(process.execPath, [join(root, 'dist/nat.js'), ...args], {
        encoding: 'utf8',
        timeout: PATIENCE,
        killSignal: 'SIGKILL',
      });
      if (status === 0) passed++;
      else {
        failed++;
        console.log(
          `round ${round + 1}: nat ${command.join(' ')}: ${signal ?? `exit code ${status}`}: ${stderr.trim()}`,
        );
      }
    }
    rmSync(out, { recursive: true });
    console.log(`starts: round ${round + 1}/${times}`);
  }
  return { what: `${times} starts of ${COMMANDS.length} commands`, passed, failed };
}
