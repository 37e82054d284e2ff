// The page under the fingers, by a worker that stands in for its own: with the keyboard alone, explanations, theme, files
// that are none, links that are none, and nothing run that was not built into it.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { serveFolder } from '../runtime/tools/static_server.mjs';
import { withBrowser } from './support/browser.ts';
import { pageSite } from './support/page_site.ts';

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.id ?? '');

/** Presses a key until the focus is on what the selector names; fails after so many. */
async function press(page: Page, key: string, until: string, most = 60): Promise<void> {
  for (let i = 0; i < most; i++) {
    await page.keyboard.press(key);
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, until)) return;
  }
  throw new Error(`${most} times ${key} do not lead to ${until}`);
}

async function open(page: Page, address: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/${address}`);
  await page.waitForSelector('nav');
}

test('a search is started and a cell is edited with the keyboard alone', async () =>
  withBrowser(
    async ({ page, complaints }) => {
      await page.waitForSelector('a.badge:has-text("GPU ready")');
      await page.keyboard.press('Tab');
      assert.is(await page.evaluate(() => document.activeElement?.className), 'skip');
      await page.keyboard.press('Enter');
      assert.is(await focused(page), 'main');
      await press(page, 'Tab', '.primary');
      await page.keyboard.press('Enter');
      await page.waitForSelector('h1:has-text("DARTS, quick")');
      assert.is(await focused(page), 'main');

      await open(page, '#/cells');
      await page.waitForSelector('nat-cell [data-edge]');
      await press(page, 'Tab', 'nat-cell [data-edge]');
      const first = await focused(page);
      await page.keyboard.press('ArrowRight');
      assert.is.not(await focused(page), first);
      await page.keyboard.press('Home');
      assert.is(await focused(page), first);
      // the whole graph is one stop: the next is in the other cell
      await page.keyboard.press('Tab');
      assert.ok(
        await page.evaluate(
          () => document.activeElement?.getAttribute('data-edge')?.startsWith('reduce') ?? false,
        ),
      );
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Enter');
      await page.waitForFunction(() => document.activeElement?.id === 'edit-op');
      await page.selectOption('#edit-op', 'skip_connect');
      await page.waitForSelector('text=A change that NAT could have made');
      assert.match(page.url(), /edited=skip\.0/);
      assert.equal(complaints, []);
    },
    await pageSite('first'),
  ));

test('words explain themselves on focus, and Escape puts the explanation away', async () =>
  withBrowser(
    async ({ page }) => {
      await page.waitForSelector('.hero .term');
      await page.focus('.hero .term');
      assert.match((await page.textContent('#tip'))!, /probability of being kept/);
      assert.ok(await page.isVisible('#tip'));
      await page.keyboard.press('Escape');
      assert.not.ok(await page.isVisible('#tip'));
    },
    await pageSite('first'),
  ));

test('the chosen colours stay for the next visit', async () =>
  withBrowser(
    async ({ page }) => {
      const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      await page.emulateMedia({ colorScheme: 'light' });
      await page.waitForSelector('.theme');
      const light = await ground();
      for (const theme of ['Light', 'Dark']) {
        await page.click('.theme');
        await page.waitForSelector(`.theme:has-text("${theme}")`);
      }
      const dark = await ground();
      assert.is.not(dark, light);
      await page.reload();
      await page.waitForSelector('.theme:has-text("Dark")');
      assert.is(await ground(), dark);
    },
    await pageSite('first'),
  ));

test('files and links that are none are refused where they were given', async () =>
  withBrowser(
    async ({ page, complaints }) => {
      await open(page, '#/cells');
      await page.setInputFiles('#cells-arch-file', {
        name: 'picture.json',
        mimeType: 'application/json',
        buffer: Buffer.from('{"normal": 3}'),
      });
      await page.waitForSelector('.problem:has-text("picture.json")');
      await page.setInputFiles('#cells-arch-file', {
        name: 'large.json',
        mimeType: 'application/json',
        buffer: Buffer.alloc(2_000_000, 32),
      });
      await page.waitForSelector('.problem:has-text("a genotype has a few thousand")');
      for (const address of [
        '#/cells?cells=nonsense',
        '#/cells?arch=nobody',
        '#/cells?edited=%E0%A4%A',
        '#/runs/none',
        '#/none',
      ]) {
        await open(page, address);
        await page.waitForSelector('main h1');
      }
      assert.equal(complaints, []);
    },
    await pageSite('first'),
  ));

test('the page runs what it was built of, and nothing else', async () =>
  withBrowser(
    async ({ page, complaints }) => {
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
        const marked = document.createElement('p');
        marked.innerHTML = '<b style="color: red">red</b>';
        document.body.append(marked);
        tried['style attribute'] = getComputedStyle(marked.firstElementChild!).color === 'rgb(255, 0, 0)';
        tried['fetch'] = await fetch(elsewhere, { mode: 'no-cors' }).then(
          () => true,
          () => false,
        );
        return tried;
      }, other.url);
      await other.close();
      assert.equal(injected, {
        'inline script': false,
        style: false,
        'style attribute': false,
        fetch: false,
      });
      assert.ok(
        complaints.every((line) => /Content Security Policy/.test(line)),
        complaints.join('\n'),
      );
      assert.ok(complaints.length >= 4);
    },
    await pageSite('first'),
  ));

test.run();
