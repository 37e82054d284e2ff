// Algorithm 1 of the paper: in every epoch, first w is trained on its part of the images, then theta on the other.
import { epochOrder, stepsPerEpoch } from '../data/order.ts';
import type { Checkpoint, RunFolder } from '../run/run_folder.ts';
import { exportParameters } from '../nn/weight_files.ts';
import { cosineLearningRate } from '../optim/schedule.ts';
import { STREAM } from '../core/rng.ts';
import { type Position, restoreState, saveState, START } from './checkpoint.ts';
import { EngineReport } from './report.ts';
import type { PolicyMetrics, SearchSession, WeightsMetrics } from './session.ts';
import type { Splits } from './splits.ts';

/** What a search tells while it runs. */
export interface SearchObserver {
  /** After every step. */
  progress(position: Position, steps: number, epochs: number): void;
  /** At every line of metrics.jsonl. */
  metrics(row: Readonly<Record<string, number | undefined>>): void;
  /** Milliseconds, for timing.jsonl and to space out checkpoints; never for a result. */
  now(): number;
  /** True once the user has asked to stop. */
  interrupted(): boolean;
}

export interface SearchOutcome {
  readonly finished: boolean;
  readonly result: SearchResult | null;
}

/** The contents of result.json. */
export interface SearchResult {
  readonly epochs: number;
  readonly steps: { readonly weights: number; readonly policy: number };
  readonly parameters: { readonly weights: number; readonly policy: number };
  readonly weights: WeightsMetrics | null;
  readonly policy: PolicyMetrics | null;
}

const MS_BETWEEN_CHECKPOINTS = 60_000;

/** Runs a search from the beginning or a checkpoint to its end, or until it is interrupted. */
export async function runSearch(
  session: SearchSession,
  splits: Splits,
  run: RunFolder,
  checkpoint: Checkpoint | null,
  memory: { plannedBytes: number; compileMs: number },
  observer: SearchObserver,
): Promise<SearchOutcome> {
  const { config, engine, program } = session;
  const counts = {
    weights: stepsPerEpoch(splits.weights.length, config.batch, config.maxSteps),
    policy: stepsPerEpoch(splits.policy.length, config.batch, config.maxSteps),
  };
  const latest: { weights: WeightsMetrics | null; policy: PolicyMetrics | null } = {
    weights: null,
    policy: null,
  };
  let begin: Position = START;
  if (checkpoint) {
    restoreState(session, checkpoint.tensors);
    begin = checkpoint.state['position'] as unknown as Position;
    Object.assign(latest, checkpoint.state['latest']);
  }
  const report = new EngineReport(engine.counters);
  let lastSave = observer.now();
  const save = async (position: Position): Promise<void> => {
    const state = JSON.parse(JSON.stringify({ position, latest }));
    await run.saveCheckpoint({ state, tensors: await saveState(session) });
    lastSave = observer.now();
  };

  for (let epoch = begin.epoch; epoch < config.epochs; epoch++) {
    const lr = cosineLearningRate(config.lr, config.lrMin, epoch, config.epochs);
    for (const phase of ['weights', 'policy'] as const) {
      if (epoch === begin.epoch && phase === 'weights' && begin.phase === 'policy') continue;
      const first = epoch === begin.epoch && phase === begin.phase ? begin.step : 0;
      const stream = phase === 'weights' ? STREAM.shuffleTrain : STREAM.shuffleValid;
      const order = epochOrder(splits[phase], config.seed, stream, epoch);
      for (let step = first; step < counts[phase]; step++) {
        const indices = order.subarray(step * config.batch, (step + 1) * config.batch);
        const number = epoch * counts[phase] + step;
        const pieces = program.supernet.pieceCount;
        const started = observer.now();
        report.begin();
        if (phase === 'weights') session.weightsStep(indices, number, lr);
        else await session.policyStep(indices, number);
        const ms = observer.now() - started;
        report.end(phase, ms - session.takeWaitedMs(), program.supernet.pieceCount === pieces);

        const done = step + 1;
        if (done % config.logEvery === 0 || done === counts[phase]) {
          const values =
            phase === 'weights' ? await session.takeWeightsMetrics() : await session.takePolicyMetrics();
          Object.assign(latest, { [phase]: values });
          const row = { epoch, phase, step: done, ...values };
          await run.appendMetrics(row);
          await run.appendTiming({ epoch, phase, step: done, ms: Math.round(observer.now() - started) });
          observer.metrics({ ...values });
        }
        const next: Position = { epoch, phase, step: done };
        observer.progress(next, counts[phase], config.epochs);
        if (observer.interrupted()) {
          await save(next);
          return { finished: false, result: null };
        }
        if (observer.now() - lastSave > MS_BETWEEN_CHECKPOINTS) await save(next);
      }
    }
    await save({ epoch: epoch + 1, phase: 'weights', step: 0 });
  }

  const result: SearchResult = {
    epochs: config.epochs,
    steps: { weights: config.epochs * counts.weights, policy: config.epochs * counts.policy },
    parameters: { weights: program.model.weights.count, policy: program.policy.weights.count },
    ...latest,
  };
  await run.finish({
    weights: await exportParameters(engine, program.model.weights),
    policy: await exportParameters(engine, program.policy.weights),
    result,
    engine: report.summary(memory),
  });
  return { finished: true, result };
}
