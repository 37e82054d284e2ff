// What a training step drops at random: paths of cells, features before a linear layer. The factors are drawn on
// the GPU at the beginning of a step, from streams that follow from the step's number.
import type { Command, Device, Engine } from '../../runtime/engine/engine.ts';
import { PlanEngine } from '../../runtime/engine/plan_engine.ts';
import { directAllocator } from '../core/allocator.ts';
import type { Network, TrainingContext } from '../nn/network.ts';
import { dropPath, type DropPathFactors, recordDropPathFactors } from '../ops/elementwise/drop_path.ts';
import { STREAM } from '../core/rng.ts';
import { Tape } from '../core/tape.ts';
import { numel, tensorAt } from '../core/tensor.ts';
import type { TrainConfig } from './config.ts';

export interface Regularisation {
  /** For the recording of the forward pass. */
  readonly context: TrainingContext;
  /** Draw the factors of a step; to be taken after the forward pass was recorded. */
  commands(): Command[];
  /** Says with which probability paths are kept, and which step comes, counted from 0 over the whole run. */
  write(engine: Device, keep: number, step: number): void;
}

/** Streams of dropout layers lie this far apart, clear of those of other purposes. */
const STREAMS_PER_LAYER = 256;

/**
 * @param paths droppable paths of the network, 0 where none is to be dropped
 */
export function recordRegularisation(
  engine: Engine,
  paths: number,
  { seed, batch }: Pick<TrainConfig, 'seed' | 'batch'>,
): Regularisation {
  const pathFactors = paths > 0 ? recordDropPathFactors(engine, paths, batch, seed) : null;
  const layers: { readonly factors: DropPathFactors; readonly keep: number }[] = [];
  let row = 0;
  const context: TrainingContext = {
    ...(pathFactors && {
      dropPath: (tape, x) => tape.apply(dropPath, { x, factors: pathFactors.factors }, { row: row++ }),
    }),
    dropout(tape, x, probability) {
      const n = numel(x.shape);
      const stream = STREAM.dropout + STREAMS_PER_LAYER * layers.length;
      const factors = recordDropPathFactors(engine, 1, n, seed, stream);
      layers.push({ factors, keep: 1 - probability });
      // every feature is a path of its own
      const single = tape.reshape(x, [n, 1]);
      return tape.reshape(tape.apply(dropPath, { x: single, factors: factors.factors }, { row: 0 }), x.shape);
    },
  };
  return {
    context,
    commands: () => [...(pathFactors?.commands ?? []), ...layers.flatMap(({ factors }) => factors.commands)],
    write(gpu, keep, step) {
      pathFactors?.write(gpu, keep, step);
      for (const layer of layers) layer.factors.write(gpu, layer.keep, step);
    },
  };
}

/** How many paths of a network can be dropped. */
export function countPaths(network: Network): number {
  const engine = new PlanEngine('null');
  network.weights.allocate(engine);
  network.statistics.allocate(engine);
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator, training: false });
  const shape = [1, 3, network.imageSize, network.imageSize];
  let paths = 0;
  const dropPath = (_: Tape, x: Parameters<NonNullable<TrainingContext['dropPath']>>[1]) => {
    paths++;
    return x;
  };
  network.forward(tape, tensorAt(engine.createBuffer('images', 4 * numel(shape)), 0, shape), { dropPath });
  return paths;
}
