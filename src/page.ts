// The library for pages without a bundler, and the main job as one call: search on the sample, then transform a cell.
// Progress comes by callbacks, and the run folder stays in memory. Built into one file, dist/browser.js.

import { openEngine } from '../runtime/host/browser/host_browser.ts';
import { type MemoryFiles, memoryFiles } from '../runtime/host/memory_files.ts';
import { browserPlatform } from '../runtime/host/browser/platform_browser.ts';
import type { Derivation } from './derive/derive.ts';
import { type MainJobRequest, runMainJob } from './derive/main_job.ts';
import { describeNeeds, type MetricsRow } from './run/observer.ts';

export * from './browser.ts';

/** The run folder's path in the files of a main job. */
export const RUN = 'run';

export interface PageJob extends Pick<MainJobRequest, 'settings' | 'arch'> {
  /** Those of an interrupted job with the same settings, to go on with it. */
  readonly files?: MemoryFiles;
  /** Aborting it stops the job after the step or the candidate at hand; it can go on from there. */
  readonly signal?: AbortSignal;
  /** A line for the user. */
  onNote?(text: string): void;
  /** After every step; `label` says what is being done: 'epoch 2/6 weights'. */
  onProgress?(label: string, done: number, total: number): void;
  /** At every line of metrics.jsonl: averages over the steps since the last one. */
  onMetrics?(row: MetricsRow): void;
}

export interface PageJobResult {
  /** All that the run left behind, path -> contents: run/result.json, run/weights.safetensors, run/derived.json ... */
  readonly files: MemoryFiles;
  /** Null where the job was stopped. */
  readonly derivation: Derivation | null;
}

/**
 * Trains shared weights and policy on the sample, and transforms `arch` with what they learned. Rejects with the
 * errors of the command line: UserError for settings that cannot be, RunError where the browser has no adapter.
 */
export async function runPageJob(job: PageJob = {}): Promise<PageJobResult> {
  const { signal, files = memoryFiles(), onNote, onProgress, onMetrics, ...what } = job;
  const platform = browserPlatform(files);
  const derivation = await runMainJob({
    ...what,
    platform,
    dir: RUN,
    async openEngine() {
      const engine = await openEngine();
      onNote?.(`adapter: ${engine.info.name}`);
      return engine;
    },
    observer: {
      planned: (needs) => onNote?.(describeNeeds(needs)),
      note: (line) => onNote?.(line),
      progress: ({ label, done, total }) => onProgress?.(label, done, total),
      metrics: (row) => onMetrics?.(row),
      now: platform.now,
      interrupted: () => signal?.aborted ?? false,
    },
  });
  return { files, derivation };
}
