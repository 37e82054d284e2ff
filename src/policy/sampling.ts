// From probabilities to actions.
import type { Rng } from '../rng.ts';

/** Draws one action per row of `probabilities` (rows, actions), into `actions`. */
export function sampleActions(probabilities: Float32Array, actions: Int32Array, rng: Rng): void {
  const count = probabilities.length / actions.length;
  for (let row = 0; row < actions.length; row++) {
    const u = rng.uniform();
    let cumulative = 0;
    let action = 0;
    // Rounding may leave the sum a little under 1: the last action takes what remains.
    for (; action < count - 1; action++) {
      cumulative += probabilities[row * count + action]!;
      if (u < cumulative) break;
    }
    actions[row] = action;
  }
}

/** The most probable action of each row; of equal ones the first ("Maximum-GCN", section 4.4). */
export function bestActions(probabilities: Float32Array, actions: Int32Array): void {
  const count = probabilities.length / actions.length;
  for (let row = 0; row < actions.length; row++) {
    let best = 0;
    for (let a = 1; a < count; a++) {
      if (probabilities[row * count + a]! > probabilities[row * count + best]!) best = a;
    }
    actions[row] = best;
  }
}
