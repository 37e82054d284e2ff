// What a run would need, and how long it would take here.
import type { AdapterInfo } from '../../../runtime/engine/adapter_info.ts';
import type { Adapter, Device } from '../../../runtime/engine/engine.ts';
import { loadImages } from '../../data/load.ts';
import { stepsPerEpoch } from '../../data/order.ts';
import { withSizeAdvice } from '../../run/run.ts';
import { SEARCH_SIZES } from '../../search/config.ts';
import { measureSteps } from '../../search/measure_steps.ts';
import { limitsOfKind, millisecondsOf, stepsOf } from '../../search/plan_cost.ts';
import { planSearch } from '../../search/session.ts';
import { measureTraining } from '../../train/measure_steps.ts';
import { networkBuilder } from '../../train/network.ts';
import { residentImages } from '../../train/resident_images.ts';
import { checkTraining } from '../../train/run.ts';
import { planTraining } from '../../train/session.ts';
import type { Estimate } from '../protocol.ts';
import type { App } from './app.ts';
import type { FinishedRuns } from './finished.ts';
import { type Job, openJob } from './jobs.ts';
import type { SearchAsked, TrainingAsked } from './requests.ts';
import type { Handlers } from './serve.ts';

/** For how long steps of each kind are tried. */
const MEASURED_MS = 1000;

/** Where a run is planned, and where its steps are timed; null for a plan alone. */
interface Place {
  readonly adapter: Adapter;
  readonly device: Device | null;
}

export const estimateHandlers = (app: App, finished: FinishedRuns): Handlers<'estimate'> => ({
  async estimate({ request, measure }) {
    const job = await openJob(app, request);
    const { asked } = job;
    const sizes = asked.kind === 'search' ? SEARCH_SIZES : '--channels or --layers';
    const estimate = (place: Place): Promise<Estimate> =>
      withSizeAdvice(sizes, () =>
        asked.kind === 'search' ? ofSearch(app, asked, job, place) : ofTraining(app, asked, job, place),
      );
    const [info] = await app.listAdapters();
    if (measure && info) {
      const on = (device: Device): Promise<Estimate> => estimate({ adapter: device, device });
      return finished.ask(null, on, async (measured) => measured);
    }
    return estimate({ adapter: adapterOf(info), device: null });
  },
});

/** Without one, a GPU that nothing is too large for. */
function adapterOf(info: AdapterInfo | undefined): Adapter {
  if (!info) return { kind: 'gpu', limits: limitsOfKind('gpu') };
  const { maxBufferSize = 0, maxStorageBufferBindingSize = 0 } = info.limits;
  const limits = { maxBufferBytes: maxBufferSize, maxBindingBytes: maxStorageBufferBindingSize };
  return { kind: info.kind, limits };
}

/** The accuracies of the candidates, a few seconds at the end, are left out of the time. */
async function ofSearch(
  { host }: App,
  { config }: SearchAsked,
  { dataset, steps }: Job,
  { adapter, device }: Place,
): Promise<Estimate> {
  const { images } = dataset;
  const plan = planSearch(adapter, config, images);
  const needs = { bytes: plan.bytes, pipelines: plan.pipelines.length, steps };
  if (!device) return { ...needs, seconds: null };
  const ms = await measureSteps(device, plan, images, host.now, () => {}, MEASURED_MS);
  return { ...needs, seconds: millisecondsOf(stepsOf(config, images), ms) / 1000 };
}

async function ofTraining(
  { host }: App,
  { config, blueprint }: TrainingAsked,
  { dataset, steps }: Job,
  { adapter, device }: Place,
): Promise<Estimate> {
  const data = residentImages(await loadImages(host, config.data, { imageSize: config.imageSize }), config);
  checkTraining({ config, blueprint, data });
  const plan = planTraining(adapter, networkBuilder(blueprint, config, data.format), data, config);
  const needs = { bytes: plan.bytes, pipelines: plan.pipelines.length, steps };
  if (!device) return { ...needs, seconds: null };
  const ms = await measureTraining(device, plan, data, host.now, MEASURED_MS);
  const updates = config.epochs * stepsPerEpoch(dataset.images, config.batch, config.maxSteps);
  return { ...needs, seconds: (updates * ms.step + (steps - updates) * ms.evaluation) / 1000 };
}
