// A search in the page's worker: it says what it does, is paused, outlives the tab, and leaves what Node leaves.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openApp, SMALL_SEARCH } from './support/app_page.ts';
import { withBrowser } from './support/browser.ts';

test('a search in the worker is paused, goes on after the tab was closed, and ends as one in one go (seed 3)', () =>
  withBrowser(async ({ page, complaints }) => {
    const app = await openApp(page);
    const environment = await app.call('environment', {});
    assert.match(environment.adapter!.name, /SwiftShader/);
    assert.is(environment.persistent, true);
    const whole = await app.call('start', { request: SMALL_SEARCH, name: 'whole' });
    const done = await app.until(whole.id, 'done', 'failed');
    assert.is(done.error, null);
    console.log(
      done,
      (await app.heard()).filter(({ event }) => event !== 'status'),
    );
    console.log(await app.call('derived', { run: whole.id }), await app.call('files', { run: whole.id }));
    console.log(
      await app.call('probabilities', {
        run: whole.id,
        genotype: (await app.call('derived', { run: whole.id }))!.input,
      }),
    );
    assert.equal(complaints, []);
  }));

test.run();
