// An engine for one piece of work.
import type { Device } from '../../runtime/engine/engine.ts';

/** Does the work and destroys the engine, however the work ends. */
export async function withEngine<T>(
  open: () => Promise<Device>,
  work: (engine: Device) => Promise<T>,
): Promise<T> {
  const engine = await open();
  try {
    return await work(engine);
  } finally {
    engine.destroy();
  }
}
