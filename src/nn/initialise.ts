// The values that parameters begin with, made on the GPU: one random stream, one stretch of it for each parameter.
import type { Command, Device, Engine } from '../../runtime/engine/engine.ts';
import { createTensor } from '../core/allocator.ts';
import { planRecording } from '../core/plan.ts';
import { type Distribution, randomWords, recordRandom } from '../ops/random.ts';
import { STREAM } from '../core/rng.ts';
import { numel } from '../core/tensor.ts';
import { download } from '../core/transfer.ts';
import type { TensorData } from '../io/safetensors.ts';
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

/** Elements that are made at a time where the values leave the GPU: a part of what any adapter takes. */
const PIECE = 2 ** 22;

/**
 * The values that `recordInitialisation` gives to the parameters, by the names of their parts. The store needs no memory,
 * so a network may be larger than the adapter takes.
 */
export async function initialValues(
  device: Device,
  { parameters }: ParameterStore,
  seed: number,
  store: number,
): Promise<Record<string, TensorData>> {
  const tensors: Record<string, TensorData> = {};
  let position = store * WORDS_PER_STORE;
  for (const { init, shape, parts } of parameters) {
    const count = numel(shape);
    const values = new Float32Array(count);
    for (let begin = 0; begin < count; begin += PIECE) {
      const plan = planRecording(device, (engine) => {
        const piece = createTensor(engine, 'initial values', [Math.min(PIECE, count - begin)]);
        const from = { seed, stream: STREAM.init, position: position + begin };
        return { piece, command: recordRandom(engine, piece, distributionOf(init), from) };
      });
      const { piece, command } = await plan.record(device);
      device.submit([command]);
      const [made] = await download(device, piece);
      values.set(made as Float32Array, begin);
    }
    let at = 0;
    for (const part of parts) {
      const data = values.slice(at, (at += numel(part.shape)));
      tensors[part.name] = { dtype: 'F32', shape: part.shape, data };
    }
    position += randomWords(count);
  }
  return tensors;
}
