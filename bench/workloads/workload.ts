// What can be measured: something that an engine is prepared for and that then runs any number of times.
import type { Command, Device } from '../../runtime/engine/engine.ts';

/** One iteration's arithmetic and least traffic. */
export interface Work {
  /** Multiply-adds of convolutions and matrix products; 0 where there are none. */
  readonly madds: number;
  /** Bytes of inputs and outputs, each moved once (a batch norm twice); null where nobody can say (whole steps). */
  readonly bytes: number | null;
}

/** A workload made ready on an engine. */
export interface Prepared {
  readonly work: Work;
  /** Iterations after which everything that varies between them has come once; 1 where left out. */
  readonly round?: number;
  /** Submits `count` iterations without waiting for them to end. */
  enqueue(count: number): Promise<void>;
}

export interface Workload {
  readonly name: string;
  readonly group: 'kernels' | 'steps' | 'growth';
  /** Sizes in words: '4x20x32x32'. */
  readonly shape: string;
  /** Images in one iteration, where images a second are worth telling. */
  readonly images?: number;
  /** Takes long on a software adapter; measured there only when asked for by name. */
  readonly heavy?: boolean;
  /** Records, compiles and initialises. */
  prepare(engine: Device): Promise<Prepared>;
}

/** Few enough for the GPU to begin early, enough for a submission's own cost to vanish. */
const DISPATCHES_PER_SUBMISSION = 256;

/** Submits recorded commands `count` times, in submissions of bounded size. */
export function enqueueCommands(engine: Device, commands: readonly Command[], count: number): void {
  const most = Math.max(1, Math.floor(DISPATCHES_PER_SUBMISSION / Math.max(1, commands.length)));
  for (let done = 0; done < count; done += most) {
    engine.submit(...Array.from({ length: Math.min(most, count - done) }, () => commands));
  }
}
