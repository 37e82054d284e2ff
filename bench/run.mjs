// Runs the built benchmarks, one after the other. `node bench/run.mjs [NAME ...]` runs those whose path contains
// a NAME; NAT_ADAPTER names the adapter.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const built = fileURLToPath(new URL('../dist/bench', import.meta.url));
const wanted = process.argv.slice(2);
const files = (existsSync(built) ? readdirSync(built, { recursive: true }) : [])
  .map(String)
  .filter((file) => file.endsWith('.bench.js'))
  .filter((file) => wanted.length === 0 || wanted.some((name) => file.includes(name)))
  .sort();

if (files.length === 0) {
  console.error(`no benchmark${wanted.length > 0 ? ` matches ${wanted.join(', ')}` : ''}; run npm run bench`);
  process.exitCode = 1;
}
for (const file of files) {
  console.log(`\n${file.slice(0, -'.bench.js'.length)}`);
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', join(built, file)], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
