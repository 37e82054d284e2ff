// A search from its settings to a run folder: the one way in, for the command line, the browser and the tests.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Files } from '../../runtime/host/platform.ts';
import type { ImageSet } from '../data/cifar10.ts';
import { createRun, resumeRun } from '../run/run_folder.ts';
import { checkSearchConfig, type SearchConfig } from './config.ts';
import { runSearch, type SearchObserver, type SearchResult } from './search.ts';
import { planSearch, SearchSession } from './session.ts';
import { splitImages } from './splits.ts';

export interface SearchRequest {
  readonly config: SearchConfig;
  /** The training images; the search splits them between w and theta. */
  readonly images: ImageSet;
  readonly files: Files;
  /** The run folder. */
  readonly dir: string;
  readonly resume: boolean;
  /** Adapter, runtime and versions, for environment.json. */
  readonly environment: object;
  readonly observer: SearchObserver;
  /** Told what the search will need, before anything is allocated. */
  planned?(plan: { readonly bytes: number; readonly pipelines: number }): void;
}

/** The result, or null where the user interrupted the search: it can be resumed. */
export async function searchIntoFolder(engine: Device, request: SearchRequest): Promise<SearchResult | null> {
  const { config, images, files, dir, environment, observer } = request;
  checkSearchConfig(config);
  const count = images.labels.length;
  const splits = splitImages(count, config.trainFraction, config.batch, config.seed);
  const plan = planSearch(engine, config, count);
  request.planned?.({ bytes: plan.bytes, pipelines: plan.pipelines.length });
  const { run, checkpoint, result } = request.resume
    ? await resumeRun(files, dir, config, environment)
    : { run: await createRun(files, dir, config, environment), checkpoint: null, result: null };
  if (result) return result as unknown as SearchResult;
  const started = observer.now();
  const session = await SearchSession.open(engine, plan, images, observer.now);
  const memory = { plannedBytes: plan.bytes, compileMs: observer.now() - started };
  const outcome = await runSearch(session, splits, run, checkpoint, memory, observer);
  return outcome.result;
}
