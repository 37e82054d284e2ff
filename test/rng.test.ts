// Philox against the known answers of the Random123 library, and what a stream promises: exact resumption,
// independent streams, an unbiased int(), a shuffle that is a permutation.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { STREAM, createRng, philox4x32, seedKey } from '../src/core/rng.ts';

const FULL = 0xffffffff;

test('philox4x32: known answers of Random123', () => {
  assert.equal(philox4x32([0, 0, 0, 0], [0, 0]), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  assert.equal(
    philox4x32([FULL, FULL, FULL, FULL], [FULL, FULL]),
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  );
  assert.equal(
    philox4x32([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0]),
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  );
});

test('philox4x32: agrees with 64-bit integer arithmetic over 2000 counters', () => {
  const mask = 0xffffffffn;
  const reference = (counter: readonly number[], key: readonly number[]) => {
    let [a, b, c, d] = counter.map(BigInt) as [bigint, bigint, bigint, bigint];
    let [k, l] = key.map(BigInt) as [bigint, bigint];
    for (let round = 0; round < 10; round++) {
      const p = 0xd2511f53n * a;
      const q = 0xcd9e8d57n * c;
      [a, b, c, d] = [(q >> 32n) ^ b ^ k, q & mask, (p >> 32n) ^ d ^ l, p & mask];
      k = (k + 0x9e3779b9n) & mask;
      l = (l + 0xbb67ae85n) & mask;
    }
    return [a, b, c, d].map(Number);
  };
  const rng = createRng(5, STREAM.init);
  for (let i = 0; i < 2000; i++) {
    const counter = [rng.nextU32(), rng.nextU32(), rng.nextU32(), rng.nextU32()] as const;
    const key = [rng.nextU32(), rng.nextU32()] as const;
    assert.equal(philox4x32(counter, key), reference(counter, key));
  }
});

test('rng: a stream starts with the words of counter 0 and goes on with counter 1', () => {
  const rng = createRng(0, 0);
  const words = Array.from({ length: 6 }, () => rng.nextU32());
  assert.equal(words, [...philox4x32([0, 0, 0, 0], [0, 0]), ...philox4x32([1, 0, 0, 0], [0, 0]).slice(0, 2)]);
});

test('rng: seeds above 32 bits use both words of the key; others are refused', () => {
  assert.equal(seedKey(2 ** 32 * 7 + 9), [9, 7]);
  assert.not.equal(createRng(9, 0).nextU32(), createRng(2 ** 32 * 7 + 9, 0).nextU32());
  for (const seed of [-1, 1.5, NaN, 2 ** 53])
    assert.throws(() => createRng(seed, 0), /seed: expected an integer/);
});

test('rng: resumes at the exact word, also past 2^32 blocks', () => {
  for (const start of [0, 1, 2 ** 34 - 3, 2 ** 40 + 1]) {
    for (let drawn = 0; drawn < 9; drawn++) {
      const whole = createRng(42, STREAM.actions, start);
      for (let i = 0; i < drawn; i++) whole.nextU32();
      const state = JSON.parse(JSON.stringify(whole.state()));
      assert.equal(state, { seed: 42, stream: STREAM.actions, position: start + drawn });
      const resumed = createRng(state.seed, state.stream, state.position);
      for (let i = 0; i < 9; i++) assert.is(resumed.nextU32(), whole.nextU32());
    }
  }
});

test('rng: stream numbers are distinct, and so are the streams', () => {
  const ids = Object.values(STREAM);
  assert.is(new Set(ids).size, ids.length);
  assert.is(new Set(ids.map((id) => createRng(1, id).nextU32())).size, ids.length);
});

test('rng: uniform() is a multiple of 2^-24 in [0, 1) with the mean and deviation of a uniform variable', () => {
  const rng = createRng(3, STREAM.augment);
  const n = 20000;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    const u = rng.uniform();
    assert.ok(u >= 0 && u < 1 && Number.isInteger(u * 2 ** 24));
    sum += u;
    squares += u * u;
  }
  const mean = sum / n;
  assert.ok(Math.abs(mean - 0.5) < 0.01, `mean ${mean}`);
  assert.ok(Math.abs(squares / n - mean * mean - 1 / 12) < 0.005);
});

test('rng: int(n) is uniform (chi-square, 9 cells, seed 11) and stays in range', () => {
  const rng = createRng(11, STREAM.weightsArchitecture);
  const counts = Array.from({ length: 9 }, () => 0);
  const n = 18000;
  for (let i = 0; i < n; i++) counts[rng.int(9)]++;
  const chiSquare = counts.reduce((sum, count) => sum + (count - n / 9) ** 2 / (n / 9), 0);
  assert.ok(chiSquare < 26.1, `chi-square ${chiSquare} is beyond the 0.1% point for 8 degrees of freedom`);
});

test('rng: int(n) draws again instead of folding the incomplete range', () => {
  // For n = 2^31 + 1 every word above 2^31 must be dropped, so about half of the draws cost more than one word.
  const n = 2 ** 31 + 1;
  const rng = createRng(17, 0);
  for (let i = 0; i < 200; i++) assert.ok(rng.int(n) < n);
  assert.ok(rng.state().position > 300 && rng.state().position < 520, `${rng.state().position} words`);
  assert.is(createRng(17, 0).int(2 ** 32), createRng(17, 0).nextU32());
  for (const bad of [0, -1, 2.5, 2 ** 32 + 1])
    assert.throws(() => rng.int(bad), /rng.int: expected an integer/);
});

test('rng: shuffle permutes, repeats under the same seed, and reaches every order of 4 about equally', () => {
  const identity = Int32Array.from({ length: 500 }, (_, i) => i);
  const once = identity.slice();
  const again = identity.slice();
  createRng(8, STREAM.shuffleTrain).shuffle(once);
  createRng(8, STREAM.shuffleTrain).shuffle(again);
  assert.equal(once, again);
  assert.not.equal(once, identity);
  assert.equal(once.slice().sort(), identity);

  const rng = createRng(9, STREAM.shuffleTrain);
  const seen = new Map<string, number>();
  for (let i = 0; i < 4800; i++) {
    const order = Uint32Array.of(0, 1, 2, 3);
    rng.shuffle(order);
    const key = order.join('');
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  assert.is(seen.size, 24);
  const chiSquare = [...seen.values()].reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0);
  assert.ok(chiSquare < 49.7, `chi-square ${chiSquare} is beyond the 0.1% point for 23 degrees of freedom`);
});

test.run();
