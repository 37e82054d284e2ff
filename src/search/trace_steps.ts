// One step of each kind of a search, traced.
import type { Device } from '../../runtime/engine/engine.ts';
import { TracingDevice } from '../../runtime/engine/tracing_device.ts';
import type { TracedStep } from '../run/trace.ts';
import type { SearchConfig } from './config.ts';
import { rehearse } from './rehearsal.ts';
import { planSearch } from './session.ts';

/** Steps before the one that is traced, so that all of its pieces are recorded. */
const WARM_UP = 2;

/**
 * Traces a step of w and one of theta, of images of no meaning.
 * @param images training images of the data set
 */
export async function traceSteps(
  device: Device,
  config: SearchConfig,
  images: number,
  now: () => number,
): Promise<TracedStep[]> {
  const tracer = new TracingDevice(device);
  const { weights, policy } = await rehearse(tracer, planSearch(tracer, config, images), images, now);
  const steps = { 'step of w': weights, 'step of theta': policy };
  const traced: TracedStep[] = [];
  for (const [name, run] of Object.entries(steps)) {
    for (let step = 0; step < WARM_UP; step++) await run(step);
    traced.push({ name, commands: await tracer.trace(() => run(WARM_UP)) });
  }
  return traced;
}
