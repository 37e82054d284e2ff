// A search whose steps are tried before it begins, on images of no meaning: to count, to time, or to trace them.
import type { Device } from '../../runtime/engine/engine.ts';
import { imageBytesOf } from '../data/dataset.ts';
import { formatOf } from '../data/dataset_record.ts';
import { type SearchPlan, SearchSession } from './session.ts';

/** A step of each kind, by its number. */
export interface Rehearsal {
  readonly session: SearchSession;
  weights(step: number): Promise<void>;
  policy(step: number): Promise<void>;
}

/** No zeros: some processors are slower with the tiny numbers that come of them. */
const speckles = (bytes: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: bytes }, (_, i) => (i * 37) % 251);

/**
 * Opens a search with all of its pieces recorded.
 * @param images training images of the data set
 * @param pixelsOf makes so many bytes of images
 */
export async function rehearse(
  engine: Device,
  plan: SearchPlan,
  images: number,
  now: () => number,
  pixelsOf = speckles,
): Promise<Rehearsal> {
  const { config } = plan;
  const pixels = pixelsOf(images * imageBytesOf(formatOf(config)));
  const set = { images: pixels, labels: new Uint8Array(images) };
  const session = await SearchSession.open(engine, plan, set, now);
  session.program.supernet.recordAll();
  const indices = Int32Array.from({ length: config.batch }, (_, i) => i);
  return {
    session,
    weights: async (step) => session.weightsStep(indices, step, config.lr),
    policy: (step) => session.policyStep(indices, step, config.policyLr, config.entropy),
  };
}
