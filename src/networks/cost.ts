// What a network costs: its parameters and the multiply-adds of one image, counted on the very network that would
// be built and recorded, by recording it on an engine that only counts.
import { createTensor, directAllocator } from '../core/allocator.ts';
import { ANY_ADAPTER, type Plan, planRecording } from '../core/plan.ts';
import type { Network, NetworkOutput, TrainingContext } from '../nn/network.ts';
import { Tape } from '../core/tape.ts';
import { buildCellNetwork } from './cell_network.ts';
import type { Genotype } from '../arch/genotype.ts';

/** What an architecture costs. */
export interface Cost {
  /** Learned scalars: weights, batch norm scales and shifts, biases. */
  readonly params: number;
  /** Multiply-adds of convolutions and fully connected layers for one image. */
  readonly madds: number;
}

/** What a network costs, with the part of its fully connected layers. */
export interface NetworkCost extends Cost {
  /** The part of `madds` that fully connected layers do; some published figures leave it out. */
  readonly linearMadds: number;
}

/** The CIFAR-10 network of the paper's Table 2: 36 channels, 20 cells. */
export const CIFAR10_NETWORK = { channels: 36, layers: 20, classes: 10, imageSize: 32 } as const;

/**
 * Plans the forward pass of a network, without a device.
 * @param batch images
 * @param context what a training step does to the network besides
 */
export const planForward = (
  { weights, statistics, imageChannels, imageSize, forward }: Network,
  { batch = 1, context }: { readonly batch?: number; readonly context?: TrainingContext } = {},
): Plan<NetworkOutput> =>
  planRecording(ANY_ADAPTER, (engine) => {
    weights.allocate(engine);
    statistics.allocate(engine);
    const allocator = directAllocator(engine);
    const tape = new Tape({ engine, activations: allocator, scratch: allocator, training: false });
    return forward(
      tape,
      createTensor(engine, 'images', [batch, imageChannels, imageSize, imageSize]),
      context,
    );
  });

/** Counts a network as it is evaluated. */
export function networkCost(network: Network): NetworkCost {
  const { madds } = planForward(network);
  return { params: network.weights.count, madds: madds.all, linearMadds: madds.linear };
}

/** Counts a cell network without its auxiliary head, as the paper does. */
export function cellNetworkCost(genotype: Genotype, setting: typeof CIFAR10_NETWORK = CIFAR10_NETWORK): Cost {
  const { params, madds } = networkCost(buildCellNetwork({ genotype, ...setting, auxiliary: false }));
  return { params, madds };
}
