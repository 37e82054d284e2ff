// engine.json: what the engine did, as proof that a steady loop creates nothing.
import type { Counters } from '../../runtime/engine/engine.ts';
import type { Position } from './checkpoint.ts';

type Phase = Position['phase'];

/** Counters that must stand still in a step all of whose pieces were met before. */
const CREATED = ['buffers', 'bindGroups', 'pipelines', 'shaderModules'] as const;

interface PhaseTotals {
  steps: number;
  dispatches: number;
  hostMs: number;
  readbackBytes: number;
}

const newTotals = (): PhaseTotals => ({ steps: 0, dispatches: 0, hostMs: 0, readbackBytes: 0 });

/** Watches the engine's counters from step to step. */
export class EngineReport {
  private readonly phases = { weights: newTotals(), policy: newTotals() };
  private readonly created = { buffers: 0, bindGroups: 0, pipelines: 0, shaderModules: 0 };
  private steadySteps = 0;
  private before: Counters;

  constructor(private readonly counters: Counters) {
    this.before = { ...counters };
  }

  /** Call right before a step. */
  begin(): void {
    this.before = { ...this.counters };
  }

  /**
   * Call right after a step.
   * @param hostMs time that the host spent on it, without waiting for the GPU
   * @param known whether all pieces of its architectures had been met before
   */
  end(phase: Phase, hostMs: number, known: boolean): void {
    const totals = this.phases[phase];
    totals.steps++;
    totals.hostMs += hostMs;
    totals.dispatches += this.counters.dispatches - this.before.dispatches;
    totals.readbackBytes += this.counters.readbackBytes - this.before.readbackBytes;
    if (!known) return;
    this.steadySteps++;
    for (const name of CREATED) this.created[name] += this.counters[name] - this.before[name];
  }

  /** The contents of engine.json. */
  summary(memory: { plannedBytes: number; compileMs: number }): object {
    const { weights, policy } = this.phases;
    const mean = (sum: number, count: number): number =>
      count > 0 ? Math.round((100 * sum) / count) / 100 : 0;
    const steps = weights.steps + policy.steps;
    return {
      steps,
      steps_after_warmup: this.steadySteps,
      dispatches_per_step: {
        weights: mean(weights.dispatches, weights.steps),
        policy: mean(policy.dispatches, policy.steps),
      },
      created_after_warmup: this.created,
      readback_bytes_per_step: mean(weights.readbackBytes + policy.readbackBytes, steps),
      planned_bytes: memory.plannedBytes,
      peak_bytes: this.counters.bufferBytes,
      host_ms_per_step: {
        weights: mean(weights.hostMs, weights.steps),
        policy: mean(policy.hostMs, policy.steps),
      },
      pipelines: this.counters.pipelines,
      compile_ms: Math.round(memory.compileMs),
    };
  }
}
