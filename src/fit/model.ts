/// <reference lib="esnext.disposable" preserve="true" />
// A network whose weights lie on a device: what fit leaves behind, and what is evaluated, saved and loaded.
import type { Device } from '../../runtime/engine/engine.ts';
import { memoryScope } from '../../runtime/engine/memory_scope.ts';
import { UserError } from '../../runtime/errors.ts';
import { checkNormalisation, type Normalisation } from '../data/dataset.ts';
import { parseJsonObject } from '../io/json.ts';
import { parseSafetensors, serializeSafetensors } from '../io/safetensors.ts';
import { runSteps, commandsOnly } from '../core/step.ts';
import { recordInitialisation } from '../nn/initialise.ts';
import type { Network } from '../nn/network.ts';
import { exportParameters, importParameters } from '../nn/weight_files.ts';
import { defaultNormalisation, type ImageFormat } from './images.ts';
import { inputOf, type NetworkBuilder } from './network.ts';
import type { InferenceProgram } from './inference.ts';

/** A network, and what its weights begin with. */
export interface ModelOptions {
  readonly engine: Device;
  readonly network: NetworkBuilder;
  /** A safetensors file of saveModel; initial weights, which follow from `seed`, unless given. */
  readonly weights?: Uint8Array<ArrayBuffer>;
  /** An integer of 0 or more; 0 unless given. */
  readonly seed?: number;
  /**
   * Mean and deviation of every channel, pixels scaled to 0..1, by which bytes are normalised: those of `weights`, or
   * 0.5 and 0.5, unless given.
   */
  readonly normalisation?: Normalisation;
}

/** A network with its weights on a device: what `fit` leaves, and what is evaluated, saved and loaded. */
export interface Model {
  /** On which its memory is made, and nothing else. */
  readonly engine: Device;
  readonly network: Network;
  readonly format: ImageFormat;
  /** What evaluates batches of a size; recorded once for each. */
  readonly inference: Map<number, Promise<InferenceProgram>>;
  /** Gives its memory back; the engine that it was opened on goes on. */
  destroy(): void;
  /** The same as `destroy`, for `using model = openModel(...)`. */
  [Symbol.dispose](): void;
}

/** The metadata of a saved model that tells how bytes are normalised. */
const NORMALISATION = 'normalisation';

/**
 * Makes the memory of a network and fills it. Throws UserError where the weights are not those of the network, or the
 * normalisation not one of its images.
 */
export function openModel({ network: build, weights: file, seed = 0, ...rest }: ModelOptions): Model {
  const network = build();
  const { weights, statistics, classes } = network;
  const shape = inputOf(network);
  const saved = file ? parseSafetensors(file, 'weights') : null;
  const normalisation =
    rest.normalisation ?? (saved && savedNormalisation(saved.metadata)) ?? defaultNormalisation(shape);
  checkNormalisation(normalisation, shape[0]);
  const engine = memoryScope(rest.engine);
  const destroy = (): void => engine.destroy();
  try {
    for (const [i, store] of [weights, statistics].entries()) {
      store.allocate(engine);
      if (saved) importParameters(engine, store, saved.tensors, 'weights');
      else runSteps(engine, commandsOnly(recordInitialisation(engine, store, seed, i)));
    }
  } catch (error) {
    destroy();
    throw error;
  }
  const format = { shape, classes, normalisation };
  return { engine, network, format, inference: new Map(), destroy, [Symbol.dispose]: destroy };
}

/** How bytes were normalised for saved weights; null where the file does not say. */
function savedNormalisation(metadata: Readonly<Record<string, string>>): Normalisation | null {
  const text = metadata[NORMALISATION];
  if (text === undefined) return null;
  const { mean, deviation } = parseJsonObject(text, `weights: metadata '${NORMALISATION}'`);
  const numbers = (list: unknown): list is number[] => Array.isArray(list) && list.every(Number.isFinite);
  if (!numbers(mean) || !numbers(deviation)) {
    throw new UserError(
      `weights: metadata '${NORMALISATION}': expected lists 'mean' and 'deviation', got ${text}`,
    );
  }
  return { mean, deviation };
}

/**
 * The bytes of a safetensors file with all weights and running statistics, and how bytes are normalised. Rejects with
 * UserError where the network has no parameters.
 */
export async function saveModel({ engine, network, format }: Model): Promise<Uint8Array<ArrayBuffer>> {
  const { weights, statistics } = network;
  if (weights.parameters.length === 0) throw new UserError('save: the network has no weights');
  const tensors = {
    ...(await exportParameters(engine, weights)),
    ...(statistics.parameters.length > 0 ? await exportParameters(engine, statistics) : {}),
  };
  return serializeSafetensors(tensors, { [NORMALISATION]: JSON.stringify(format.normalisation) });
}
