// The library for pages, and the main job as one call: search on the sample, then transform a cell. Progress comes by
// callbacks, and the run folder stays in memory.

import { openHostEngine } from '../runtime/host/browser/host_browser.ts';
import { type MemoryFiles, memoryFiles } from '../runtime/host/memory_files.ts';
import { browserPlatform } from '../runtime/host/browser/platform_browser.ts';
import { loadImages } from './data/load.ts';
import { type Derivation, derive } from './derive/derive.ts';
import { openFinishedRun } from './derive/finished_run.ts';
import { derivationToJson } from './derive/report.ts';
import { formatJson } from './io/json.ts';
import { readFinishedRun } from './run/run_folder.ts';
import { requireExpressible } from './arch/search_space.ts';
import type { Position } from './search/checkpoint.ts';
import { QUICK, type SearchConfig } from './search/config.ts';
import { environmentOf } from './run/environment.ts';
import { supernetConfig } from './search/program.ts';
import { searchIntoFolder } from './search/run.ts';
import { requireCell } from './arch/zoo/find_cell.ts';

export * from './library.ts';
export { hostGpu, hostPlatform, openHostEngine as openEngine } from '../runtime/host/browser/host_browser.ts';

/** The run folder's path in the files of a main job. */
export const RUN = 'run';

export interface MainJob {
  /** Settings that are not those of the quick preset. */
  readonly settings?: Partial<SearchConfig>;
  /** The zoo's cell to transform; DARTS where left out. */
  readonly arch?: string;
  /** Those of an interrupted job with the same settings, to go on with it. */
  readonly files?: MemoryFiles;
  /** Aborting it stops the job after the step or the candidate at hand; it can go on from there. */
  readonly signal?: AbortSignal;
  /** A line for the user. */
  onNote?(text: string): void;
  /** After every step; `label` says what is being done: 'epoch 2/6 weights'. */
  onProgress?(label: string, done: number, total: number): void;
  /** At every line of metrics.jsonl: averages over the steps since the last one. */
  onMetrics?(position: Position, values: Readonly<Record<string, number | undefined>>): void;
}

export interface MainJobResult {
  /** All that the run left behind, path -> contents: run/result.json, run/weights.safetensors, run/derived.json ... */
  readonly files: MemoryFiles;
  /** Null where the job was stopped. */
  readonly derivation: Derivation | null;
}

/**
 * Trains shared weights and policy on the sample, and transforms `arch` with what they learned. Rejects with the
 * errors of the command line: UserError for settings that cannot be, RunError where the browser has no adapter.
 */
export async function runMainJob(job: MainJob = {}): Promise<MainJobResult> {
  const { signal, files = memoryFiles(), arch = 'DARTS', onNote, onProgress, onMetrics } = job;
  const config: SearchConfig = { ...QUICK, ...job.settings, data: 'sample' };
  const genotype = requireCell(arch);
  const { nodes, primitives } = supernetConfig(config);
  requireExpressible(genotype, { nodes, primitives });
  const platform = browserPlatform(files);
  const { train } = await loadImages(platform, config.data);
  const engine = await openHostEngine();
  onNote?.(`adapter: ${engine.info.name}`);
  // of the step whose end is reported next
  let values: Readonly<Record<string, number | undefined>> | null = null;
  try {
    const result = await searchIntoFolder(engine, {
      config,
      images: train,
      files,
      dir: RUN,
      resume: true,
      environment: environmentOf(platform.runtime, engine.info),
      planned: ({ bytes, pipelines }) =>
        onNote?.(`planned: ${(bytes / 2 ** 20).toFixed(0)} MiB of GPU memory, ${pipelines} pipelines`),
      observer: {
        progress: (position, steps, epochs) => {
          onProgress?.(`epoch ${position.epoch + 1}/${epochs} ${position.phase}`, position.step, steps);
          if (values) onMetrics?.(position, values);
          values = null;
        },
        metrics: (row) => (values = row),
        now: platform.now,
        interrupted: () => signal?.aborted ?? false,
      },
    });
    if (!result) return { files, derivation: null };
    const evaluator = await openFinishedRun(engine, config, await readFinishedRun(files, RUN), train, RUN);
    const options = { method: 'sample', candidates: 10, seed: 0 } as const;
    const derivation = await derive(evaluator, genotype, options, (done, total) => {
      onProgress?.('candidates', done, total);
      signal?.throwIfAborted();
    });
    await files.writeAtomic(`${RUN}/derived.json`, formatJson(derivationToJson(derivation), 'derived.json'));
    return { files, derivation };
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return { files, derivation: null };
    throw error;
  } finally {
    engine.destroy();
  }
}
