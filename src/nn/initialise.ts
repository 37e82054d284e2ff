// The values that parameters begin with, made on the GPU: one random stream, one stretch of it for each parameter.
import type { Command, Engine } from '../../runtime/engine/engine.ts';
import { type Distribution, randomWords, recordRandom } from '../ops/random.ts';
import { STREAM } from '../core/rng.ts';
import { numel } from '../core/tensor.ts';
import type { Init, ParameterStore } from './parameters.ts';

/** Random words set aside for each store. */
const WORDS_PER_STORE = 2 ** 36;

const distributionOf = (init: Init): Distribution => {
  switch (init.kind) {
    case 'uniform':
      return { kind: 'uniform', low: -init.bound, high: init.bound };
    case 'normal':
      return { kind: 'normal', mean: 0, std: init.std };
    case 'constant':
      return { kind: 'uniform', low: init.value, high: init.value };
    default:
      return init satisfies never;
  }
};

/**
 * Records filling every parameter of a store with its initial values.
 * @param store a number of its own for each store that shares a seed, from 0
 */
export function recordInitialisation(
  engine: Engine,
  { parameters }: ParameterStore,
  seed: number,
  store: number,
): Command[] {
  let position = store * WORDS_PER_STORE;
  return parameters.map(({ tensor, init, shape }) => {
    const command = recordRandom(engine, tensor, distributionOf(init), {
      seed,
      stream: STREAM.init,
      position,
    });
    position += randomWords(numel(shape));
    return command;
  });
}
