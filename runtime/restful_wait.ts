// Waiting for a software adapter without taking a processor from it.

/** Milliseconds of waiting before the first rest: processors that fell asleep are slow to take up many short calls. */
const AWAKE_MS = 10;
/** Of the time waited so far, what one rest takes: as much as may be lost at the end. */
const REST_SHARE = 0.02;
/** Milliseconds of the shortest and the longest rest: long against a turn of the event loop, short against a step. */
const [LEAST_MS, MOST_MS] = [0.25, 2];

const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
let waits = 0;
let since = 0;
let turning = false;

/**
 * Hands `done` on; in a long wait it rests in every turn of Node's event loop until `done` has settled. Dawn's binding
 * asks for finished work by setting an immediate again and again, so that a waiting program keeps a whole processor
 * busy: on a machine of 2, an adapter that computes on the processors loses 40% of its speed to it.
 */
export function restfulWait<T>(done: Promise<T>): Promise<T> {
  if (waits++ === 0) since = performance.now();
  if (!turning) setImmediate(turn);
  turning = true;
  return done.finally(() => {
    waits--;
  });
}

function turn(): void {
  turning = waits > 0;
  if (!turning) return;
  const waited = performance.now() - since;
  const rest = Math.min(Math.max(REST_SHARE * waited, LEAST_MS), MOST_MS);
  if (waited > AWAKE_MS) Atomics.wait(nobodyWakes, 0, 0, rest);
  setImmediate(turn);
}
