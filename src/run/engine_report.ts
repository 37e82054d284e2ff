// engine.json: what the engine did, as proof that a steady loop creates nothing.
import type { Counters } from '../../runtime/engine/engine.ts';

/** Counters that must stand still in the steady state. */
const CREATED = ['buffers', 'bindGroups', 'pipelines', 'shaderModules'] as const;

interface PhaseTotals {
  steps: number;
  dispatches: number;
  hostMs: number;
  readbackBytes: number;
}

export interface StepFacts {
  /** Milliseconds of the step in which the host waited for the GPU. */
  readonly waitedMs?: number;
  /** True where the step recorded something that later steps replay. The first step always counts as one that did. */
  readonly warmUp?: boolean;
}

/** Watches the engine's counters from step to step; a batch of an evaluation is a step too. */
export class EngineReport {
  private readonly phases = new Map<string, PhaseTotals>();
  private readonly created = { buffers: 0, bindGroups: 0, pipelines: 0, shaderModules: 0 };
  private steadySteps = 0;
  private startedAt = 0;
  private atStart: Counters;
  private atEnd: Counters | null = null;

  /** @param phases their names, in the order in which engine.json lists them */
  constructor(
    private readonly counters: Counters,
    phases: readonly string[],
  ) {
    this.atStart = { ...counters };
    for (const phase of phases) {
      this.phases.set(phase, { steps: 0, dispatches: 0, hostMs: 0, readbackBytes: 0 });
    }
  }

  /** Call right before a step. */
  begin(now: number): void {
    this.atStart = { ...this.counters };
    this.startedAt = now;
  }

  /** Call right after a step. */
  end(phase: string, now: number, { waitedMs = 0, warmUp = false }: StepFacts = {}): void {
    const totals = this.phases.get(phase)!;
    totals.steps++;
    totals.hostMs += now - this.startedAt - waitedMs;
    totals.dispatches += this.counters.dispatches - this.atStart.dispatches;
    totals.readbackBytes += this.counters.readbackBytes - this.atStart.readbackBytes;
    if (this.atEnd && !warmUp) {
      this.steadySteps++;
      this.addCreated(this.atEnd);
    }
    this.atEnd = { ...this.counters };
  }

  /** The contents of engine.json. */
  summary(plannedBytes: number, compileMs: number): object {
    if (this.atEnd) this.addCreated(this.atEnd);
    const perStep = (of: (totals: PhaseTotals) => number): object =>
      Object.fromEntries(
        [...this.phases].map(([phase, totals]) => [
          phase,
          hundredths(of(totals) / Math.max(1, totals.steps)),
        ]),
      );
    return {
      steps: Object.fromEntries([...this.phases].map(([phase, { steps }]) => [phase, steps])),
      steps_after_warmup: this.steadySteps,
      dispatches_per_step: perStep(({ dispatches }) => dispatches),
      created_after_warmup: this.created,
      readback_bytes_per_step: perStep(({ readbackBytes }) => readbackBytes),
      planned_bytes: plannedBytes,
      peak_bytes: this.counters.bufferBytes,
      host_ms_per_step: perStep(({ hostMs }) => hostMs),
      pipelines: this.counters.pipelines,
      compile_ms: Math.round(compileMs),
    };
  }

  /** Adds what was created since the end of the step before: also by what came between two steps. */
  private addCreated(since: Counters): void {
    for (const name of CREATED) this.created[name] += this.counters[name] - since[name];
  }
}

const hundredths = (value: number): number => Math.round(100 * value) / 100;
