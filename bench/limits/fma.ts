// Multiply-adds in registers: bench/shaders/fma_rate.wgsl.
import type { AdapterKind } from '../../runtime/engine/adapter_info.ts';
import type { Probe } from './probe.ts';
import { createTensor } from '../../src/core/allocator.ts';

const CHAINS = 12;
const STEPS_A_ROUND = 4;

/** Converges to B / (1 - A) without ever being denormal, which some processors are slow with. */
const A = 0.5;
const B = 1;

export interface FmaSize {
  readonly invocations: number;
  readonly rounds: number;
}

/** What chain element `component` (0 to 11) of an invocation holds in the end. */
export function fmaResult(invocation: number, component: number, rounds: number): number {
  const begin = (invocation % 8) + component;
  const power = A ** (STEPS_A_ROUND * rounds);
  return power * begin + (B * (1 - power)) / (1 - A);
}

/** @param fused by the function fma(), or as a x + b, which a compiler may fuse. */
export function fmaProbe({ invocations, rounds }: FmaSize, fused: boolean): Probe {
  return {
    name: fused ? 'fma(x, a, b)' : 'x * a + b',
    amount: 2 * invocations * CHAINS * STEPS_A_ROUND * rounds,
    setUp(engine) {
      const result = createTensor(engine, 'values', [CHAINS * invocations]);
      const call = {
        kernel: 'fma_rate',
        bind: { values: result },
        params: { rounds, a: A, b: B },
        constants: { FUSED: Number(fused) },
        threads: [invocations],
      };
      return { call, result };
    },
    check(values) {
      for (let at = 0; at < values.length; at++) {
        const expected = fmaResult(Math.floor(at / CHAINS), at % CHAINS, rounds);
        if (values[at] !== Math.fround(expected)) return { at, expected };
      }
      return null;
    },
  };
}

export function fmaProbes(kind: AdapterKind): Probe[] {
  const size = kind === 'gpu' ? { invocations: 2 ** 20, rounds: 512 } : { invocations: 8192, rounds: 256 };
  return [fmaProbe(size, true), fmaProbe(size, false)];
}
