// Compiles every shader and reports what the compilers say, where it was written.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelReflection } from '../runtime/engine/engine.ts';
import { shaderNames } from '../runtime/engine/shader_source.ts';
import type * as messagesPage from './shader_messages.page.ts';
import { withBrowser } from './support/browser.ts';
import { testDevice } from './support/device.ts';
import { runInFirefox } from './support/firefox.ts';
import { missing } from './support/missing.ts';
import { repositoryRoot } from './support/repository.ts';
import { shaderMessages } from './support/shader_messages.ts';

/** Kernels of the library; tests in Node also have those of the benchmarks. */
const OWN = readdirSync(new URL('shaders', repositoryRoot), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.wgsl') && !file.split(/[\\/]/).includes('lib'),
).length;

test('shaders: every file compiles without a message in Node', async () => {
  const { device } = await testDevice();
  assert.equal(await shaderMessages(device), { kernels: shaderNames.length, messages: [] });
});

test('shaders: so it does in Chromium', () =>
  withBrowser(async ({ page }) => {
    const said = await page.evaluate(async () => {
      const url = new URL('test/shader_messages.page.js', location.href).href;
      return ((await import(url)) as typeof messagesPage).run();
    });
    assert.equal(said, { kernels: OWN, messages: [] });
  }));

test('shaders: in Firefox, whose compiler is another', async () => {
  const folder = fileURLToPath(new URL('dist/test', repositoryRoot));
  const said = await runInFirefox(folder, 'shader_messages.page.js', 'run');
  if (said !== undefined) assert.equal(said, { kernels: OWN, messages: [] });
});

test('shaders: and in Deno, which has that of Firefox', () => {
  const deno = process.env['NAT_DENO'] ?? 'deno';
  if (spawnSync(deno, ['--version']).status !== 0) return missing('no Deno on this machine');
  const url = new URL('dist/test/shader_messages.page.js', repositoryRoot).href;
  const program = `console.log(JSON.stringify(await (await import('${url}')).run()))`;
  const { stdout, stderr } = spawnSync(deno, ['eval', program], { encoding: 'utf8' });
  assert.not.match(stderr, /error/i);
  assert.equal(JSON.parse(stdout), { kernels: OWN, messages: [] });
});

test('shaders: bindings count up from 0, at most 8 of them storage', () => {
  for (const name of shaderNames) {
    const { bindings } = kernelReflection(name);
    assert.equal(
      bindings.map((b) => b.index),
      bindings.map((_, i) => i),
      name,
    );
    assert.ok(bindings.filter((b) => b.kind !== 'uniform').length <= 8, name);
  }
});

test.run();
