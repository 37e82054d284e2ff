// Waiting for a software adapter without taking a processor from it.

/**
 * Milliseconds of waiting before the first rest, at least and for every call that is waited for: processors that fell
 * asleep are slow to take up many short calls, and a short one takes that long.
 */
const [AWAKE_MS, AWAKE_MS_A_CALL] = [10, 0.04];
/** Of the time waited so far, what one rest takes: as much as may be lost at the end. */
const REST_SHARE = 0.02;
/** Milliseconds of the shortest and the longest rest: long against a turn of the event loop, short against a step. */
const [LEAST_MS, MOST_MS] = [0.25, 2];

const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
let waits = 0;
let since = 0;
let awakeMs = 0;
let turning = false;

/**
 * Hands `done` on; in a long wait it rests in every turn of Node's event loop until `done` has settled. Dawn's binding
 * asks for finished work by setting an immediate again and again, so that a waiting program keeps a whole processor
 * busy: on a machine of 2, an adapter that computes on the processors loses 40% of its speed to it.
 * @param calls that `done` waits for
 */
export function restfulWait<T>(done: Promise<T>, calls: number): Promise<T> {
  if (waits++ === 0) {
    since = performance.now();
    awakeMs = Math.max(AWAKE_MS, AWAKE_MS_A_CALL * calls);
  }
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
  if (waited > awakeMs) Atomics.wait(nobodyWakes, 0, 0, rest);
  setImmediate(turn);
}
