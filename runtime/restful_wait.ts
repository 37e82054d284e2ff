// Waiting for a software adapter without taking a processor from it.

/** Milliseconds of waiting before the first rest: processors that fell asleep are slow to take up many short calls. */
const AWAKE_MS = 10;
/** Milliseconds of a rest: short against any step, long against a turn of the event loop. */
const REST_MS = 0.25;

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
  if (performance.now() - since > AWAKE_MS) Atomics.wait(nobodyWakes, 0, 0, REST_MS);
  setImmediate(turn);
}
