// Paired differences: the sign-flip test against an enumeration of all patterns, and values worked out by hand.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { signFlipTest } from '../src/core/statistics.ts';
import { createRng } from '../src/core/rng.ts';

/** Whole numbers, so that every sum is exact. */
function byEnumeration(differences: readonly number[]): { greater: number; twoSided: number } {
  const total = differences.reduce((sum, value) => sum + value, 0);
  const patterns = 2 ** differences.length;
  let [greater, farther] = [0, 0];
  for (let signs = 0; signs < patterns; signs++) {
    const sum = differences.reduce(
      (all, value, i) => all + (Math.floor(signs / 2 ** i) % 2 ? -value : value),
      0,
    );
    if (sum >= total) greater++;
    if (Math.abs(sum) >= Math.abs(total)) farther++;
  }
  return { greater: greater / patterns, twoSided: farther / patterns };
}

test('sign flips: every pattern is counted, ties and zeros among them (seed 6)', () => {
  const rng = createRng(6, 0);
  for (let n = 1; n <= 13; n++) {
    for (let i = 0; i < 12; i++) {
      const differences = Array.from({ length: n }, () => rng.int(9) - 3);
      assert.equal(signFlipTest(differences), byEnumeration(differences), differences.join(' '));
    }
  }
});

test('sign flips: as many patterns as differences of one sign allow', () => {
  assert.equal(signFlipTest([1, 2, 3, 4, 5, 6]), { greater: 1 / 64, twoSided: 1 / 32 });
  assert.equal(signFlipTest([-1, -2, -3]), { greater: 1, twoSided: 1 / 4 });
  assert.equal(signFlipTest([0, 0]), { greater: 1, twoSided: 1 });
  assert.equal(signFlipTest(Array.from({ length: 40 }, (_, i) => i + 1)).greater, 2 ** -40);
});

test('sign flips: sums that rounding tears apart are equal', () => {
  // 0.1 + 0.2 and 0.3 differ in the last bit; the patterns + + - and - - + of the same three both sum to 0
  assert.equal(signFlipTest([0.1, 0.2, -0.3]), signFlipTest([1, 2, -3]));
  assert.equal(signFlipTest([0.7, 0.1, 0.2, 0.3, -0.6]), signFlipTest([7, 1, 2, 3, -6]));
});

test('sign flips: none, or too many', () => {
  assert.throws(() => signFlipTest([]), /got 0 differences, expected 1 to 40/);
  assert.throws(() => signFlipTest(Array.from({ length: 41 }, () => 1)), /got 41 differences/);
});

test.run();
