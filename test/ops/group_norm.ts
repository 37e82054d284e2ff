import { groupNorm } from '../../src/ops/norm/group_norm.ts';
import { between, opTable } from '../support/op_harness.ts';

const inputs = (shape: readonly number[]) => ({
  x: { shape },
  gamma: { shape: [shape[1]!] },
  beta: { shape: [shape[1]!] },
});

export const groupNormTable = opTable(groupNorm, {
  reference({ x, gamma, beta }, { groups, eps }) {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const plane = h * w;
    const size = (c / groups) * plane;
    return Array.from({ length: n * groups }, (_, group) => {
      const values = [...x.data.subarray(group * size, (group + 1) * size)];
      const mean = values.reduce((sum, v) => sum + v, 0) / size;
      const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / size;
      return values.map((v, i) => {
        const channel = (group % groups) * (c / groups) + Math.floor(i / plane);
        return ((v - mean) / Math.sqrt(variance + eps)) * gamma.data[channel]! + beta.data[channel]!;
      });
    }).flat();
  },
  cases: [
    { name: 'two channels a group', inputs: inputs([3, 6, 5, 4]), attrs: { groups: 3, eps: 1e-5 } },
    { name: 'one group', inputs: inputs([2, 4, 8, 8]), attrs: { groups: 1, eps: 1e-5 } },
    {
      name: 'as many as channels, fewer pixels than lanes',
      inputs: inputs([2, 5, 3, 3]),
      attrs: { groups: 5, eps: 1e-3 },
    },
    { name: 'more pixels than lanes', inputs: inputs([1, 2, 17, 9]), attrs: { groups: 2, eps: 1e-5 } },
  ],
  generate(rng) {
    const groups = between(rng, 1, 4);
    const shape = [between(rng, 1, 4), groups * between(rng, 1, 3), between(rng, 2, 9), between(rng, 2, 9)];
    return { inputs: inputs(shape), attrs: { groups, eps: 1e-5 } };
  },
});
