// Random search: every allowed action is equally probable, and there is nothing to learn.
import { ParameterStore } from '../nn/parameters.ts';
import { edgesOf } from './graph.ts';
import { CELLS, type Policy, type PolicyOptions } from './policy.ts';

export function randomPolicy({ nodes, space }: PolicyOptions): Policy<'probabilities', never> {
  const edges = edgesOf({ graphs: CELLS, nodes });
  return {
    weights: new ParameterStore('policy weights', true),
    edges,
    space,
    features: { probabilities: { shape: [edges, space.count], dtype: 'f32' } },
    constants: {},
    encode(cells) {
      const rows = cells.flat().map(([op]) => {
        const allowed = space.mask(op);
        const share = 1 / allowed.reduce((sum, bit) => sum + bit);
        return Array.from(allowed, (bit) => bit * share);
      });
      return { probabilities: Float32Array.from(rows.flat()) };
    },
    probabilities: (_, { probabilities }) => probabilities,
  };
}
