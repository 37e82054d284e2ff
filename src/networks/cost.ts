// What a network costs: its parameters and the multiply-adds of one image, counted on the very network that would
// be built and recorded, by recording it on an engine that only counts.
import type { Engine } from '../../runtime/engine/engine.ts';
import { PlanEngine } from '../../runtime/engine/plan_engine.ts';
import { directAllocator } from '../core/allocator.ts';
import type { Network } from '../nn/network.ts';
import { Tape } from '../core/tape.ts';
import { tensorAt } from '../core/tensor.ts';
import { buildCellNetwork } from './cell_network.ts';
import type { Genotype } from '../arch/genotype.ts';

export interface Cost {
  /** Learned scalars: weights, batch norm scales and shifts, biases. */
  readonly params: number;
  /** Multiply-adds of convolutions and fully connected layers for one image. */
  readonly madds: number;
}

export interface NetworkCost extends Cost {
  /** The part of `madds` that fully connected layers do; some published figures leave it out. */
  readonly linearMadds: number;
}

/** The CIFAR-10 network of the paper's Table 2: 36 channels, 20 cells. */
export const CIFAR10_NETWORK = { channels: 36, layers: 20, classes: 10, imageSize: 32 } as const;

/** Counts a network as it is evaluated; its parameters get memory on the counting engine, which is none. */
export function networkCost({ weights, statistics, imageSize, forward }: Network): NetworkCost {
  const plan = new PlanEngine('null');
  const madds = { convolutions: 0, linear: 0 };
  const engine: Engine = {
    kind: plan.kind,
    limits: plan.limits,
    createBuffer: (label, bytes) => plan.createBuffer(label, bytes),
    record(call) {
      madds[call.kernel === 'matmul' ? 'linear' : 'convolutions'] += call.madds ?? 0;
      return plan.record(call);
    },
    recordClear: (region) => plan.recordClear(region),
  };
  weights.allocate(engine);
  statistics.allocate(engine);
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator, training: false });
  const images = engine.createBuffer('images', 4 * 3 * imageSize * imageSize);
  forward(tape, tensorAt(images, 0, [1, 3, imageSize, imageSize]));
  return {
    params: weights.count,
    madds: madds.convolutions + madds.linear,
    linearMadds: madds.linear,
  };
}

/** Counts a cell network without its auxiliary head, as the paper does. */
export function cellNetworkCost(genotype: Genotype, setting: typeof CIFAR10_NETWORK = CIFAR10_NETWORK): Cost {
  const { params, madds } = networkCost(buildCellNetwork({ genotype, ...setting, auxiliary: false }));
  return { params, madds };
}
