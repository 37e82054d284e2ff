// The limits again, beside every benchmark: the speed of processors that a machine shares with others drifts by half
// within minutes, and a share must compare what was measured at the same time.
import type { Device } from '../../runtime/engine/engine.ts';
import { timeOf } from '../measure/measure.ts';
import { median } from '../measure/statistics.ts';
import { copyProbes } from './copy.ts';
import { fmaProbes } from './fma.ts';
import type { Limit, Limits } from './limits.ts';
import { matmulProbes } from './matmul.ts';
import { probeWorkload } from './probe.ts';

const MS_A_SAMPLE = 20;
const SAMPLES = 5;

export interface Reference {
  /** The limits of the moment: of each the fastest way, measured again; medians, as those of the benchmarks. */
  now(): Promise<Limits>;
  destroy(): void;
}

/** Makes the fastest way of each limit ready on an engine, which it keeps until it is destroyed. */
export async function openReference(engine: Device, limits: Limits): Promise<Reference> {
  const { kind } = engine;
  const probes = [...fmaProbes(kind), ...copyProbes(kind), ...matmulProbes(kind)];
  const ready = async (limit: Limit): Promise<() => Promise<Limit>> => {
    const probe = probes.find(({ name }) => name === limit.how)!;
    const { enqueue } = await probeWorkload(probe).workload.prepare(engine);
    const iterations = Math.max(1, Math.round((MS_A_SAMPLE * limit.rate * 1e6) / probe.amount));
    await timeOf(engine, enqueue, iterations);
    return async () => {
      const times: number[] = [];
      for (let i = 0; i < SAMPLES; i++) times.push(await timeOf(engine, enqueue, iterations));
      return { ...limit, rate: (probe.amount * iterations) / median(times) / 1e6 };
    };
  };
  const [fma, copy, matmul] = [await ready(limits.fma), await ready(limits.copy), await ready(limits.matmul)];
  return {
    now: async () => ({ fma: await fma(), copy: await copy(), matmul: await matmul() }),
    destroy: () => engine.destroy(),
  };
}
