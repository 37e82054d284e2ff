// Comparing tensors by the relative norm of their difference.
import * as assert from 'uvu/assert';

/** Fails unless ||got - want|| <= tolerance * ||want|| + floor, naming the worst entry. */
export function near(
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number,
  what: string,
  floor = 1e-7,
): void {
  assert.is(got.length, want.length, `${what}: length`);
  let error = 0;
  let norm = 0;
  let worst = 0;
  const distance = (i: number): number => {
    const d = Math.abs(got[i]! - want[i]!);
    return Number.isNaN(d) ? Infinity : d;
  };
  for (let i = 0; i < want.length; i++) {
    error += distance(i) ** 2;
    norm += want[i]! ** 2;
    if (distance(i) > distance(worst)) worst = i;
  }
  const relative = Math.sqrt(error) / Math.sqrt(norm);
  if (Math.sqrt(error) <= tolerance * Math.sqrt(norm) + floor) return;
  assert.unreachable(
    `${what}: relative error ${relative.toExponential(2)}, expected at most ${tolerance}; ` +
      `worst at [${worst}]: got ${got[worst]}, expected ${want[worst]}`,
  );
}
