// A run from its settings to a run folder: started or resumed, run, and finished. The one way in for every kind of run.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Files } from '../../runtime/host/platform.ts';
import { LimitError, UserError } from '../../runtime/errors.ts';
import { type RunLoop, runLoop } from './loop.ts';
import type { RunNeeds, RunObserver } from './observer.ts';
import { createRun, resumeRun, type RunFolder, type RunOutcome } from './run_folder.ts';

/** Where and for whom a run is. */
export interface RunRequest {
  readonly files: Files;
  /** The run folder. */
  readonly dir: string;
  readonly resume: boolean;
  /** Adapter, runtime and versions, for environment.json. */
  readonly environment: object;
  readonly observer: RunObserver;
}

/** A run whose memory is made. */
export interface OpenRun<R extends object> extends RunLoop {
  /** What the run leaves behind. */
  outcome(): Promise<Omit<RunOutcome, 'result' | 'engine'> & { readonly result: R }>;
}

/** A run that is planned. */
export interface RunPlan<R extends object> {
  readonly needs: RunNeeds;
  /** The contents of config.json. */
  readonly config: object;
  /** Compiles the pipelines, makes the memory, and gives it its first values. */
  open(run: RunFolder): Promise<OpenRun<R>>;
}

/**
 * The result, or null where the user interrupted the run: it can be resumed.
 * @param sizes options that decide how many weights there are: '--channels or --layers'
 * @param plan throws UserError for settings that cannot be
 */
export function runIntoFolder<R extends object>(
  engine: Device,
  { files, dir, resume, environment, observer }: RunRequest,
  sizes: string,
  plan: () => RunPlan<R>,
): Promise<R | null> {
  return withSizeAdvice(sizes, async () => {
    const { needs, config, open } = plan();
    observer.planned?.(needs);
    const { run, checkpoint, result } = resume
      ? await resumeRun(files, dir, config, environment, observer.note)
      : { run: await createRun(files, dir, config, environment), checkpoint: null, result: null };
    try {
      if (result) return result as R;
      const started = observer.now();
      const opened = await open(run);
      const compileMs = observer.now() - started;
      const report = await runLoop(engine, run, opened, checkpoint, observer);
      if (!report) return null;
      const outcome = await opened.outcome();
      await run.finish({ ...outcome, engine: report.summary(needs.bytes, compileMs) });
      return outcome.result;
    } finally {
      await run.leave();
    }
  });
}

/**
 * Does what may need more memory than the adapter allows; an error about that says which options to change.
 * @param sizes options that decide how many weights there are
 */
export async function withSizeAdvice<T>(sizes: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LimitError)) throw error;
    const options = /\bweight/.test(error.label) ? sizes : '--batch or --channels';
    throw new UserError(`${error.message}; use a smaller ${options}`, { cause: error });
  }
}
