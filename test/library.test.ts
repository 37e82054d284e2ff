// The library as its users run it, from the package that npm has packed and installed: in Node, in Deno, whose WebGPU and
// WGSL compiler are others, and in a page, bundled.
import { spawnSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBrowser } from './support/browser.ts';
import { buildPage } from './support/build_page.ts';
import { runInFirefox } from './support/firefox.ts';
import { installPackage } from './support/installed_package.ts';
import { missing } from './support/missing.ts';
import { near } from './support/near.ts';
import { repositoryRoot } from './support/repository.ts';

interface Printed {
  readonly runtime: string;
  readonly kind: string;
  /** Of the table of NAS-Bench-201. */
  readonly cells: number;
  readonly losses: readonly number[];
  readonly weights: readonly number[];
}

const { project } = installPackage();
copyFileSync(
  new URL('test/support/library_program.mjs', repositoryRoot),
  join(project, 'library_program.mjs'),
);
writeFileSync(
  join(project, 'run.mjs'),
  `import { argv } from 'node:process';
   import { learnByHeart } from './library_program.mjs';
   console.log(JSON.stringify(await learnByHeart(argv[2])));`,
);

function run(program: string, flags: readonly string[], adapter: string | undefined): Printed {
  const args = [...flags, 'run.mjs', ...(adapter === undefined ? [] : [adapter])];
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', cwd: project });
  assert.is(status, 0, stderr);
  return JSON.parse(stdout);
}

test('no module that an entry loads is one for Node alone, or imports anything of Node', async () => {
  const entries = ['index', 'engine_index', 'browser', 'engine_browser', 'zoo'];
  const pending = entries.map((name) => `dist/lib/src/${name}.js`);
  const { metafile } = await build({
    absWorkingDir: fileURLToPath(repositoryRoot),
    entryPoints: [...pending],
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outdir: 'unused',
    write: false,
    metafile: true,
  });
  const seen = new Set(pending);
  const packages = new Set<string>();
  for (const path of pending) {
    for (const { path: target, kind, external } of metafile.inputs[path]!.imports) {
      if (kind !== 'import-statement') continue;
      if (external) packages.add(target);
      else if (!seen.has(target)) pending.push(target);
      seen.add(target);
    }
  }
  assert.ok(seen.size > 300, `${seen.size} modules`);
  assert.equal(
    [...packages].filter((name) => name.startsWith('node:')),
    [],
  );
  assert.equal(
    [...seen].filter((path) => path.includes('/host/node/')),
    [],
  );
});

test('in Node a network learns a batch by heart', () => {
  const { runtime, cells, losses } = run(process.execPath, [], process.env['NAT_ADAPTER']);
  assert.match(runtime, /^node \d/);
  assert.is(cells, 15_625);
  assert.ok(losses.at(-1)! < losses[0]! - 0.2, `losses ${losses}`);
});

test('in Deno it gives the same numbers, on llvmpipe the same bits', () => {
  const program = process.env['NAT_DENO'] ?? 'deno';
  if (spawnSync(program, ['--version']).status !== 0) {
    return missing('no Deno on this machine');
  }
  const inDeno = run(program, ['run', '--allow-all'], undefined);
  assert.match(inDeno.runtime, /^deno \d/);
  assert.is(inDeno.cells, 15_625);
  const inNode = run(process.execPath, [], inDeno.kind);
  assert.is(inNode.kind, inDeno.kind);
  if (inDeno.kind === 'llvmpipe') {
    assert.equal(inDeno.losses, inNode.losses);
    assert.equal(inDeno.weights, inNode.weights);
  }
  near(inDeno.losses, inNode.losses, 1e-4, 'losses');
  near(inDeno.weights, inNode.weights, 1e-4, 'weights');
});

test('in a page, bundled, it gives the same numbers', async () => {
  const site = await buildPage(project, 'library_program.mjs');
  await withBrowser(async ({ page, complaints }) => {
    const program = "import('./library_program.js').then(({ learnByHeart }) => learnByHeart())";
    const inPage = (await page.evaluate(program)) as Printed;
    assert.equal(complaints, []);
    assert.match(inPage.runtime, /^browser .*Chrome/);
    assert.is(inPage.cells, 15_625);
    const inNode = run(process.execPath, [], process.env['NAT_ADAPTER']);
    near(inPage.losses, inNode.losses, 1e-4, 'losses');
    near(inPage.weights, inNode.weights, 1e-4, 'weights');
  }, site);
});

test('and in Firefox, on another implementation of WebGPU', async () => {
  const site = await buildPage(project, 'library_program.mjs');
  const inFirefox = await runInFirefox<Printed>(site, 'library_program.js', 'learnByHeart');
  if (inFirefox === undefined) return;
  assert.match(inFirefox.runtime, /^browser .*Firefox/);
  assert.is(inFirefox.cells, 15_625);
  const inNode = run(process.execPath, [], process.env['NAT_ADAPTER']);
  near(inFirefox.losses, inNode.losses, 1e-4, 'losses');
  near(inFirefox.weights, inNode.weights, 1e-4, 'weights');
});

test.run();
