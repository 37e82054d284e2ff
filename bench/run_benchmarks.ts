// A benchmark run from its choice of benchmarks to its result: the same in Node and in a page.
import type { Device } from '../runtime/engine/engine.ts';
import { computesOnProcessors } from '../runtime/engine/adapter_info.ts';
import { UserError } from '../runtime/errors.ts';
import { measureLimits } from './limits/limits.ts';
import { openReference } from './limits/reference.ts';
import { measure, type MeasurePlan } from './measure/measure.ts';
import { type BenchResult, resultOf, type Row, rowOf } from './report/result.ts';
import { growthWorkloads } from './workloads/growth.ts';
import { kernelWorkloads } from './workloads/kernels.ts';
import { stepWorkloads } from './workloads/steps.ts';
import type { Workload } from './workloads/workload.ts';

export interface BenchRequest {
  /** Opens an engine of its own for every benchmark, so that each one's cold start is one. */
  open(): Promise<Device>;
  readonly what: 'all' | 'kernels' | 'steps' | 'growth';
  /** Parts of names, with commas between them. */
  readonly filter?: string | undefined;
  readonly plan: MeasurePlan;
  readonly runtime: string;
  /** ISO 8601. */
  readonly date: string;
  note(text: string): void;
  /** Before each limit and each benchmark, which is the one of number `done`. */
  report(stage: 'limits' | 'benchmarks', name: string, done: number, total: number): void;
}

/** Measures. Throws UserError where nothing fits the filter. */
export async function runBenchmarks(request: BenchRequest): Promise<BenchResult> {
  const { open, what, filter, plan, note, report } = request;
  const first = await open();
  const { info } = first;
  first.destroy();
  const all = {
    kernels: () => kernelWorkloads(),
    steps: stepWorkloads,
    growth: () => growthWorkloads(info.kind),
    all: () => [...kernelWorkloads(), ...stepWorkloads()],
  }[what]();
  const { chosen, heavy } = choose(all, filter, info.kind === 'gpu');
  const limits =
    what === 'growth'
      ? null
      : await measureLimits(open, plan, (name, done, total) => report('limits', name, done, total));
  const benchmarks: Row[] = [];
  const reference =
    limits && computesOnProcessors(info.kind) ? await openReference(await open(), limits) : null;
  try {
    for (const [i, workload] of chosen.entries()) {
      report('benchmarks', workload.name, i + 1, chosen.length);
      const engine = await open();
      try {
        const measured = await measure(engine, workload, plan);
        benchmarks.push(rowOf(workload, measured, info.kind, reference ? await reference.now() : limits));
      } finally {
        engine.destroy();
      }
    }
  } finally {
    reference?.destroy();
  }
  if (heavy.length > 0) {
    note(
      `left out on a software adapter: ${heavy.map(({ name }) => name).join('; ')} (--filter measures them)`,
    );
  }
  return resultOf(info, request.runtime, request.date, { plan, limits, benchmarks });
}

/** What a filter names; without one, everything but what takes too long. */
export function choose(
  all: readonly Workload[],
  filter: string | undefined,
  fast: boolean,
): { readonly chosen: readonly Workload[]; readonly heavy: readonly Workload[] } {
  if (filter === undefined) {
    const tooHeavy = (workload: Workload): boolean => !fast && workload.heavy === true;
    return { chosen: all.filter((workload) => !tooHeavy(workload)), heavy: all.filter(tooHeavy) };
  }
  const words = filter.split(',').map((word) => word.trim().toLowerCase());
  const chosen = all.filter(({ name }) => words.some((word) => name.toLowerCase().includes(word)));
  if (chosen.length === 0) {
    const names = all.map(({ name }) => `'${name}'`);
    throw new UserError(`--filter: nothing has '${filter}' in its name; there are ${names.join(', ')}`);
  }
  return { chosen, heavy: [] };
}
