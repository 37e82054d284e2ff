// Everything that trains and judges the weight-sharing network, recorded on one engine.
import type { Region } from '../../runtime/engine/engine.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import { STREAM, stepRng } from '../core/rng.ts';
import { commandsOnly, inOrder, type Step } from '../core/step.ts';
import type { Dataset, ImageSet } from '../data/dataset.ts';
import { type Feed, recordFeed } from '../data/feed.ts';
import { recordInitialisation } from '../nn/initialise.ts';
import { recordSgd, type Sgd } from '../optim/sgd.ts';
import { PARTS } from '../supernet/parts.ts';
import { recordSupernet, type SupernetProgram } from '../supernet/setup.ts';
import { CELL_COUNT } from './space.ts';
import type { SupernetRunConfig } from './supernet_config.ts';
import { architectureOf, benchmarkSupernet } from './supernet_space.ts';

export interface BenchmarkSupernetProgram extends SupernetProgram {
  readonly feeds: Readonly<Record<'train' | 'test', Feed>>;
  readonly sgd: Sgd;
  /** Brings the images to the GPU, writes what never changes, and gives the weights their first values. */
  readonly initialise: Step;
  readonly clearCounts: Step;
}

export function recordBenchmarkSupernet(
  engine: PlannedEngine,
  config: SupernetRunConfig,
  images: Dataset,
): BenchmarkSupernetProgram {
  const { channels, stageCells, batch, momentum, weightDecay, clip } = config;
  const network = benchmarkSupernet(channels, stageCells);
  const parts = recordSupernet(engine, network, batch);
  const { model, memory } = parts;
  const feedOf = ({ labels }: ImageSet): Feed => {
    const shape = { images: labels.length, batch, imageSize: network.imageSize };
    return recordFeed(engine.inPart(PARTS.data), shape, memory.images, memory.targets);
  };
  const feeds = { train: feedOf(images.train), test: feedOf(images.test) };
  const options = { momentum, weightDecay, maxNorm: clip };
  const sgd = recordSgd(engine.inPart(PARTS.optimizer), model.weights, options);
  const initialise = inOrder(
    feeds.train.load(images.train),
    feeds.test.load(images.test),
    parts.initialise,
    commandsOnly(recordInitialisation(engine, model.weights, config.seed, 0)),
  );
  const clearCounts = commandsOnly([engine.recordClear(memory.metrics.evaluation)]);
  return { ...parts, feeds, sgd, initialise, clearCounts };
}

/** One update: one cell, all of them equally probable, on one batch. `step` counts from 0 over the whole run. */
export function trainingStep(
  { supernet, feeds, sgd }: BenchmarkSupernetProgram,
  seed: number,
  indices: Int32Array,
  step: number,
  lr: number,
): Step {
  const cell = stepRng(seed, STREAM.weightsArchitecture, step).int(CELL_COUNT);
  return inOrder(
    feeds.train.batch(indices, stepRng(seed, STREAM.augment, step)),
    supernet.clearGradients,
    supernet.train(architectureOf(cell)),
    sgd.step(lr),
  );
}

/** Everything that steps change, by name: what a checkpoint holds. */
export const stateRegions = ({
  model,
  sgd,
  memory,
}: BenchmarkSupernetProgram): Readonly<Record<string, Region>> => ({
  weights: model.weights.values,
  velocity: sgd.velocity,
  weights_counts: memory.metrics.weights,
});
