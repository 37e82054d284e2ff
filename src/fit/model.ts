/// <reference lib="esnext.disposable" preserve="true" />
// A network whose weights lie on a device: what fit leaves behind, and what is evaluated, saved and loaded.
import type { Device } from '../../runtime/engine/engine.ts';
import { memoryScope } from '../../runtime/engine/memory_scope.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Normalisation } from '../data/dataset.ts';
import { parseSafetensors, serializeSafetensors } from '../io/safetensors.ts';
import { runSteps, commandsOnly } from '../core/step.ts';
import { recordInitialisation } from '../nn/initialise.ts';
import type { Network } from '../nn/network.ts';
import { exportParameters, importParameters } from '../nn/weight_files.ts';
import { checkNormalisation, defaultNormalisation, type ImageFormat } from './images.ts';
import { inputOf, type NetworkBuilder } from './network.ts';
import type { InferenceProgram } from './inference.ts';

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

/** Makes the memory of a network and fills it. Throws UserError where the weights are not those of the network. */
export function openModel({ network: build, weights: file, seed = 0, ...rest }: ModelOptions): Model {
  const engine = memoryScope(rest.engine);
  const network = build();
  const { weights, statistics, classes } = network;
  weights.allocate(engine);
  statistics.allocate(engine);
  const shape = inputOf(network);
  if (rest.normalisation) checkNormalisation(rest.normalisation, shape);
  let normalisation = rest.normalisation ?? defaultNormalisation(shape);
  if (file) {
    const { tensors, metadata } = parseSafetensors(file, 'weights');
    for (const store of [weights, statistics]) importParameters(engine, store, tensors, 'weights');
    const saved = metadata[NORMALISATION];
    if (saved !== undefined && !rest.normalisation) normalisation = JSON.parse(saved) as Normalisation;
  } else {
    const commands = [weights, statistics].map((store, i) => recordInitialisation(engine, store, seed, i));
    runSteps(engine, commandsOnly(...commands));
  }
  const destroy = (): void => engine.destroy();
  const format = { shape, classes, normalisation };
  return { engine, network, format, inference: new Map(), destroy, [Symbol.dispose]: destroy };
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
