// Makes what is published, in release/: the package, its bill of materials, and the digests of both.
// `npm run release` in a clean checkout that has passed .ci/run; it says how to publish, with provenance, which npm makes
// where the publishing job runs in a CI service that it knows.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, 'release');

/** What a program prints; ends this one where it fails. */
function run(/** @type {string} */ program, /** @type {string[]} */ ...args) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status === 0) return stdout;
  console.error(`release: ${[program, ...args].join(' ')}: exit code ${status}\n${stdout}${stderr}`);
  process.exit(1);
}

const changed = run('git', 'status', '--porcelain').trim();
if (changed) {
  console.error(
    `release: the checkout has changes, expected none: commit or remove ${changed.split('\n')[0]}`,
  );
  process.exit(2);
}

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
// what the lock file says, by its digests, and no package's own scripts
run('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund');
run('npm', 'run', 'typecheck');
run('npm', 'run', 'lint');
run('npm', 'run', 'build');
run('npm', 'audit', '--omit=dev');
const [{ filename }] = JSON.parse(run('npm', 'pack', '--json', '--pack-destination', folder));
const bill = `${filename.replace(/\.tgz$/, '')}.cdx.json`;
writeFileSync(join(folder, bill), run('npm', 'sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev'));
const digests = [filename, bill].map((name) => {
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, name)))
    .digest('hex');
  return `${digest}  ${name}\n`;
});
writeFileSync(join(folder, 'SHA256SUMS'), digests.join(''));
process.stdout.write(digests.join(''));
console.log(`next: npm publish release/${filename} --provenance --access public`);
