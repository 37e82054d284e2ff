// A page with a content security policy in it, so that it holds wherever the page is served: scripts, styles and data from
// beside it alone, and nothing that stands in the page itself.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  // what a page makes for the user to keep
  "connect-src 'self' blob:",
  "img-src 'self' blob: data:",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The page with its policy as the first thing in its head. */
function withPolicy(/** @type {string} */ html) {
  const inside = /<(script|style)\b[^>]*>\s*[^<\s]|\sstyle=|\son\w+=/.exec(html);
  if (inside)
    throw new Error(`index.html: its policy allows nothing inline, but it holds ${inside[0].trim()}`);
  const meta = `<meta http-equiv="Content-Security-Policy" content="${POLICY}" />`;
  return html.replace('<head>', `<head>\n    ${meta}`);
}

/** Copies a page, with its policy. */
export async function copyPage(/** @type {string} */ from, /** @type {string} */ to) {
  await mkdir(dirname(to), { recursive: true });
  await writeFile(to, withPolicy(await readFile(from, 'utf8')));
}
