// engine.json: what the engine did, as proof that a training creates nothing once it has begun.
import type { Counters } from '../../runtime/engine/engine.ts';

/** Counters that must stand still after the first step. */
const CREATED = ['buffers', 'bindGroups', 'pipelines', 'shaderModules'] as const;

const newTotals = () => ({ submissions: 0, dispatches: 0, hostMs: 0 });

/** Watches the engine's counters from one submission to the next. */
export class EngineReport {
  private readonly phases = { train: newTotals(), test: newTotals() };
  private readonly start: Counters;
  /** After the first submission. */
  private warm: Counters | null = null;
  private before: Counters;
  private startedAt = 0;

  constructor(private readonly counters: Counters) {
    this.start = { ...counters };
    this.before = this.start;
  }

  /** Call right before a step or a batch of an evaluation. */
  begin(now: number): void {
    this.before = { ...this.counters };
    this.startedAt = now;
  }

  /** Call right after it was submitted. */
  end(phase: 'train' | 'test', now: number): void {
    const totals = this.phases[phase];
    totals.submissions++;
    totals.hostMs += now - this.startedAt;
    totals.dispatches += this.counters.dispatches - this.before.dispatches;
    this.warm ??= { ...this.counters };
  }

  /** The contents of engine.json; averages are over a step, and over a batch of an evaluation. */
  summary(memory: { plannedBytes: number; compileMs: number }): object {
    const { train, test } = this.phases;
    const since = this.warm ?? this.counters;
    const mean = (sum: number, count: number): number =>
      count > 0 ? Math.round((100 * sum) / count) / 100 : 0;
    return {
      submissions: { train: train.submissions, test: test.submissions },
      dispatches: {
        train: mean(train.dispatches, train.submissions),
        test: mean(test.dispatches, test.submissions),
      },
      created_after_warmup: Object.fromEntries(
        CREATED.map((name) => [name, this.counters[name] - since[name]]),
      ),
      readback_bytes: this.counters.readbackBytes - this.start.readbackBytes,
      planned_bytes: memory.plannedBytes,
      peak_bytes: this.counters.bufferBytes,
      host_ms: {
        train: mean(train.hostMs, train.submissions),
        test: mean(test.hostMs, test.submissions),
      },
      pipelines: this.counters.pipelines,
      compile_ms: Math.round(memory.compileMs),
    };
  }
}
