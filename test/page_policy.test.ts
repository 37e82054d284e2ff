// The page runs what it was built of, and nothing else: by its own policy, on a server that adds none for scripts.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { serveFolder } from '../runtime/tools/static_server.mjs';
import { withBrowser } from './support/browser.ts';
import { PAGE } from './support/page_site.ts';

test('the page runs what it was built of, and nothing else', () =>
  withBrowser(async ({ page, complaints }) => {
    await page.waitForSelector('main h1');
    assert.equal(complaints, []);
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
  }, PAGE));

test.run();
