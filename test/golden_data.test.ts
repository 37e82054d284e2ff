import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSafetensors } from '../src/io/safetensors.ts';
import { GOLDEN_DIR, GOLDEN_STEM, goldenFiles } from './support/golden.ts';

const files = await goldenFiles();
const path = `${GOLDEN_DIR}/${GOLDEN_STEM}`;
const { tensors } = parseSafetensors(await files.readBytes(`${path}.safetensors`), 'dev.safetensors');
const spec: unknown = JSON.parse(await files.readText(`${path}.json`));

/** All strings in a JSON value. */
function* strings(value: unknown): Generator<string, void, undefined> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) yield* strings(inner);
  }
}

test('golden data: every tensor is finite', () => {
  for (const [name, { data }] of Object.entries(tensors)) {
    for (const value of data)
      if (!Number.isFinite(Number(value))) assert.unreachable(`${name} holds ${value}`);
  }
});

test('golden data: the description names every tensor', () => {
  const named = new Set(strings(spec));
  const unnamed = Object.keys(tensors).filter((name) => !named.has(name));
  assert.equal(unnamed, []);
  assert.ok(Object.keys(tensors).length > 5000);
});

test.run();
