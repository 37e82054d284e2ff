// Where commands get images from: files, and threads that decode them.
import type { Platform } from '../../runtime/host/platform.ts';
import { defaultWorkers, openWorkerPool } from '../../runtime/host/node/worker_pool.ts';
import type { ImageJob, PreparedImage } from '../data/prepare_image.ts';
import type { ImageSources } from '../train/load.ts';
import { progressOrStop, type RunObserver } from '../run/observer.ts';
import type { Progress } from './progress.ts';

export const WORKERS_OPTION = {
  type: 'integer',
  min: 1,
  help: 'threads that decode image files (one fewer than there are processors)',
} as const;

/** Who hears of images, and may interrupt their reading. */
interface ImageListener {
  readonly progress: Pick<Progress, 'note'>;
  readonly observer: Pick<RunObserver, 'progress' | 'interrupted'>;
}

export const imageSources = (
  { files, readAsset }: Platform,
  workers: number | undefined,
  { progress, observer }: ImageListener,
): ImageSources => ({
  files,
  readAsset,
  openDecoder() {
    const pool = openWorkerPool<ImageJob, PreparedImage>('decode_worker.js', workers ?? defaultWorkers());
    return { decode: pool.run, close: pool.close };
  },
  reading: (done, total) => progressOrStop(observer, { label: 'images read', done, total }),
  damaged: (path, reason) => progress.note(`left out: image ${path} is damaged: ${reason}`),
});
