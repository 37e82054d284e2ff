// What a visitor's browser loads: dist/page, compressed as web servers do.
import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { repositoryRoot } from './support/repository.ts';

const folder = new URL('dist/page/', repositoryRoot);
const textOf = (name: string): string => readFileSync(new URL(name, folder), 'utf8');

/** A script and those that it cannot begin without. */
function withParts(script: string, known = new Set<string>()): Set<string> {
  if (known.has(script)) return known;
  known.add(script);
  for (const [, part] of textOf(script).matchAll(/(?:from|import)"\.\/([^"]+)"/g)) withParts(part!, known);
  return known;
}

/** Kilobytes of files of the page, compressed. */
const sizeOf = (names: Iterable<string>): number =>
  [...names].reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, folder))).length, 0) / 1000;

/** Most kilobytes, compressed. */
const BUDGET = { page: 200, all: 300 };

test('sizes: what is loaded before the first paint, and with the worker all that a search needs', () => {
  const page = withParts('page.js');
  const worker = withParts('worker.js');
  assert.ok(page.size > 1 && worker.size > 1);
  const first = sizeOf(['index.html', 'style.css', ...page]);
  assert.ok(first < BUDGET.page, `${first} kB before the first paint`);
  const all = sizeOf(new Set([...page, ...worker]));
  assert.ok(all < BUDGET.all, `${all} kB of scripts`);
});

test('sizes: no file of the page names another host', () => {
  const texts = readdirSync(folder).filter((name) => /\.(?:js|css|html)$/.test(name));
  assert.ok(texts.includes('worker.js'));
  for (const name of texts) {
    const text = textOf(name);
    assert.not.match(text, /(?:src|href)="(?:https?:)?\/\//, name);
    assert.not.match(text, /(?:import|fetch|url)\(\s*["']?(?:https?:)?\/\//, name);
  }
});

test.run();
