// Calls to what a training has made: what it confuses, and what it says of an image.
import { UserError } from '../../../runtime/errors.ts';
import { CLASS_NAMES } from '../../data/cifar10.ts';
import { sampleBox, squareBox } from '../../data/crop_image.ts';
import { loadImages } from '../../data/load.ts';
import { type Classifier, openClassifier } from '../../train/classify.ts';
import { evaluateNetwork, readTrainedNetwork, type TrainedNetwork } from '../../train/evaluate_run.ts';
import { residentImages } from '../../train/resident_images.ts';
import type { Calls, Classification } from '../protocol.ts';
import type { App } from './app.ts';
import type { FinishedRuns } from './finished.ts';
import { folderOf } from './records.ts';
import type { RunQueue } from './run_queue.ts';
import type { Handlers } from './serve.ts';

/** Answers for a training that is done, and by its best weights so far for one that is not. */
export function trainedHandlers(
  { host }: App,
  queue: RunQueue,
  finished: FinishedRuns,
): Handlers<'confusion' | 'classify'> {
  /** With the key under which its network stays on the GPU; null where its weights may become others. */
  const read = async (run: string): Promise<{ key: string | null; trained: TrainedNetwork }> => {
    const record = await queue.find(run);
    if (record?.request.kind !== 'train') throw new UserError(`run '${record?.name ?? run}' is no training`);
    const done = record.state === 'done';
    if (!done && !(await host.files.exists(`${folderOf(run)}/best.safetensors`))) {
      throw new UserError(
        `${record.name}: nothing has been evaluated yet; wait for the end of its first epoch`,
      );
    }
    const trained = await readTrainedNetwork(host.files, folderOf(run), done ? 'last' : 'best');
    return { key: done ? `classifier ${run}` : null, trained };
  };
  return {
    async confusion({ run }) {
      const { trained } = await read(run);
      const { config } = trained;
      const dataset = await loadImages(host, config.data, { imageSize: config.imageSize });
      const images = residentImages(dataset, config);
      const observer = { progress: () => {}, stop: () => false };
      const result = await finished.ask(
        null,
        (engine) => evaluateNetwork(engine, trained, images, observer),
        async (evaluated) => evaluated!,
      );
      return { classes: dataset.classNames, counts: result.confusion };
    },
    async classify({ run, ...image }) {
      const { key, trained } = await read(run);
      return finished.ask(
        key,
        (engine) => openClassifier(engine, trained),
        (classifier) => classify(classifier, image),
      );
    },
  };
}

type Image = Omit<Calls['classify']['ask'], 'run'>;

async function classify(classifier: Classifier, { width, height, pixels }: Image): Promise<Classification> {
  if (!(width > 0 && height > 0 && pixels.length === 4 * width * height)) {
    throw new UserError(
      `image: got ${pixels.length} bytes of ${width} x ${height} pixels, expected 4 a pixel`,
    );
  }
  const { imageSize: size } = classifier.format;
  const planes = sampleBox(
    { width, height, channels: 4, data: pixels },
    squareBox(width, height),
    size,
    true,
  );
  const probabilities = Array.from(await classifier.classify(planes));
  return { classes: CLASS_NAMES, probabilities, seen: { size, pixels: interleaved(planes, size * size) } };
}

/** (3,S,S) as RGBA pixels. */
function interleaved(planes: Uint8Array, count: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * count).fill(255);
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < 3; c++) pixels[4 * i + c] = planes[c * count + i]!;
  }
  return pixels;
}
