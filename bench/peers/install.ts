// Installs the peers and their programs in a folder of their own, so that the project does not depend on them.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunError } from '../../runtime/errors.ts';

const SOURCE = 'bench/peers';
/** Ignored by git, and gone after `npm ci`. */
const FOLDER = 'node_modules/.cache/nat-webgpu-peers';

/** The folder with the peers' programs. Throws RunError where npm cannot install them. */
export function installPeers(note: (text: string) => void): string {
  mkdirSync(FOLDER, { recursive: true });
  const manifest = readFileSync(join(SOURCE, 'package.json'), 'utf8');
  const installed = join(FOLDER, 'package.json');
  const current = existsSync(installed) && readFileSync(installed, 'utf8') === manifest;
  cpSync(SOURCE, FOLDER, { recursive: true });
  if (current && existsSync(join(FOLDER, 'node_modules/.package-lock.json'))) return FOLDER;
  note(`installing the peers in ${FOLDER}`);
  // no scripts: the packages need none, and some would compile native code
  const npm = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'];
  const { status, stderr } = spawnSync('npm', npm, { cwd: FOLDER, encoding: 'utf8' });
  if (status !== 0) {
    const why = /^npm (?:error|ERR!) (.*)$/m.exec(stderr)?.[1] ?? `npm ended with ${status}`;
    throw new RunError(`the peers cannot be installed: ${why}; npm needs a registry for it`);
  }
  return FOLDER;
}
