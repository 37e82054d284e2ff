// Random search: every allowed action is equally probable, and there is nothing to learn.
import { ParameterStore } from '../nn/parameters.ts';
import { edgesOf } from './graph.ts';
import { graphsOf, type Policy, type PolicyOptions } from './policy.ts';

export function randomPolicy(options: PolicyOptions): Policy<'probabilities', never> {
  const { nodes, space, batch = 1, fixed = [] } = options;
  const edges = edgesOf({ graphs: graphsOf(options), nodes });
  return {
    weights: new ParameterStore('policy weights', true),
    batch,
    edges,
    space,
    fixed,
    features: { probabilities: { shape: [edges, space.count], dtype: 'f32' } },
    constants: {},
    encode(_, allowed) {
      const rows = allowed.map((actions) => {
        const share = 1 / actions.reduce((sum, bit) => sum + bit);
        return Array.from(actions, (bit) => bit * share);
      });
      return { probabilities: Float32Array.from(rows.flat()) };
    },
    probabilities: (_, { probabilities }) => probabilities,
  };
}
