// What an adapter can do at best, measured with kernels of their own (bench/shaders): multiply-adds in registers,
// copying, and a matrix product. What they compute is checked, so that no rate stands for work that was not done.
import type { Device } from '../../runtime/engine/engine.ts';
import { RunError } from '../../runtime/errors.ts';
import { measure, type MeasurePlan } from '../measure/measure.ts';
import { copyProbes } from './copy.ts';
import { fmaProbes } from './fma.ts';
import { matmulProbes } from './matmul.ts';
import { type Probe, probeWorkload } from './probe.ts';

/** The best of several ways. */
export interface Limit {
  /** GFLOP/s (2 a multiply-add) or GB/s (reads and writes). */
  readonly rate: number;
  /** The probe that reached it. */
  readonly how: string;
  /** Rates of all that were tried. */
  readonly tried: Readonly<Record<string, number>>;
}

export interface Limits {
  readonly fma: Limit;
  readonly copy: Limit;
  readonly matmul: Limit;
}

/** Measures the limits; `report` hears of each probe. Throws RunError where a kernel computed something wrong. */
export async function measureLimits(
  open: () => Promise<Device>,
  plan: MeasurePlan,
  report: (name: string, done: number, total: number) => void,
): Promise<Limits> {
  const engine = await open();
  const { kind } = engine;
  engine.destroy();
  const probes = { fma: fmaProbes(kind), copy: copyProbes(kind), matmul: matmulProbes(kind) };
  const total = Object.values(probes).flat().length;
  let done = 0;
  const best = async (ways: readonly Probe[]): Promise<Limit> => {
    const tried: Record<string, number> = {};
    for (const probe of ways) {
      report(probe.name, ++done, total);
      tried[probe.name] = await rateOf(open, probe, plan);
    }
    const [how, rate] = Object.entries(tried).reduce((a, b) => (b[1] > a[1] ? b : a));
    return { rate, how, tried };
  };
  return { fma: await best(probes.fma), copy: await best(probes.copy), matmul: await best(probes.matmul) };
}

/** From the fastest sample, since a limit is an upper bound. */
async function rateOf(open: () => Promise<Device>, probe: Probe, plan: MeasurePlan): Promise<number> {
  const engine = await open();
  try {
    const { workload, complaint } = probeWorkload(probe);
    const { wall } = await measure(engine, workload, plan);
    const wrong = await complaint(engine);
    if (wrong) throw new RunError(`${probe.name} on ${engine.info.name}: ${wrong}`);
    return probe.amount / wall.min / 1e6;
  } finally {
    engine.destroy();
  }
}
