// Weights as PyTorch programs hold them, both ways: a state_dict in a safetensors file.
import { UserError } from '../../../runtime/errors.ts';
import { numel, type Shape, showShape } from '../../core/tensor.ts';
import type { TensorData, Tensors } from '../../io/safetensors.ts';
import type { Blueprint } from '../../networks/registry.ts';
import type { Network } from '../../nn/network.ts';
import { hasIdleBias, hasResidualOrder, type LayerNames, torchNames } from './names.ts';
import { inResidualOrder } from './residual_order.ts';

/** A parameter of the network under the name of a weight file. */
interface Place {
  readonly name: string;
  readonly shape: Shape;
}

const placesOf = ({ weights, statistics }: Network): Place[] =>
  [...weights.parameters, ...statistics.parameters].flatMap(({ parts }) => parts);

/** Their names of our parameters; the same name where nobody has another. */
function renaming(names: readonly LayerNames[]): (name: string) => string {
  const theirs = new Map(names.map((layer) => [layer.ours, layer.theirs]));
  return (name) => {
    const dot = name.lastIndexOf('.');
    return (theirs.get(name.slice(0, dot)) ?? name.slice(0, dot)) + name.slice(dot);
  };
}

/** Convolutions that have a bias in their code, each with the batch norm behind it. */
function biased(blueprint: Blueprint, names: readonly LayerNames[]): { bias: string; mean: string }[] {
  if (!hasIdleBias(blueprint)) return [];
  return names.flatMap(({ theirs, kind }, i) =>
    kind === 'conv' ? [{ bias: `${theirs}.bias`, mean: `${names[i + 1]!.ours}.running_mean` }] : [],
  );
}

/**
 * Weights and running statistics under the names that PyTorch's users know them by (names.ts), ready for
 * `load_state_dict`. Throws UserError where one is missing.
 */
export function toTorch(blueprint: Blueprint, network: Network, tensors: Tensors): Tensors {
  const names = torchNames(blueprint, network) ?? [];
  const rename = renaming(names);
  const reordered = names.length > 0 && hasResidualOrder(blueprint);
  const renamed = placesOf(network).map(({ name, shape }): [string, TensorData] => {
    const [theirs, tensor] = [rename(name), requireTensor(tensors, name, shape, blueprint.name)];
    return [theirs, reordered ? inResidualOrder(theirs, tensor, false) : tensor];
  });
  const biases = biased(blueprint, names).map(({ bias, mean }): [string, TensorData] => {
    const { shape } = tensors[mean]!;
    return [bias, { dtype: 'F32', shape, data: new Float32Array(numel(shape)) }];
  });
  return Object.fromEntries([...renamed, ...biases]);
}

/**
 * Weights under our names from a state_dict under ours or theirs. What a network has no use for is refused, except
 * an auxiliary head, and counts of batches.
 * @param label names the file in errors. Throws UserError, with tensor, shape and expected shape, for what does not fit
 */
export function fromTorch(blueprint: Blueprint, network: Network, given: Tensors, label: string): Tensors {
  const file = withoutWrapper(given);
  const places = placesOf(network);
  const names = torchNames(blueprint, network);
  const theirs = names !== null && `${names[0]!.theirs}.weight` in file;
  const rename = theirs ? renaming(names) : (name: string): string => name;
  const folded = theirs ? biased(blueprint, names) : [];
  const tensors: Record<string, TensorData> = {};
  for (const { name, shape } of places) {
    const tensor = requireTensor(file, rename(name), shape, label);
    const reordered = theirs && hasResidualOrder(blueprint);
    tensors[name] = reordered ? inResidualOrder(rename(name), tensor, true) : tensor;
  }
  for (const { bias, mean } of folded) {
    const before = tensors[mean]!;
    const shift = requireTensor(file, bias, before.shape, label).data as Float32Array;
    // the batch norm of x + b with mean m is that of x with mean m - b
    const data = (before.data as Float32Array).map((value, i) => value - shift[i]!);
    tensors[mean] = { dtype: 'F32', shape: before.shape, data };
  }
  const known = new Set([...places.map(({ name }) => rename(name)), ...folded.map(({ bias }) => bias)]);
  const surplus = Object.keys(file).find((name) => !known.has(name) && !IGNORED.test(name));
  if (surplus !== undefined) {
    throw new UserError(
      `${label}: tensor '${surplus}' ${showShape(file[surplus]!.shape)} has no place in ${blueprint.name}; ` +
        'expected a file of the same network',
    );
  }
  return tensors;
}

const IGNORED = /^auxiliary_head\.|\.num_batches_tracked$/;

/** Without the 'module.' that torch.nn.DataParallel puts in front of every name. */
const withoutWrapper = (tensors: Tensors): Tensors =>
  Object.keys(tensors).every((name) => name.startsWith('module.'))
    ? Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name.slice(7), tensor]))
    : tensors;

function requireTensor(tensors: Tensors, name: string, shape: Shape, label: string): TensorData {
  const found = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
  if (!found) throw new UserError(`${label}: there is no tensor '${name}'; expected ${showShape(shape)}`);
  if (found.dtype !== 'F32' || showShape(found.shape) !== showShape(shape)) {
    throw new UserError(
      `${label}: tensor '${name}' is ${found.dtype} ${showShape(found.shape)}, expected F32 ${showShape(shape)}`,
    );
  }
  return found;
}
