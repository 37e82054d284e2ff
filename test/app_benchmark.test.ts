// The kernel benchmarks behind the page's calls: the JSON that Node writes, progress, an end at any time.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseResult } from '../bench/report/result.ts';
import { openApp } from './support/app_page.ts';
import { withBrowser } from './support/browser.ts';

const ASK = { filter: 'add of two forward, depthwise 3x3 forward', seconds: 0.01, samples: 3 };

test('the worker measures kernels beside the limits, and stops when it is asked to', () =>
  withBrowser(async ({ page, complaints }) => {
    const app = await openApp(page);
    assert.match(
      (await app.refusal('benchmark', { ...ASK, filter: 'nothing' })).message,
      /nothing has 'nothing' in its name/,
    );
    const stopped = app.refusal('benchmark', ASK);
    await app.waitFor((said) => said.event === 'benchmark');
    assert.match((await app.refusal('benchmark', ASK)).message, /running already/);
    await app.call('stopBenchmark', {});
    assert.is((await stopped).message, 'the benchmark was stopped');

    await app.forget();
    const result = await app.call('benchmark', ASK);
    const { adapter, runtime, limits, benchmarks } = parseResult(JSON.stringify(result), 'of the page');
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
    const told = (await app.heard()).flatMap((said) => (said.event === 'benchmark' ? [said.label] : []));
    assert.ok(told.includes('benchmarks: add of two forward'), told.join('; '));
    assert.equal(complaints, []);
  }));

test.run();
