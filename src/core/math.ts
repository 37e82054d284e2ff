// Functions whose bits must not differ between JavaScript engines, made of + - * / alone.

/** Cosine by its Taylor series after reduction to [-pi, pi]; within 1e-15 for the angles of schedules. */
export function cosine(angle: number): number {
  const turns = Math.round(angle / (2 * Math.PI));
  const x = angle - turns * 2 * Math.PI;
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= 20; k++) {
    term *= -(x * x) / ((2 * k - 1) * (2 * k));
    sum += term;
  }
  return sum;
}

/** e to the power of x by its Taylor series; within 1e-15 relatively for -1 <= x <= 1. */
export function exponential(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; k <= 20; k++) {
    term *= x / k;
    sum += term;
  }
  return sum;
}
