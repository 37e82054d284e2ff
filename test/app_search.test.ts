// A search in the page's worker: it is paused, outlives its tab and its device, and leaves the bytes that Node leaves.
import type { Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../src/io/digest.ts';
import { genotypeToJson } from '../src/arch/genotype_file.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { QUICK, withSettings } from '../src/search/config.ts';
import { planForKind } from '../src/search/plan_cost.ts';
import { type AppPage, openApp, SMALL, SMALL_SEARCH } from './support/app_page.ts';
import { withBrowser } from './support/browser.ts';
import { engineLike } from './support/engine_like.ts';
import { fileOf, runSmall, sample } from './support/search_run.ts';

/** Waits until a step of the run at hand has been told. */
const step = (app: AppPage, label: RegExp) =>
  app.waitFor((said) => said.event === 'status' && label.test(said.status.label));

/** Another tab of the same browser. */
async function openTab(page: Page): Promise<AppPage> {
  const tab = await page.context().newPage();
  await tab.goto(page.url());
  return openApp(tab);
}

/** Has the worker's device destroyed when it next begins to encode commands. */
async function loseDevice({ page }: AppPage): Promise<void> {
  await page.workers()[0]!.evaluate(() => {
    const usual = GPUDevice.prototype.createCommandEncoder;
    GPUDevice.prototype.createCommandEncoder = function (...args) {
      GPUDevice.prototype.createCommandEncoder = usual;
      this.destroy();
      return usual.apply(this, args);
    };
  });
}

test(`a search is paused, outlives its tab and its device, and leaves Node's bytes (seed ${SMALL.seed})`, () =>
  withBrowser(async (browser) => {
    const first = await openApp(browser.page);
    const environment = await first.call('environment', {});
    assert.match(environment.adapter!.name, /SwiftShader/);
    assert.is(environment.adapter!.software, true);
    assert.is(environment.persistent, true);
    assert.is(environment.help, null);
    assert.ok(environment.storage!.allowed > environment.storage!.used);

    const { id } = await first.call('start', { request: SMALL_SEARCH, name: 'small' });
    await step(first, /^epoch 1\/2 weights/);
    await first.call('pause', { run: id });
    const [paused] = await first.call('runs', {});
    assert.is(paused!.state, 'paused');
    assert.ok(paused!.progress > 0 && paused!.progress < 1, String(paused!.progress));

    await first.forget();
    await first.call('resume', { run: id });
    await first.until(id, 'running');
    const genotype = genotypeToJson(requireCell('DARTS'));
    const { actions, values } = await first.call('probabilities', { run: id, genotype });
    assert.equal(actions, ['null', 'keep', 'skip']);
    assert.is(values.length, 16);
    for (const row of values) assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-5, String(row));

    const second = await openTab(browser.page);
    const refused = await second.refusal('pause', { run: id });
    assert.match(refused.message, /small: another tab of this page works on this run/);
    // it hears of what the other does, and goes on with it once that is closed
    await step(second, /./);
    await browser.page.close();
    await second.forget();
    await step(second, /./);
    await loseDevice(second);
    const done = await second.until(id, 'done', 'failed');
    assert.is(done.error, null);
    const notes = (await second.heard()).flatMap((said) => (said.event === 'note' ? [said.text] : []));
    assert.ok(
      notes.some((text) => /device was lost.*going on with the device opened again/.test(text)),
      notes.join('; '),
    );

    const rows = await second.call('metrics', { run: id });
    const { files } = await runSmall(await engineLike(browser), withSettings(QUICK, SMALL));
    const metrics = new Uint8Array(fileOf({ files }, 'metrics.jsonl'));
    assert.is(done.digest, await sha256(metrics));
    assert.is(rows.map((row) => `${JSON.stringify(row)}\n`).join(''), new TextDecoder().decode(metrics));

    const derived = (await second.call('derived', { run: id }))!;
    assert.equal(derived.input, genotype);
    assert.is(derived.candidates.length, 10);
    const { accuracy, text } = derived;
    assert.is(
      accuracy.selection.after,
      Math.max(...derived.candidates.map((candidate) => candidate.accuracy)),
    );
    assert.match(text, /reduction cell +before +after/);
    const again = await second.call('transform', { run: id, genotype, settings: { candidates: 10 } });
    assert.equal({ ...again, probabilities: null }, derived);
    assert.is(again.probabilities!.values.length, 16);
    await second.call('remove', { run: id });
    assert.equal(await second.call('runs', {}), []);
    assert.equal(browser.complaints, []);
  }));

test('settings that cannot be are refused at once, by their name', () =>
  withBrowser(async ({ page }) => {
    const app = await openApp(page);
    const refused = (settings: object) =>
      app.refusal('start', { request: { ...SMALL_SEARCH, settings } as typeof SMALL_SEARCH, name: 'wrong' });
    assert.equal(await refused({ batch: 900 }), {
      message:
        '--batch: got 900, but the weights part has 750 of 1000 images; use --batch 750 or less, or another --train-fraction',
      user: true,
      setting: 'batch',
    });
    assert.is((await refused({ batches: 8 })).setting, 'batches');
    assert.is((await refused({ transitions: 'none' })).setting, 'transitions');
    assert.match((await refused({ data: 'mine' })).message, /^data set 'mine' is not here/);
    assert.equal(await app.call('runs', {}), []);
  }));

test('an estimate has the needs that a plan in Node has, and measured steps make a time of it', () =>
  withBrowser(async ({ page }) => {
    const app = await openApp(page);
    const plan = planForKind('swiftshader', withSettings(QUICK, SMALL), sample.train.labels.length);
    // two epochs of two steps of w and, with 50 images, one of theta; then ten candidates and four more accuracies
    const needs = { bytes: plan.bytes, pipelines: plan.pipelines.length, steps: 2 * (2 + 1) + 10 + 4 };
    const planned = await app.call('estimate', { request: SMALL_SEARCH, measure: false });
    assert.equal(planned, { ...needs, seconds: null });
    const { seconds, ...same } = await app.call('estimate', { request: SMALL_SEARCH, measure: true });
    assert.equal(same, needs);
    assert.ok(seconds! > 0 && Number.isFinite(seconds));
  }));

test.run();
