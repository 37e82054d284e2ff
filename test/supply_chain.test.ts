// What the package is made of: versions without ranges, each by its digest, and nothing that runs at installation.
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { repositoryRoot } from './support/repository.ts';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const read = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, repositoryRoot), 'utf8')) as T;

const manifest = read<{
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  scripts: Record<string, string>;
}>('package.json');
const { packages } = read<{ packages: Record<string, Locked> }>('package-lock.json');
const locked = Object.entries(packages).filter(([path]) => path !== '');

test('every dependency is one version, and the lock file has that', () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
    assert.is(packages[`node_modules/${name}`]?.version, version, name);
  }
});

test('every package of the lock file has the digest of its archive', () => {
  assert.ok(locked.length > 50);
  for (const [path, { integrity, link }] of locked) {
    assert.not.ok(link, path);
    assert.match(integrity ?? '', /^sha512-[A-Za-z0-9+/]{86}==$/, path);
  }
});

test('installing the package runs nothing of its own', () => {
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
  assert.equal(
    Object.keys(manifest.scripts).filter((name) => hooks.includes(name)),
    [],
  );
});

test.run();
