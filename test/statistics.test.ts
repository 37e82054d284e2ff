// Intervals by Student's t, whose density is integrated here. Paired differences: the sign-flip test against an enumeration of all patterns, and values worked out by hand.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { interval, signFlipTest } from '../src/core/statistics.ts';
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

/** Of Student's t between 0 and x: Simpson's rule over its density, whose factor follows by recursion from 1 / pi and 1 / sqrt 8. */
function probability(degrees: number, x: number): number {
  let factor = degrees % 2 === 1 ? 1 / Math.PI : 1 / Math.sqrt(8);
  for (let n = degrees % 2 === 1 ? 1 : 2; n < degrees; n += 2)
    factor *= ((n + 1) / n) * Math.sqrt(n / (n + 2));
  const density = (t: number): number => factor * (1 + (t * t) / degrees) ** (-(degrees + 1) / 2);
  const strips = 2000;
  const width = x / strips;
  let sum = density(0) + density(x);
  for (let i = 1; i < strips; i++) sum += (i % 2 === 1 ? 4 : 2) * density(i * width);
  return (sum * width) / 3;
}

test("interval: half of it is Student's quantile times the standard error, to the last digit that is listed", () => {
  const degreesOf = [...Array.from({ length: 30 }, (_, i) => i + 1), 35, 40, 50, 60, 100, 120, 500];
  for (const degrees of degreesOf) {
    // as many of -1 as of 1, and a 0 for an odd number: mean 0
    const values = Array.from({ length: degrees + 1 }, (_, i): number =>
      i === degrees && degrees % 2 === 0 ? 0 : i % 2 === 0 ? 1 : -1,
    );
    const { mean, low, high } = interval(values);
    const squares = values.reduce((sum, value) => sum + value * value, 0);
    const quantile = high! / Math.sqrt(squares / degrees / values.length);
    assert.ok(Math.abs(mean) < 1e-15, `${degrees}`);
    assert.ok(Math.abs(low! + high!) < 1e-15, `${degrees}`);
    // beyond 30 that of the next listed degrees below, so the interval is never too short
    const listed = [120, 60, 40, 30].find((from) => degrees >= from) ?? degrees;
    assert.ok(probability(listed, quantile - 6e-4) < 0.475, `${degrees}: ${quantile} is too large`);
    assert.ok(probability(listed, quantile + 6e-4) > 0.475, `${degrees}: ${quantile} is too small`);
  }
  assert.equal(interval([3]), { mean: 3, low: null, high: null });
});

test('sign flips: none, or too many', () => {
  assert.throws(() => signFlipTest([]), /got 0 differences, expected 1 to 40/);
  assert.throws(() => signFlipTest(Array.from({ length: 41 }, () => 1)), /got 41 differences/);
});

test.run();
