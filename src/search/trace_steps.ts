// One step of each kind of a search, traced.
import type { Device } from '../../runtime/engine/engine.ts';
import { TracingDevice } from '../../runtime/engine/tracing_device.ts';
import { imageBytesOf } from '../data/dataset.ts';
import { formatOf } from '../data/dataset_record.ts';
import type { TracedStep } from '../run/trace.ts';
import type { SearchConfig } from './config.ts';
import { planSearch, SearchSession } from './session.ts';

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
  const plan = planSearch(tracer, config, images);
  const pixels = Uint8Array.from(
    { length: images * imageBytesOf(formatOf(config)) },
    (_, i) => (i * 37) % 251,
  );
  const set = { images: pixels, labels: new Uint8Array(images) };
  const session = await SearchSession.open(tracer, plan, set, now);
  session.program.supernet.recordAll();
  const indices = Int32Array.from({ length: config.batch }, (_, i) => i);
  const steps = {
    'step of w': async (step: number) => session.weightsStep(indices, step, config.lr),
    'step of theta': (step: number) => session.policyStep(indices, step, config.policyLr, config.entropy),
  };
  const traced: TracedStep[] = [];
  for (const [name, run] of Object.entries(steps)) {
    for (let step = 0; step < WARM_UP; step++) await run(step);
    traced.push({ name, commands: await tracer.trace(() => run(WARM_UP)) });
  }
  return traced;
}
