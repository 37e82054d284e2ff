// What a network costs: its parameters and the multiply-adds of one image, counted on the very network that would
// be built and recorded, by recording it on an engine that only counts.
import { PlanEngine } from '../../runtime/plan_engine.ts';
import { directAllocator } from '../allocator.ts';
import { Tape } from '../tape.ts';
import { tensorAt } from '../tensor.ts';
import { buildCellNetwork } from './cell_network.ts';
import type { Genotype } from './genotype.ts';

export interface Cost {
  /** Learned scalars: weights, batch norm scales and shifts, biases. */
  readonly params: number;
  /** Multiply-adds of convolutions and the classifier for one image. */
  readonly madds: number;
}

/** The CIFAR-10 network of the paper's Table 2: 36 channels, 20 cells. */
export const CIFAR10_NETWORK = { channels: 36, layers: 20, classes: 10, imageSize: 32 } as const;

/** Counts a cell network, without auxiliary head (REFERENCE: "counted without the auxiliary head"). */
export function cellNetworkCost(genotype: Genotype, setting: typeof CIFAR10_NETWORK = CIFAR10_NETWORK): Cost {
  const engine = new PlanEngine('null');
  const network = buildCellNetwork({ genotype, ...setting, auxiliary: false });
  network.weights.allocate(engine);
  network.statistics.allocate(engine);
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator, training: false });
  const shape = [1, 3, setting.imageSize, setting.imageSize];
  network.forward(tape, tensorAt(engine.createBuffer('images', 4 * 3 * setting.imageSize ** 2), 0, shape));
  return { params: network.weights.count, madds: engine.madds };
}
