// The usual CIFAR-10 code has another order of channels in its ResNets: where a stage doubles them, its shortcut without
// weights puts new zeros on both sides of the old channels (F.pad(..., (0, 0, 0, 0, C / 2, C / 2)), C the old ones), ours
// puts them behind. The same function with the channels of what the shortcuts connect in another order.
import type { TensorData } from '../../io/safetensors.ts';

const STAGES = 3;

/** Where, in their order, each of our channels stands in a stage. @param channels of that stage */
function placesOf(stage: number, channels: number): number[] {
  if (stage === 0) return Array.from({ length: channels }, (_, i) => i);
  const old = placesOf(stage - 1, channels / 2).map((place) => place + channels / 4);
  const taken = new Set(old);
  const free = Array.from({ length: channels }, (_, i) => i).filter((place) => !taken.has(place));
  return [...old, ...free];
}

/** The stages whose channels a layer takes and gives, as far as shortcuts connect them; by their name of the layer. */
function stagesOf(layer: string): { readonly inputs: number | null; readonly outputs: number | null } {
  if (layer === 'linear') return { inputs: STAGES - 1, outputs: null };
  const [, number, block, part] = /^layer(\d)\.(\d+)\.(conv1|conv2|bn2)$/.exec(layer) ?? [];
  if (part === undefined) return { inputs: null, outputs: null };
  const stage = Number(number) - 1;
  if (part !== 'conv1') return { inputs: null, outputs: stage };
  return { inputs: block === '0' ? Math.max(0, stage - 1) : stage, outputs: null };
}

/**
 * A parameter of a CIFAR-10 ResNet with its channels in their order, or with `back` in ours again.
 * @param name theirs
 */
export function inResidualOrder(name: string, tensor: TensorData, back: boolean): TensorData {
  const { inputs, outputs } = stagesOf(name.slice(0, name.lastIndexOf('.')));
  const ofBias = tensor.shape.length === 1;
  const axis = outputs !== null ? 0 : 1;
  const stage = outputs ?? (ofBias ? null : inputs);
  if (stage === null || tensor.dtype !== 'F32') return tensor;
  const { shape, data } = tensor;
  const places = placesOf(stage, shape[axis]!);
  const size = shape.slice(axis + 1).reduce((product, extent) => product * extent, 1);
  const moved = new Float32Array(data.length);
  for (let row = 0; row < data.length; row += size * places.length) {
    places.forEach((theirs, ours) => {
      const [from, to] = back ? [theirs, ours] : [ours, theirs];
      moved.set(data.subarray(row + from * size, row + (from + 1) * size), row + to * size);
    });
  }
  return { dtype: 'F32', shape, data: moved };
}
