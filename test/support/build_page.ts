// A site that uses the installed package, made as its users make one: the page's module in one file by a bundler, and
// beside it the files that come with the package.

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { build } from 'esbuild';

/**
 * Bundles a module of the project, by default under its own name; resolves to the site's folder.
 * @param module relative to the project
 */
export async function buildPage(project: string, module: string): Promise<string> {
  const site = join(project, 'site');
  const { name } = parse(module);
  mkdirSync(site, { recursive: true });
  await build({
    absWorkingDir: project,
    entryPoints: [module],
    outfile: join(site, `${name}.js`),
    bundle: true,
    format: 'esm',
    minify: true,
    logLevel: 'warning',
  });
  for (const folder of ['sample', 'nasbench201']) {
    cpSync(join(project, 'node_modules/nat-webgpu/dist', folder), join(site, folder), { recursive: true });
  }
  writeFileSync(join(site, 'index.html'), '<!doctype html><link rel="icon" href="data:," /><p></p>');
  return site;
}
