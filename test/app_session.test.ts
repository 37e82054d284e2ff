// A whole session on the page, clicked through in a browser on its own software adapter: a small search is started by a
// link, paused, survives a closed tab, goes on and ends; its policy transforms another cell; the link of the finished run,
// opened again, gives the same bits.
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBrowser } from './support/browser.ts';
import { PAGE } from './support/page_site.ts';

/** Small, and with few batches among the images that candidates are measured on. */
const LINK = '#/search?preset=quick&epochs=1&maxSteps=3&channels=2&batch=150&seed=3&logEvery=1';
const MINUTES = 60_000;

const shown = (page: Page, text: string): Promise<unknown> =>
  page.waitForSelector(text, { timeout: 5 * MINUTES });

test('a session: search, pause, a closed tab, result, transformation, the same bits again (seed 3)', () =>
  withBrowser(async ({ page, complaints }) => {
    const { origin } = new URL(page.url());
    await page.goto(`${origin}/${LINK}`);
    await page.reload();
    await shown(page, 'a.badge:has-text("Software adapter")');
    await page.click('button:has-text("Start the search")');
    await shown(page, 'h1:has-text("DARTS, quick")');
    await page.click('button:text-is("Pause")');
    await shown(page, 'h1 .badge:has-text("Paused")');

    await page.reload();
    await shown(page, 'h1 .badge:has-text("Paused")');
    await page.click('button:text-is("Resume")');
    await shown(page, 'h2:has-text("What became of DARTS")');
    const figures = (await page.textContent('.wide-table'))!.replace(/\s+/g, ' ');
    assert.match(figures, /Multiply-adds network of 20 cells, 36 channels 528\.36 M/);
    const link = (await page.textContent('pre[aria-label^="Link"]'))!;
    assert.match(link, /#\/search\?preset=quick&.*digest=[0-9a-f]{64}$/);
    assert.is(await page.locator('nat-cell [data-side=before] [data-edge]').count(), 16);

    // another cell of as many nodes
    await page.goto(`${origin}/#/cells?arch=DARTS_V1`);
    await page.click('button:text-is("Transform")');
    await shown(page, 'nat-cell [data-side=after]');

    await page.goto(link);
    await shown(page, 'text=This link comes with a');
    await page.click('button:has-text("Start the search")');
    await shown(page, 'text=The same bits as the run that the link was made from.');

    // both are in the table, and one goes
    await page.click('nav a:text-is("Runs")');
    await shown(page, '.runs tbody tr');
    assert.is(await page.locator('.runs tbody tr').count(), 2);
    page.once('dialog', (dialog) => void dialog.accept());
    await page.click('.runs tbody tr:first-child button:text-is("Delete")');
    await page.waitForFunction(() => document.querySelectorAll('.runs tbody tr').length === 1);
    await page.reload();
    await shown(page, '.runs tbody tr');
    assert.is(await page.locator('.runs tbody tr').count(), 1);
    assert.equal(complaints, []);
  }, PAGE));

/** One cell of few channels, two steps. */
const TRAINING =
  '#/train?arch=DARTS&channels=4&layers=1&auxiliary=0&dropPath=0&batch=50&epochs=1&maxSteps=2&logEvery=1&seed=5';

test('a training: curves, what it takes for what, and what it sees in a drawing (seed 5)', () =>
  withBrowser(async ({ page, complaints }) => {
    await page.goto(`${new URL(page.url()).origin}/${TRAINING}`);
    await page.reload();
    await shown(page, 'a.badge:has-text("Software adapter")');
    await page.click('button:has-text("Start training")');
    await shown(page, 'h1 .badge:has-text("Done")');
    await shown(page, 'nat-chart[aria-label^="Accuracy in the test"]:not([aria-label$="none yet"])');
    await shown(page, '.confusion tbody tr');
    const counts = await page.locator('.confusion tbody td').allTextContents();
    assert.is(counts.length, 100);
    // every test image of the sample is in one of the fields
    assert.is(
      counts.reduce((sum, text) => sum + Number(text), 0),
      250,
    );
    await page.click('.pad canvas');
    await shown(page, 'table.actions');
    assert.is(await page.locator('table.actions tr').count(), 5);
    assert.equal(complaints, []);
  }, PAGE));

test('ground truth without a policy: the landscape, and where the cell and the best stand', () =>
  withBrowser(async ({ page, complaints }) => {
    const cell =
      '|nor_conv_3x3~0|+|nor_conv_3x3~0|avg_pool_3x3~1|+|skip_connect~0|nor_conv_3x3~1|skip_connect~2|';
    await page.goto(`${new URL(page.url()).origin}/#/ground-truth?cell=${encodeURIComponent(cell)}`);
    await shown(page, '.wide-table tbody tr');
    assert.match((await page.textContent('.wide-table'))!, /The best there is/);
    assert.not.match((await page.textContent('.wide-table'))!, /policy/);
    assert.is(await page.inputValue('#notation'), cell);
    assert.equal(complaints, []);
  }, PAGE));

test('a setting that cannot be is said at its field, without options of the command line', () =>
  withBrowser(async ({ page, complaints }) => {
    await page.goto(`${new URL(page.url()).origin}/#/search?batch=900`);
    await page.reload();
    await shown(page, 'a.badge:has-text("Software adapter")');
    await page.click('button:has-text("Start the search")');
    await shown(page, '#setting-batch-problem');
    const text = (await page.textContent('#setting-batch-problem'))!;
    assert.match(text, /900/);
    assert.not.match(text, /--/);
    assert.equal(complaints, []);
  }, PAGE));

test.run();
