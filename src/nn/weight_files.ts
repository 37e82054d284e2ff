// Parameters to and from named host tensors, under the reference's names.
import type { Reader, Runner } from '../../runtime/engine/engine.ts';
import { UserError } from '../../runtime/errors.ts';
import type { TensorData } from '../io/safetensors.ts';
import { numel, showShape } from '../core/tensor.ts';
import { readInPieces } from '../core/transfer.ts';
import type { ParameterStore } from './parameters.ts';

/** Reads parameters (or their gradients) back, split into their named parts. */
export async function exportParameters(
  engine: Reader,
  store: ParameterStore,
  which: 'values' | 'grads' = 'values',
): Promise<Record<string, TensorData>> {
  const region = which === 'values' ? store.values : store.grads;
  if (!region) throw new UserError(`${store.label}: they are not trainable, so they have no gradients`);
  const { buffer } = await readInPieces(engine, region);
  const tensors: Record<string, TensorData> = {};
  for (const { tensor, parts } of store.parameters) {
    let at = tensor.offset;
    for (const { name, shape } of parts) {
      const count = numel(shape);
      tensors[name] = {
        dtype: 'F32',
        shape,
        data: new Float32Array(buffer.slice(at, at + 4 * count)),
      };
      at += 4 * count;
    }
  }
  return tensors;
}

/**
 * The tensors that parameters are made of, by name and in their order; tensors of other names are ignored.
 * @param source what the tensors are from, for errors
 * Throws UserError where one is missing, has another shape, or has values that are not finite.
 */
export function matchParameters(
  store: ParameterStore,
  tensors: Readonly<Record<string, TensorData>>,
  source: string,
): Record<string, TensorData> {
  const matched: Record<string, TensorData> = {};
  for (const { name, shape } of store.parameters.flatMap(({ parts }) => parts)) {
    const found = tensors[name];
    if (!found) throw new UserError(`${source}: there is no tensor '${name}'; expected ${showShape(shape)}`);
    if (found.dtype !== 'F32' || showShape(found.shape) !== showShape(shape)) {
      throw new UserError(
        `${source}: tensor '${name}' is ${found.dtype} ${showShape(found.shape)}, expected F32 ${showShape(shape)}`,
      );
    }
    const wrong = (found.data as Float32Array).findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new UserError(
        `${source}: tensor '${name}': element ${wrong} is ${found.data[wrong]}, expected finite numbers`,
      );
    }
    matched[name] = found;
  }
  return matched;
}

/** Writes named host tensors into the parameters. Throws UserError as matchParameters does. */
export function importParameters(
  engine: Runner,
  store: ParameterStore,
  tensors: Readonly<Record<string, TensorData>>,
  source: string,
): void {
  const matched = matchParameters(store, tensors, source);
  for (const { tensor, parts } of store.parameters) {
    const data = new Float32Array(numel(tensor.shape));
    let at = 0;
    for (const { name } of parts) {
      const values = matched[name]!.data as Float32Array;
      data.set(values, at);
      at += values.length;
    }
    engine.write(tensor, data);
  }
}
