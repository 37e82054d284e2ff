// An engine for one piece of work.
import type { GpuEngine } from '../../runtime/engine/gpu_engine.ts';

/** Does the work and destroys the engine, however the work ends. */
export async function withEngine<T>(
  open: () => Promise<GpuEngine>,
  work: (engine: GpuEngine) => Promise<T>,
): Promise<T> {
  const engine = await open();
  try {
    return await work(engine);
  } finally {
    engine.destroy();
  }
}
