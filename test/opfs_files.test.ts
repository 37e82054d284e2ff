// Files in the origin private file system do what every `Files` promises.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Seen } from './opfs_files.page.ts';
import { withBrowser } from './support/browser.ts';

test('files in the origin private file system: replaced, appended, cut, renamed, locked, removed, refused', () =>
  withBrowser(async ({ page, complaints }) => {
    const seen = await page.evaluate(
      () =>
        new Promise<Seen>((resolve) => {
          const worker = new Worker(new URL('/test/opfs_files.page.js', location.href), { type: 'module' });
          worker.onmessage = ({ data }) => resolve(data as Seen);
        }),
    );
    assert.equal(seen, {
      replaced: 'second',
      appended: 'one\ntwo\nthree\n',
      truncated: ['one\n', 4],
      renamed: ['one\n', ['text']],
      bytes: [0, 255, 7],
      exists: [true, true, false, false],
      refusals: { read: 'ENOENT', size: 'ENOENT', list: 'ENOENT', write: 'ENOENT', folder: 'ENOTDIR' },
      locked: 'a: another tab of this page is at work in it; wait for it, or close that tab',
      released: null,
      removed: false,
    });
    assert.equal(complaints, []);
  }));

test.run();
