// What a run tells whoever started it, and what it asks them.
import { mebibytes } from '../io/format.ts';
import type { WorkAhead } from './work_ahead.ts';

/** A line of metrics.jsonl: epoch (from 0), phase, often step, and what was measured. */
export type MetricsRow = Readonly<Record<string, number | string | null>>;

/** How far the part of a run at hand is. */
export interface RunProgress {
  /** What is being done: 'epoch 2/6 weights'. */
  readonly label: string;
  /** Steps, or images of an evaluation. */
  readonly done: number;
  readonly total: number;
  /** The last line of metrics.jsonl. */
  readonly latest?: MetricsRow | undefined;
  /** What is left of the whole job; without it, the part at hand is the job. */
  readonly ahead?: readonly WorkAhead[];
  /** There is more to do, of a kind that nobody knows yet how long it takes. */
  readonly more?: boolean;
}

/** GPU memory in bytes, and compiled kernels, that a run will need. */
export interface RunNeeds {
  readonly bytes: number;
  readonly pipelines: number;
}

/** Who hears of a run: of its needs, notes, progress and measurements, and who may interrupt it. */
export interface RunObserver {
  /** Before anything is allocated. */
  planned?(needs: RunNeeds): void;
  /** A line for the user: what went another way than usual. */
  note?(line: string): void;
  /** After every step, and every batch of an evaluation. */
  progress(progress: RunProgress): void;
  /** At every line of metrics.jsonl. */
  metrics?(row: MetricsRow): void;
  /** Milliseconds, for timing.jsonl and to space out checkpoints; never for a result. */
  now(): number;
  /** True once the user has asked to stop. */
  interrupted(): boolean;
  /** Awaited after every step, with nothing of the next begun: others may work, and look into the run on its engine. */
  rest?(): Promise<void>;
  /** Milliseconds from one checkpoint to the next; a minute unless given. */
  readonly checkpointMs?: number;
}

/** What to tell a user of `planned`. */
export const describeNeeds = ({ bytes, pipelines }: RunNeeds): string =>
  `planned: ${mebibytes(bytes, 0)} MiB of GPU memory, ${pipelines} pipelines`;

/** Ends work that cannot be gone on with, once the user has asked to stop. */
export class Interrupted extends Error {
  override name = 'Interrupted';
}

/** Reports progress. Throws what `nullIfInterrupted` catches once the user has asked to stop. */
export function progressOrStop(
  observer: Pick<RunObserver, 'progress' | 'interrupted'>,
  progress: RunProgress,
): void {
  observer.progress(progress);
  if (observer.interrupted()) throw new Interrupted();
}

/** For catch: null in place of what an interruption kept from being made. */
export function nullIfInterrupted(error: unknown): null {
  if (error instanceof Interrupted) return null;
  throw error;
}
