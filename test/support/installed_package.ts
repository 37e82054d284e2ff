// The package as a user has it: packed by npm, and installed by npm into an empty project. Its dependencies are links
// to those of this checkout, so that no network is needed.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRepositoryFile, repositoryRoot } from './repository.ts';

const root = fileURLToPath(repositoryRoot);

export interface InstalledPackage {
  /** The project's folder, with a package.json and node_modules. */
  readonly project: string;
  /** The packed file. */
  readonly tarball: string;
}

let installed: InstalledPackage | undefined;

/** Packs and installs once in a process; the project is removed when the process ends. */
export function installPackage(): InstalledPackage {
  return (installed ??= install());
}

function install(): InstalledPackage {
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'nat-package-')));
  process.once('exit', () => rmSync(project, { recursive: true, force: true }));
  const { dependencies } = JSON.parse(new TextDecoder().decode(readRepositoryFile('package.json')));
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', project];
  const tarball = JSON.parse(npm(pack, root))[0].filename;
  const overrides = Object.fromEntries(
    Object.keys(dependencies).map((name) => [name, `file:${join(root, 'node_modules', name)}`]),
  );
  const manifest = { private: true, type: 'module', dependencies: { 'nat-webgpu': `file:./${tarball}` } };
  writeFileSync(join(project, 'package.json'), JSON.stringify({ ...manifest, overrides }));
  npm(['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], project);
  // what brings an adapter to a machine without any; the error there says to install it
  const driver = join('node_modules', '@sparticuz');
  if (existsSync(join(root, driver))) symlinkSync(join(root, driver), join(project, driver), 'dir');
  return { project, tarball: join(project, tarball) };
}

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
