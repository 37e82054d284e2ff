// What the commands that run for long have in common: progress on the terminal, an engine, interruption by the user.
import { CheckedDevice } from '../../runtime/engine/checked_device.ts';
import type { Device } from '../../runtime/engine/engine.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import { environmentOf } from '../run/environment.ts';
import { nullIfInterrupted, type RunObserver } from '../run/observer.ts';
import type { RunRequest } from '../run/run.ts';
import {
  ADAPTER_OPTION,
  CHECK_NUMERICS_OPTION,
  FAST_UNCHECKED_OPTION,
  JSON_OPTION,
  openOptions,
} from './command.ts';
import { type NextStep, suggest } from './invocation.ts';
import { fit, tableWidth } from './layout.ts';
import { createProgress, type Progress, terminalObserver } from './progress.ts';

/** Exit code of an interrupted run: 128 + SIGINT, as shells report it. */
const INTERRUPTED = 130;

/** Options of the commands that train. */
export const TRAINING_OPTIONS = {
  adapter: ADAPTER_OPTION,
  fastUnchecked: FAST_UNCHECKED_OPTION,
  checkNumerics: CHECK_NUMERICS_OPTION,
  json: JSON_OPTION,
} as const;

/** Options of the commands that make one run. */
export const FOLDER_OPTIONS = {
  out: { type: 'string', placeholder: 'RUN', required: true, help: 'the run folder' },
  resume: { type: 'boolean', help: 'go on with the run in that folder' },
} as const;

export interface LongRun {
  readonly progress: Progress;
  readonly observer: RunObserver;
  /** The adapter that the options ask for. */
  openEngine(): Promise<Device>;
}

/** What a command prints on standard output, with and without --json, and what may come after it. */
export interface Answer {
  readonly json: object;
  /** Or what makes it of the characters that a line may have. */
  readonly text: string | ((columns: number) => string);
  readonly next?: readonly NextStep[];
}

/**
 * Does the work and prints its answer; resolves to the exit code.
 * @param goOn how to go on after an interruption, for what leaves a checkpoint: `commandAgain`
 * @param work null where the user interrupted it
 */
export async function longRun(
  platform: Platform,
  options: { adapter: string | undefined; fastUnchecked?: boolean; checkNumerics?: boolean; json: boolean },
  goOn: string | null,
  work: (run: LongRun) => Promise<Answer | null>,
): Promise<number> {
  const progress = createProgress(platform, options);
  const stopping = goOn === null ? 'stopping' : 'stopping after this step; a checkpoint will be saved';
  let adapter: string | null = null;
  const run: LongRun = {
    progress,
    observer: terminalObserver(platform, progress, stopping),
    async openEngine() {
      const engine = await openEngine(nodeGpu(), openOptions(platform, options));
      if (engine.info.name !== adapter) progress.note(`adapter: ${engine.info.name}`);
      adapter = engine.info.name;
      return options.checkNumerics ? new CheckedDevice(engine) : engine;
    },
  };
  try {
    const answer = await work(run).catch(nullIfInterrupted);
    progress.finish();
    if (!answer) {
      progress.note(goOn === null ? 'interrupted' : `interrupted; ${goOn}`);
      return INTERRUPTED;
    }
    const { json, text, next = [] } = answer;
    const { terminal } = platform;
    const columns = tableWidth(terminal.screens?.out);
    const shown = typeof text === 'string' ? text : text(columns);
    terminal.out(options.json ? `${JSON.stringify(json)}\n` : fit(shown, columns));
    suggest(platform, options, next);
    return 0;
  } finally {
    progress.finish();
  }
}

/**
 * The run folder that the options ask for, and who hears of the run.
 * @param again whether the run was begun by this command, on a device that was lost
 */
export const requestOf = (
  platform: Platform,
  { observer }: LongRun,
  { info }: Device,
  { out, resume }: { out: string; resume: boolean },
  again: boolean,
): RunRequest => ({
  files: platform.files,
  dir: out,
  resume: resume || again,
  environment: environmentOf(platform.runtime, info),
  observer,
});
