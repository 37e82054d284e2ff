// Matrix products with register tiles: bench/shaders/matmul_rate_*.wgsl.
import type { AdapterKind } from '../../runtime/engine/adapter_info.ts';
import type { Probe } from './probe.ts';
import { createTensor } from '../../src/core/allocator.ts';

/** Named by the tile of an invocation's registers, or of a workgroup's memory. */
const SHADERS = {
  '4x16 registers': { kernel: 'matmul_rate_4x16', threads: (size: number) => [(size / 4) * (size / 16)] },
  '8x8 registers': { kernel: 'matmul_rate_8x8', threads: (size: number) => [(size / 8) * (size / 8)] },
  workgroup: { kernel: 'matmul_rate_workgroup', threads: (size: number) => [size / 8, size / 8] },
};

/** Small whole numbers, so that every sum is exact. */
const elementOfA = (row: number, k: number): number => ((row + 2 * k) % 5) - 2;
const elementOfB = (k: number, column: number): number => ((3 * k + column) % 7) - 3;

function fill(size: number, element: (i: number, j: number) => number): Float32Array<ArrayBuffer> {
  const values = new Float32Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) values[i * size + j] = element(i, j);
  return values;
}

/** Distance of the rows, and columns, of the result that are checked: odd, so that they fall on every part of a tile. */
const checkedEvery = (size: number): number => Math.max(13, Math.floor(size / 40) | 1);

export function matmulProbe(form: keyof typeof SHADERS, size: number): Probe {
  const { kernel, threads } = SHADERS[form];
  return {
    name: `${form}, ${size}x${size}x${size}`,
    amount: 2 * size ** 3,
    setUp(engine) {
      const [a, b, result] = ['a', 'b', 'c'].map((label) => createTensor(engine, label, [size, size]));
      engine.write(a!, fill(size, elementOfA));
      engine.write(b!, fill(size, elementOfB));
      const bind = { a: a!, b: b!, c: result! };
      return { call: { kernel, bind, params: { size }, threads: threads(size) }, result: result! };
    },
    check(values) {
      const step = checkedEvery(size);
      for (let row = 0; row < size; row += step) {
        for (let column = 0; column < size; column += step) {
          let expected = 0;
          for (let k = 0; k < size; k++) expected += elementOfA(row, k) * elementOfB(k, column);
          const at = row * size + column;
          if (values[at] !== expected) return { at, expected };
        }
      }
      return null;
    },
  };
}

/** Workgroup memory and barriers are for hardware; software adapters take minutes where a GPU takes moments. */
export function matmulProbes(kind: AdapterKind): Probe[] {
  if (kind === 'gpu') return [2048, 4096].map((size) => matmulProbe('workgroup', size));
  const forms = ['4x16 registers', '8x8 registers'] as const;
  return forms.flatMap((form) => [128, 256].map((size) => matmulProbe(form, size)));
}
