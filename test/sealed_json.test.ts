// JSON with its digest: what is written is read back, and no change of a single bit goes unnoticed.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { formatSealedJson, parseSealedJson } from '../src/io/sealed_json.ts';

const RECORD = { adapter: 'llvmpipe', accuracy: [0.125, 0.5], cell: { normal: [['skip_connect', 0, 2]] } };

test('what is sealed is read back without its seal', async () => {
  const text = await formatSealedJson(RECORD, 'a.json');
  assert.equal(await parseSealedJson(text, 'a.json'), RECORD);
});

test('a text whose any bit is another is refused, unless it still means the same', async () => {
  const bytes = new TextEncoder().encode(await formatSealedJson(RECORD, 'a.json'));
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const changed = Uint8Array.from(bytes);
    changed[bit >> 3]! ^= 1 << (bit & 7);
    const text = new TextDecoder().decode(changed);
    const read = await parseSealedJson(text, 'a.json').catch((error: unknown) => {
      assert.instance(error, UserError);
      assert.match((error as Error).message, /^a\.json: /);
      return null;
    });
    // a space for another one, say
    if (read) assert.equal(read, RECORD, `bit ${bit}`);
  }
});

test('a text without a seal is refused', async () => {
  const refusal = await parseSealedJson('{"a": 1}', 'b.json').then(String, String);
  assert.match(refusal, /^UserError: b\.json: is damaged: got sha256 undefined, expected [0-9a-f]{64}$/);
});

test.run();
