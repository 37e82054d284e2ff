// All kernels under the compilers of browsers and of Deno, from the bundle that they run (shader_messages.page.ts).
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type * as messagesPage from './shader_messages.page.ts';
import { withBrowser } from './support/browser.ts';
import { runInFirefox } from './support/firefox.ts';
import { missing } from './support/missing.ts';
import { repositoryRoot } from './support/repository.ts';

/** Kernels of the library. */
const OWN = readdirSync(new URL('shaders', repositoryRoot), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.wgsl') && !file.split(/[\\/]/).includes('lib'),
).length;

test('every kernel compiles without a message in Chromium', () =>
  withBrowser(async ({ page }) => {
    const said = await page.evaluate(async () => {
      const url = new URL('test/shader_messages.page.js', location.href).href;
      return ((await import(url)) as typeof messagesPage).run();
    });
    assert.equal(said, { kernels: OWN, messages: [] });
  }));

test('in Firefox, whose compiler is another', async () => {
  const folder = fileURLToPath(new URL('dist/test', repositoryRoot));
  const said = await runInFirefox(folder, 'shader_messages.page.js', 'run');
  if (said !== undefined) assert.equal(said, { kernels: OWN, messages: [] });
});

test('and in Deno, which has that of Firefox', () => {
  const deno = process.env['NAT_DENO'] ?? 'deno';
  if (spawnSync(deno, ['--version']).status !== 0) return missing('no Deno on this machine');
  const url = new URL('dist/test/shader_messages.page.js', repositoryRoot).href;
  const program = `console.log(JSON.stringify(await (await import('${url}')).run()))`;
  const { stdout, stderr } = spawnSync(deno, ['eval', program], { encoding: 'utf8' });
  assert.not.match(stderr, /error/i);
  assert.equal(JSON.parse(stdout), { kernels: OWN, messages: [] });
});

test.run();
