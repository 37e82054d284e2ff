// Copying: bench/shaders/copy_rate.wgsl, for sizes that caches hold and that they do not.
import type { AdapterKind } from '../../runtime/engine/adapter_info.ts';
import type { Probe } from './probe.ts';
import { createTensor } from '../../src/core/allocator.ts';

const PERIOD = 1021;

function ramp(count: number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) values[i] = i % PERIOD;
  return values;
}

/** @param per vec4s an invocation copies. */
export function copyProbe(bytes: number, per: number): Probe {
  const size = bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MiB` : `${bytes / 2 ** 10} KiB`;
  const count = bytes / 4;
  return {
    name: `copy ${size}, ${per} vec4 an invocation`,
    amount: 2 * bytes,
    setUp(engine) {
      const [x, result] = ['x', 'y'].map((label) => createTensor(engine, label, [count]));
      engine.write(x, ramp(count));
      const call = {
        kernel: 'copy_rate',
        bind: { x, y: result },
        params: { n: count / 4 },
        constants: { PER: per },
        threads: [count / 4 / per],
      };
      return { call, result };
    },
    check(values) {
      const at = values.findIndex((value, i) => value !== i % PERIOD);
      return at < 0 ? null : { at, expected: at % PERIOD };
    },
  };
}

/** The small sizes are those of the tensors that the kernels are measured with. */
export function copyProbes(kind: AdapterKind): Probe[] {
  const sizes = kind === 'gpu' ? [2 ** 23, 2 ** 25, 2 ** 27] : [2 ** 18, 2 ** 20, 2 ** 25];
  return sizes.flatMap((bytes) => [1, 4, 16].map((per) => copyProbe(bytes, per)));
}
