// Networks for tests of files that other programs read: small ones of every kind, with values as if they had been
// trained, and the logits that they have here.
import type { GpuEngine } from '../../runtime/engine/gpu_engine.ts';
import type { Genotype } from '../../src/arch/genotype.ts';
import type { Primitive } from '../../src/arch/primitives.ts';
import { requireCell } from '../../src/arch/zoo/find_cell.ts';
import { directAllocator } from '../../src/core/allocator.ts';
import { createRng } from '../../src/core/rng.ts';
import { Tape } from '../../src/core/tape.ts';
import { numel } from '../../src/core/tensor.ts';
import { download, upload } from '../../src/core/transfer.ts';
import type { TensorData } from '../../src/io/safetensors.ts';
import { inputOf } from '../../src/fit/network.ts';
import { buildNetwork } from '../../src/networks/build_network.ts';
import { buildHandCrafted } from '../../src/networks/hand_crafted/hand_crafted.ts';
import type { LayerPlan, NetworkPlan } from '../../src/networks/hand_crafted/plan.ts';
import { blueprintOf, requirePlan } from '../../src/networks/registry.ts';
import type { SettingName } from '../../src/networks/macro_setting.ts';
import type { Network } from '../../src/nn/network.ts';
import { importParameters } from '../../src/nn/weight_files.ts';
import { normal } from './op_inputs.ts';

export const CLASSES = 5;

/** The network of a cell, three cells deep: a normal one and two that reduce. */
export const smallCellNetwork = (
  genotype: Genotype,
  imageSize = 8,
  setting: SettingName = 'cifar10',
): Network =>
  buildNetwork(blueprintOf(genotype, setting), { channels: 4, layers: 3, classes: CLASSES, imageSize });

/** A cell that has the operation on edges of both strides, and a node of nothing but zeros. */
export function cellOf(op: Primitive): Genotype {
  const cell = [[op, 0, 2], ['skip_connect', 1, 2], [op, 2, 3], [op, 1, 3], ['null', 0, 4], ['null', 1, 4]] as const; // prettier-ignore
  return { name: op, normal: cell, normalConcat: [2, 3, 4], reduce: cell, reduceConcat: [2, 3, 4] };
}

/** A hand-crafted network, as deep as it is and eight times narrower. */
export function narrowNetwork(name: string, setting: SettingName, imageSize: number): Network {
  const plan = requirePlan(name, setting);
  const own = requireCell(plan.cell);
  const narrow = (layer: LayerPlan): LayerPlan =>
    layer.op === 'conv' && layer.channels !== 'same' ? { ...layer, channels: layer.channels / 8 } : layer;
  const small: NetworkPlan = {
    ...plan,
    stem: plan.stem.map(narrow),
    tail: plan.tail.map(narrow),
    blocks: plan.blocks.map((block) => ({
      ...block,
      operations: block.operations.map((layers) => layers.map(narrow)),
    })),
    head: { ...plan.head, hidden: plan.head.hidden.map((size) => size / 8) },
  };
  return buildHandCrafted(small, { own, genotype: own, classes: CLASSES, imageSize });
}

/** Values as if it had been trained: no batch norm is the identity, and some of its scales are negative. */
export function trainedTensors({ weights, statistics }: Network, seed: number): Record<string, TensorData> {
  const rng = createRng(seed, 7);
  const parts = [...weights.parameters, ...statistics.parameters].flatMap(({ parts: own }) => own);
  return Object.fromEntries(
    parts.map(({ name, shape }) => {
      const data = Float32Array.from({ length: numel(shape) }, () => normal(rng));
      const fanIn = numel(shape.slice(1));
      const isScale = shape.length === 1 && name.endsWith('weight');
      data.forEach((value, i) => {
        if (name.endsWith('running_var')) data[i] = 0.5 + value ** 2;
        else if (isScale) data[i] = 1 + 0.5 * value;
        else if (shape.length === 1) data[i] = 0.3 * value;
        else data[i] = value / Math.sqrt(fanIn);
      });
      return [name, { dtype: 'F32', shape, data }];
    }),
  );
}

/** Images (batch,C,H,W) of random pixels. */
export const randomImages = (network: Network, batch: number, seed: number): Float32Array<ArrayBuffer> => {
  const rng = createRng(seed, 8);
  return Float32Array.from({ length: batch * numel(inputOf(network)) }, () => normal(rng));
};

/** The network's logits for some images, computed by the engine. */
export async function logitsOf(
  engine: GpuEngine,
  network: Network,
  tensors: Readonly<Record<string, TensorData>>,
  images: Float32Array<ArrayBuffer>,
): Promise<Float32Array> {
  const { weights, statistics } = network;
  for (const store of [weights, statistics]) {
    store.allocate(engine);
    importParameters(engine, store, tensors, 'test');
  }
  const allocator = directAllocator(engine);
  const tape = new Tape({
    engine,
    activations: allocator,
    scratch: allocator,
    training: false,
    batchStatistics: false,
  });
  const shape = [images.length / numel(inputOf(network)), ...inputOf(network)];
  const { logits } = network.forward(tape, upload(engine, 'images', shape, images));
  engine.submit(tape.take());
  const [values] = await download(engine, logits);
  return values as Float32Array;
}
