// The kernel benchmarks in a page: the same result as in Node, from the browser's own adapter.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseResult } from '../bench/report/result.ts';
import { withBrowser } from './support/browser.ts';

const FILTER = 'add of two forward, depthwise 3x3 forward';
const MINUTES = 60_000;

test('the page measures kernels beside the limits and leaves the JSON that Node writes', () =>
  withBrowser(async ({ page, complaints }) => {
    await page.goto(new URL('bench/', page.url()).href);
    await page.fill('input[name=filter]', FILTER);
    await page.fill('input[name=seconds]', '0.01');
    await page.fill('input[name=samples]', '3');
    await page.click('#start');
    await page.waitForSelector('text=/^(done|failed)$/', { timeout: 10 * MINUTES });
    assert.is(await page.textContent('#error'), '');
    const text = await page.evaluate(async () => (await fetch(document.querySelector('a')!.href)).text());
    const { adapter, runtime, limits, benchmarks } = parseResult(text, 'of the page');
    assert.match(adapter.name, /SwiftShader/);
    assert.match(runtime, /^browser /);
    for (const { rate } of Object.values(limits!)) assert.ok(rate > 0 && Number.isFinite(rate));
    assert.equal(
      benchmarks.map(({ name }) => name),
      ['depthwise 3x3 forward', 'add of two forward'],
    );
    for (const { name, wall, coldMs, gbps, share } of benchmarks) {
      for (const value of [...Object.values(wall), coldMs, gbps, share])
        assert.ok(typeof value === 'number' && Number.isFinite(value) && value >= 0, `${name}: ${value}`);
    }
    assert.match((await page.textContent('#table'))!, /depthwise 3x3 forward +\d/);
    assert.equal(complaints, []);
  }));

test.run();
