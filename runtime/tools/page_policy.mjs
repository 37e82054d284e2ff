// A page with a content security policy in it, so that it holds wherever the page is served: scripts, styles and data from
// beside it alone, and of what stands in the page itself only what stood there when it was built, by its digest.

import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** 'sha256-...' of everything inside the elements of this name. */
const digestsOf = (/** @type {string} */ html, /** @type {string} */ element) =>
  [...html.matchAll(new RegExp(`<${element}[^>]*>([^]*?)</${element}>`, 'g'))].map(
    ([, inside]) => `'sha256-${createHash('sha256').update(inside).digest('base64')}'`,
  );

/** The page with its policy as the first thing in its head. */
function withPolicy(/** @type {string} */ html) {
  const policy = [
    "default-src 'none'",
    `script-src 'self' ${digestsOf(html, 'script').join(' ')}`,
    `style-src 'self' ${digestsOf(html, 'style').join(' ')}`,
    // what a page makes for the user to keep
    "connect-src 'self' blob:",
    "img-src 'self' blob: data:",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policy}" />`;
  return html.replace('<head>', `<head>\n    ${meta}`);
}

/** Copies a page, with its policy. */
export async function copyPage(/** @type {string} */ from, /** @type {string} */ to) {
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, withPolicy(await readFile(from, 'utf8')));
}
