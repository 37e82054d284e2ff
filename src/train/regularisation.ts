// What a training step drops at random: paths of cells, features before a linear layer. The factors are drawn on
// the GPU at the beginning of a step, from streams that follow from the step's number.
import type { Engine } from '../../runtime/engine/engine.ts';
import { inOrder, type Step } from '../core/step.ts';
import { planForward } from '../networks/cost.ts';
import type { Network, TrainingContext } from '../nn/network.ts';
import { dropPath, type DropPathFactors, recordDropPathFactors } from '../ops/elementwise/drop_path.ts';
import { STREAM } from '../core/rng.ts';
import { numel } from '../core/tensor.ts';
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
    draw: (keep, step) =>
      inOrder(
        ...(pathFactors ? [pathFactors.draw(keep, step)] : []),
        ...layers.map((layer) => layer.factors.draw(layer.keep, step)),
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
