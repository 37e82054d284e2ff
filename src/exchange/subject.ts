// What is exported: a network and the values of its parameters, from a training's run folder or from a weight file.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { formatOf } from '../data/dataset_record.ts';
import { parseSafetensors, type Tensors } from '../io/safetensors.ts';
import { readUserBytes } from '../io/user_file.ts';
import type { Blueprint } from '../networks/registry.ts';
import { initialValues } from '../nn/initialise.ts';
import type { Network } from '../nn/network.ts';
import { readTrainedNetwork } from '../train/evaluate_run.ts';
import { networkBuilder } from '../train/network.ts';
import { importOnnx } from './onnx/import_onnx.ts';
import { fromTorch } from './torch/weights.ts';

/** A network with the values of its parameters. */
export interface Subject {
  readonly blueprint: Blueprint;
  readonly network: Network;
  /** Weights and running statistics under our names. */
  readonly tensors: Tensors;
}

/** The network of a training's run folder. Throws UserError where `dir` holds no such thing. */
export async function subjectOfRun(files: Files, dir: string, which: 'last' | 'best'): Promise<Subject> {
  const { config, blueprint, tensors, file } = await readTrainedNetwork(files, dir, which);
  const classes = tensors['classifier.bias']?.shape[0];
  if (classes === undefined) throw new UserError(`${file}: there is no tensor 'classifier.bias'`);
  const format = { ...formatOf(config), classes };
  return { blueprint, network: networkBuilder(blueprint, config, format)(), tensors };
}

/** The values that a training with this seed would begin with. */
export const initialTensors = async (
  device: Device,
  { weights, statistics }: Network,
  seed: number,
): Promise<Tensors> => ({
  ...(await initialValues(device, weights, seed, 0)),
  ...(await initialValues(device, statistics, seed, 1)),
});

/** Reads a weight file, safetensors or an ONNX model (.onnx), into a network's names. Throws UserError naming what does not fit. */
export async function readWeights(
  files: Files,
  path: string,
  blueprint: Blueprint,
  network: Network,
): Promise<Tensors> {
  const bytes = await readUserBytes(files, path);
  if (/\.onnx$/i.test(path)) return importOnnx(network, bytes, path);
  return fromTorch(blueprint, network, parseSafetensors(bytes, path).tensors, path);
}
