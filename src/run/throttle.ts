// Keeps the host from running far ahead of the GPU: what is submitted but not done holds memory, and progress that
// only counts submissions would say too much.
import type { Device } from '../../runtime/engine/engine.ts';

/** A function to await before every submission: it resolves when all but the last submission are done. */
export function throttle(engine: Pick<Device, 'idle'>): () => Promise<void> {
  let earlier: Promise<void> = Promise.resolve();
  return async () => {
    const wait = earlier;
    earlier = engine.idle();
    // of a device that is lost, what is waited for first says so
    earlier.catch(() => {});
    await wait;
  };
}
