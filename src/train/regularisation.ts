// What a training step drops at random: paths of cells, features before a linear layer. All is drawn on the GPU, from
// streams that follow from the step's number.
import type { Engine } from '../../runtime/engine/engine.ts';
import { createTensor } from '../core/allocator.ts';
import { inOrder, type Step, writesOnly } from '../core/step.ts';
import { planForward } from '../networks/cost.ts';
import type { Network, TrainingContext } from '../nn/network.ts';
import { dropout } from '../ops/elementwise/dropout.ts';
import { dropPath, recordDropPathFactors } from '../ops/elementwise/drop_path.ts';
import { STREAM } from '../core/rng.ts';
import type { Tensor } from '../core/tensor.ts';
import type { TrainConfig } from './config.ts';

export interface Regularisation {
  /** For the recording of the forward pass. */
  readonly context: TrainingContext;
  /**
   * Draws the factors of a step, counted from 0 over the whole run, for everything that was recorded with `context`.
   * @param keep probability of keeping a path
   */
  draw(keep: number, step: number): Step;
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
  let dropoutStep: Tensor | null = null;
  let layers = 0;
  let row = 0;
  const context: TrainingContext = {
    ...(pathFactors && {
      dropPath: (tape, x) => tape.apply(dropPath, { x, factors: pathFactors.factors }, { row: row++ }),
    }),
    dropout(tape, x, probability) {
      const step = (dropoutStep ??= createTensor(engine, 'dropout step', [1], 'u32'));
      const stream = STREAM.dropout + STREAMS_PER_LAYER * layers++;
      return tape.apply(dropout, { x, step }, { probability, seed, stream });
    },
  };
  return {
    context,
    draw: (keep, step) =>
      inOrder(
        ...(pathFactors ? [pathFactors.draw(keep, step)] : []),
        ...(dropoutStep ? [writesOnly({ region: dropoutStep, data: Uint32Array.of(step) })] : []),
      ),
  };
}

/** How many paths of a network can be dropped. */
export function countPaths(network: Network): number {
  let paths = 0;
  const dropPath: TrainingContext['dropPath'] = (_, x) => {
    paths++;
    return x;
  };
  planForward(network, { context: { dropPath } });
  return paths;
}
