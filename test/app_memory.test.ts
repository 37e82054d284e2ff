// Many steps in the page's worker: nothing is made after the first ones, and the browser's memory stays flat. Seed 13.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunRequest } from '../src/app/protocol.ts';
import { type AppPage, openApp } from './support/app_page.ts';
import { withBrowser } from './support/browser.ts';
import { cases } from './support/effort.ts';

const STEPS = cases(60, 20_000);
/** An epoch has 500 batches of two of the sample's images at most. */
const EPOCHS = Math.max(10, STEPS / 500);

/** The smallest network, a batch of two, and an evaluation at the end. */
const REQUEST: RunRequest = {
  kind: 'train',
  settings: {
    ...{ channels: 2, layers: 1, auxiliary: 0, dropPath: 0, seed: 13, batch: 2, epochs: EPOCHS },
    ...{ maxSteps: STEPS / EPOCHS, logEvery: 2, evalEvery: EPOCHS },
  },
  arch: 'DARTS',
};

/** What may come and go in a browser's memory while nothing grows. */
const SLACK = { share: 0.1, bytes: 64 * 2 ** 20 };

/** Bytes in use when a share of the run is done. */
async function residentAt(app: AppPage, share: number, residentBytes: () => number): Promise<number> {
  await app.waitFor((said) => said.event === 'status' && said.status.progress >= share, 120);
  return residentBytes();
}

test(`${STEPS} steps in the page's worker create nothing, and memory stays flat`, () =>
  withBrowser(async ({ page, residentBytes }) => {
    const app = await openApp(page);
    const { id } = await app.call('start', { request: REQUEST, name: 'long' });
    const half = await residentAt(app, 0.5, residentBytes);
    const late = await residentAt(app, 0.9, residentBytes);
    assert.ok(late < half * (1 + SLACK.share) + SLACK.bytes, `${half} bytes at half, ${late} bytes late`);
    const done = await app.until(id, 'done', 'failed');
    assert.is(done.error, null);
    const engine = JSON.parse(
      new TextDecoder().decode(await app.call('file', { run: id, path: 'engine.json' })),
    ) as Record<string, unknown>;
    assert.equal(engine['created_after_warmup'], {
      buffers: 0,
      bindGroups: 0,
      pipelines: 0,
      shaderModules: 0,
    });
    const rows = await app.call('metrics', { run: id });
    assert.is(rows.filter(({ phase }) => phase === 'train').length, STEPS / 2);
  }));

test.run();
