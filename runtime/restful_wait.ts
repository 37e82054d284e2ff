// Waiting for a software adapter without taking a processor from it.

/** Milliseconds of a rest: short against any step, long against a turn of the event loop. */
const REST_MS = 0.25;

const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
let waits = 0;
let resting = false;

/**
 * Hands `done` on, and rests in every turn of Node's event loop until it has settled. Dawn's binding asks for finished
 * work by setting an immediate again and again, so that a waiting program keeps a whole processor busy: on a machine
 * of 2, an adapter that computes on the processors loses 40% of its speed to it.
 */
export function restfulWait<T>(done: Promise<T>): Promise<T> {
  waits++;
  if (!resting) setImmediate(rest);
  resting = true;
  return done.finally(() => {
    waits--;
  });
}

function rest(): void {
  resting = waits > 0;
  if (!resting) return;
  Atomics.wait(nobodyWakes, 0, 0, REST_MS);
  setImmediate(rest);
}
