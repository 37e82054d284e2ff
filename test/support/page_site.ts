// dist/page with the stand-in for its worker in a folder of its own, and a browser on it.
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Scenario } from './page_stand_in.ts';
import { repositoryRoot } from './repository.ts';

/** A folder to serve: the built page, with a worker that answers as the scenario says. */
export async function pageSite(scenario: Scenario): Promise<string> {
  const site = mkdtempSync(join(tmpdir(), 'nat-page-'));
  const root = fileURLToPath(repositoryRoot);
  cpSync(join(root, 'dist/page'), site, {
    recursive: true,
    filter: (path) => !/\.map$|sample|nasbench201/.test(path),
  });
  await build({
    absWorkingDir: root,
    entryPoints: ['test/support/page_stand_in.ts'],
    outfile: join(site, 'worker.js'),
    bundle: true,
    format: 'esm',
    define: { SCENARIO: JSON.stringify(scenario) },
    logLevel: 'warning',
  });
  return site;
}

/** The built page, with its own worker. */
export const PAGE = fileURLToPath(new URL('dist/page', repositoryRoot));
