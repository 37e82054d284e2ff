// A training in the page's worker: storage that is full, files that are damaged, and what the trained network says.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunRequest } from '../src/app/protocol.ts';
import { IMAGE_BYTES, PIXELS } from '../src/data/cifar10.ts';
import { parseSample } from '../src/data/sample.ts';
import { openApp } from './support/app_page.ts';
import { withBrowser } from './support/browser.ts';
import { readRepositoryFile } from './support/repository.ts';

const REQUEST: RunRequest = {
  kind: 'train',
  settings: {
    ...{ channels: 4, layers: 1, auxiliary: 0, dropPath: 0, seed: 5 },
    ...{ batch: 50, epochs: 3, maxSteps: 3, logEvery: 1 },
  },
  arch: 'DARTS',
};

const sample = parseSample(
  readRepositoryFile('src/data/sample/train.bin'),
  readRepositoryFile('src/data/sample/test.bin'),
);

/** A test image of the sample as RGBA pixels. */
function pixelsOf(n: number): Uint8ClampedArray<ArrayBuffer> {
  const planes = sample.test.images.subarray(n * IMAGE_BYTES, (n + 1) * IMAGE_BYTES);
  return Uint8ClampedArray.from({ length: 4 * PIXELS }, (_, i) =>
    i % 4 === 3 ? 255 : planes[(i % 4) * PIXELS + (i >> 2)]!,
  );
}

test('a training goes on once there is storage again, and its network says what it sees (seed 5)', () =>
  withBrowser(async ({ page, complaints }) => {
    const app = await openApp(page);
    const whole = await app.call('start', { request: REQUEST, name: 'whole' });
    const first = await app.until(whole.id, 'done', 'failed');
    assert.is(first.error, null);

    // as much room as there is, and a little for the folder
    const session = await page.context().newCDPSession(page);
    const { origin } = new URL(page.url());
    const { used } = (await app.call('environment', {})).storage!;
    const { id } = await app.call('start', { request: REQUEST, name: 'full' });
    await app.waitFor((said) => said.event === 'status' && said.status.run === id);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: used + 10_000 });
    const full = await app.until(id, 'done', 'failed');
    assert.match(
      full.error!,
      /the browser gives this page no more storage; delete runs or data sets, then go on/,
    );
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await app.forget();
    await app.call('resume', { run: id });
    const done = await app.until(id, 'done', 'failed');
    assert.is(done.error, null);
    assert.is(done.digest, first.digest);

    const { classes, counts } = await app.call('confusion', { run: id });
    assert.is(classes.length, 10);
    const labels = Array.from(sample.test.labels);
    counts.forEach((row, label) => {
      const images = row.reduce((sum, count) => sum + count, 0);
      assert.is(images, labels.filter((each) => each === label).length, classes[label]);
    });
    // the rows of the metrics say the same
    const rows = await app.call('metrics', { run: id });
    const hits = counts.reduce((sum, row, label) => sum + row[label]!, 0);
    assert.is(hits / labels.length, rows.at(-1)!['top1']);

    const images = Array.from(labels.keys(), pixelsOf);
    const answers = await app.callEach(
      'classify',
      images.map((pixels) => ({ run: id, width: 32, height: 32, pixels })),
    );
    const again = counts.map((row) => row.map(() => 0));
    answers.forEach(({ probabilities, seen }, n) => {
      assert.equal(seen, { size: 32, pixels: images[n] });
      assert.ok(Math.abs(probabilities.reduce((sum, p) => sum + p, 0) - 1) < 1e-5, String(probabilities));
      again[labels[n]!]![probabilities.indexOf(Math.max(...probabilities))]!++;
    });
    assert.equal(again, counts);
    assert.equal(complaints, []);
  }));

test.run();
