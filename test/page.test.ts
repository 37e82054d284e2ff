// The page that searches, as a user sees it: settings, progress, cells before and after, files to keep.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { serveFolder } from '../runtime/tools/static_server.mjs';
import { withBrowser } from './support/browser.ts';

/** Small, and with few batches among the images that candidates are measured on. */
const SETTINGS = { epochs: '1', maxSteps: '2', channels: '2', batch: '150', seed: '3' };
const MINUTES = 60_000;

test(`the page searches, is stopped, goes on, and transforms DARTS (seed ${SETTINGS.seed})`, () =>
  withBrowser(async ({ page, complaints }) => {
    for (const [name, value] of Object.entries(SETTINGS)) await page.fill(`input[name=${name}]`, value);
    await page.click('#start');
    await page.click('#stop');
    await page.waitForSelector('text=stopped; Start goes on with it', { timeout: 5 * MINUTES });
    await page.click('#start');
    await page.waitForSelector('text=/^(done|failed)$/', { timeout: 5 * MINUTES });
    assert.is(await page.textContent('#error'), '');
    const log = (await page.textContent('#log'))!;
    assert.match(log, /adapter: .*SwiftShader/);
    assert.match(log, /epoch 1 policy +\d+ +accuracy \d+\.\d % -> \d+\.\d % +reward/);
    const cells = (await page.textContent('#cells'))!;
    assert.match(cells, /reduction cell +before +after/);
    assert.match(cells, /accuracy, test +\d+\.\d\d% +\d+\.\d\d%/);
    const files = await page
      .locator('#files a')
      .evaluateAll((links) => links.map((link) => link.textContent!));
    const names = files.map((text) => text.split(' ')[0]);
    for (const name of ['config.json', 'metrics.jsonl', 'policy.safetensors', 'result.json', 'derived.json'])
      assert.ok(names.includes(`run/${name}`), name);
    assert.equal(complaints, []);
  }));

test('the page runs what it was built of, and nothing else', () =>
  withBrowser(async ({ page, complaints }) => {
    // a server of another origin, which would answer
    const other = await serveFolder(mkdtempSync(join(tmpdir(), 'nat-other-')));
    const injected = await page.evaluate(async (elsewhere) => {
      const tried: Record<string, boolean> = {};
      const script = document.createElement('script');
      script.textContent = 'window.ran = true';
      document.body.append(script);
      tried['inline script'] = 'ran' in window;
      const style = document.createElement('style');
      style.textContent = 'body { margin-top: 77px }';
      document.body.append(style);
      tried['style'] = getComputedStyle(document.body).marginTop === '77px';
      tried['fetch'] = await fetch(elsewhere, { mode: 'no-cors' }).then(
        () => true,
        () => false,
      );
      return tried;
    }, other.url);
    await other.close();
    assert.equal(injected, { 'inline script': false, style: false, fetch: false });
    assert.ok(
      complaints.every((line) => /Content Security Policy/.test(line)),
      complaints.join('\n'),
    );
    assert.ok(complaints.length >= 3);
  }));

test('the page says in one line what is wrong with a setting', () =>
  withBrowser(async ({ page, complaints }) => {
    await page.fill('input[name=batch]', '900');
    await page.click('#start');
    await page.waitForSelector('text=failed');
    assert.match(
      (await page.textContent('#error'))!,
      /^--batch: got 900, but the weights part has \d+ of 1000 images/,
    );
    assert.equal(complaints, []);
  }));

test.run();
