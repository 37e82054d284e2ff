// The loop of every run: epochs of phases of steps. It logs, times and saves; what a step does and what a line of
// metrics.jsonl holds is the business of the kind of run.
import type { Device } from '../../runtime/engine/engine.ts';
import { EngineReport, type StepFacts } from './engine_report.ts';
import type { MetricsRow, RunObserver } from './observer.ts';
import type { Checkpoint, RunFolder } from './run_folder.ts';
import { type Position, type RunState, Saving } from './saving.ts';
import { workAhead } from './work_ahead.ts';

/** The steps of a phase in one epoch. */
export interface PhaseSteps {
  /** Waits until a step can be submitted: for its images, or for the GPU to catch up. */
  prepare?(): Promise<void>;
  /** Steps count from 0. */
  step(step: number): StepFacts | void | Promise<StepFacts | void>;
  /** What metrics.jsonl says of the steps since this was last asked. */
  metrics(): Promise<MetricsRow>;
  /** Stops what runs ahead. */
  close?(): void;
}

export interface Phase {
  readonly name: string;
  /** Steps in every epoch that it belongs to. */
  readonly steps: number;
  /** Whether it belongs to an epoch; to all unless given. */
  due?(epoch: number): boolean;
  /** The steps of an epoch, from `first` on. */
  begin(epoch: number, first: number): PhaseSteps;
}

/** What an evaluation after an epoch has to tell. */
export interface EvaluationWatch {
  /** Right before and right after the submission of a batch. */
  begin(): void;
  end(): void;
  progress(done: number, total: number): void;
  stop(): boolean;
}

/** What follows the phases of some epochs, as a whole: interrupted, it is done again. */
export interface Evaluation {
  readonly name: string;
  /** Batches in it. */
  readonly steps: number;
  due(epoch: number): boolean;
  /** What metrics.jsonl says of it; null where `watch` stopped it. */
  run(epoch: number, watch: EvaluationWatch): Promise<MetricsRow | null>;
}

/** A run whose memory is made. */
export interface RunLoop extends RunState {
  readonly epochs: number;
  /** Steps between two lines of metrics.jsonl. */
  readonly logEvery: number;
  readonly phases: readonly Phase[];
  readonly evaluation?: Evaluation;
}

/** Between two checkpoints, unless whoever started the run wants it otherwise. */
const CHECKPOINT_MS = 60_000;

/** Runs from the beginning or a checkpoint; null where the user interrupted it, else a report on the engine. */
export async function runLoop(
  engine: Device,
  run: RunFolder,
  loop: RunLoop,
  checkpoint: Checkpoint | null,
  observer: RunObserver,
): Promise<EngineReport | null> {
  const { epochs, logEvery, phases, evaluation } = loop;
  const { checkpointMs = CHECKPOINT_MS } = observer;
  const names = [...phases.map(({ name }) => name), ...(evaluation ? [evaluation.name] : [])];
  const report = new EngineReport(engine.counters, names);
  const saving = new Saving(engine, run, loop);
  let saved = observer.now();
  const save = async (position: Position): Promise<void> => {
    await saving.save(position);
    saved = observer.now();
  };
  const start = (epoch: number): Position => ({ epoch, phase: phases[0]!.name, step: 0 });
  const begin = checkpoint ? saving.restore(checkpoint) : start(0);

  let latest: MetricsRow | undefined;
  const log = async (row: MetricsRow, started: number): Promise<void> => {
    latest = row;
    await run.appendMetrics(row);
    const { epoch, phase, step } = row;
    await run.appendTiming({ epoch, phase, step, ms: Math.round(observer.now() - started) });
    observer.metrics?.(row);
  };
  const aheadOf = workAhead(epochs, [...phases, ...(evaluation ? [evaluation] : [])]);
  const tell = (epoch: number, phase: string, done: number, total: number): void => {
    const ahead = aheadOf(epoch, phase, done / total);
    observer.progress({ label: `epoch ${epoch + 1}/${epochs} ${phase}`, done, total, latest, ahead });
  };

  /** A phase's steps of an epoch from `first` on; false where the user interrupted them. */
  const runSteps = async (phase: Phase, epoch: number, first: number): Promise<boolean> => {
    const { name, steps } = phase;
    const running = phase.begin(epoch, first);
    try {
      for (let step = first; step < steps; step++) {
        const started = observer.now();
        await running.prepare?.();
        engine.numerics?.mark(`epoch ${epoch + 1}, ${name}, step ${step + 1}`);
        report.begin(observer.now());
        const facts = await running.step(step);
        report.end(name, observer.now(), facts ?? {});
        await engine.numerics?.inspect();
        const done = step + 1;
        if (done % logEvery === 0 || done === steps) {
          await log({ epoch, phase: name, step: done, ...(await running.metrics()) }, started);
        }
        tell(epoch, name, done, steps);
        await observer.rest?.();
        const interrupted = observer.interrupted();
        if (interrupted || observer.now() - saved > checkpointMs) {
          await save({ epoch, phase: name, step: done });
        }
        if (interrupted) return false;
      }
      return true;
    } finally {
      running.close?.();
    }
  };
  /** False where the user interrupted it. */
  const evaluate = async (after: Evaluation, epoch: number): Promise<boolean> => {
    const { name } = after;
    const last = phases.at(-1)!;
    const started = observer.now();
    engine.numerics?.mark(`epoch ${epoch + 1}, ${name}`);
    const row = await after.run(epoch, {
      begin: () => report.begin(observer.now()),
      end: () => report.end(name, observer.now()),
      progress: (done, total) => tell(epoch, name, done, total),
      stop: observer.interrupted,
    });
    if (row) await log({ epoch, phase: name, ...row }, started);
    else await save({ epoch, phase: last.name, step: last.steps });
    return row !== null;
  };

  for (let { epoch } = begin; epoch < epochs; epoch++) {
    const resumed = epoch === begin.epoch ? phases.findIndex(({ name }) => name === begin.phase) : 0;
    for (const phase of phases.slice(resumed)) {
      if (phase.due?.(epoch) === false) continue;
      const first = epoch === begin.epoch && phase.name === begin.phase ? begin.step : 0;
      if (!(await runSteps(phase, epoch, first))) return null;
    }
    if (evaluation?.due(epoch) && !(await evaluate(evaluation, epoch))) return null;
    await save(start(epoch + 1));
  }
  return report;
}
