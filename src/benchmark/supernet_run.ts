// The weight-sharing network of NAS-Bench-201's space, as a run: epochs of steps that train it, and then, a step a cell,
// the accuracies of cells under the shared weights.
import type { Device } from '../../runtime/engine/engine.ts';
import { planRecording } from '../core/plan.ts';
import { createRng, STREAM } from '../core/rng.ts';
import { meanOf } from '../core/statistics.ts';
import { runSteps } from '../core/step.ts';
import { download, largestPiece } from '../core/transfer.ts';
import { CIFAR10_FORMAT } from '../data/cifar10.ts';
import type { Dataset } from '../data/dataset.ts';
import { requireFormat } from '../data/dataset_record.ts';
import { epochOrder, stepsPerEpoch } from '../data/order.ts';
import { exportParameters } from '../nn/weight_files.ts';
import { cosineLearningRate } from '../optim/schedule.ts';
import type { Phase } from '../run/loop.ts';
import { type OpenRun, type RunRequest, runIntoFolder } from '../run/run.ts';
import { throttle } from '../run/throttle.ts';
import { diverged } from '../run/diverged.ts';
import { CELL_COUNT, formatCell } from './space.ts';
import { checkSupernetConfig, type SupernetRunConfig } from './supernet_config.ts';
import {
  type BenchmarkSupernetProgram,
  recordBenchmarkSupernet,
  stateRegions,
  trainingStep,
} from './supernet_program.ts';
import { architectureOf } from './supernet_space.ts';

/** A training of shared weights into a run folder: the folder, settings and images. */
export interface SupernetRunRequest extends RunRequest {
  readonly config: SupernetRunConfig;
  /** The training images train; the test images judge. */
  readonly images: Dataset;
}

/** Of the training batches, each with a cell of its own. */
interface TrainingMetrics {
  readonly loss: number;
  readonly accuracy: number;
}

/** The contents of result.json. */
export interface SupernetRunResult {
  /** Weights of all operations on all edges. */
  readonly parameters: number;
  readonly epochs: number;
  readonly steps: number;
  readonly train_images: number;
  /** For each cell. */
  readonly judged_images: number;
  /** Of the last steps. */
  readonly train: TrainingMetrics | null;
  /** Top-1 accuracies under the shared weights, with the statistics of the batch. */
  readonly cells: readonly { readonly architecture: string; readonly accuracy: number }[];
}

/** The result, or null where the user interrupted the run: it can be resumed. */
export function supernetIntoFolder(
  engine: Device,
  request: SupernetRunRequest,
): Promise<SupernetRunResult | null> {
  const { config, images } = request;
  return runIntoFolder(engine, request, '--channels or --stage-cells', () => {
    checkSupernetConfig(config, imageCounts(images));
    requireFormat(images.format, CIFAR10_FORMAT, config.data);
    const largestReadback = (program: BenchmarkSupernetProgram): number =>
      largestPiece(Object.values(stateRegions(program)));
    const plan = planRecording(engine, (planned) => recordBenchmarkSupernet(planned, config, images), {
      complete: ({ supernet }) => supernet.recordAll(),
      largestReadback,
      first(program) {
        const step = trainingStep(program, config.seed, new Int32Array(config.batch), 0, config.lr);
        return [program.initialise, step].flatMap(({ commands }) => commands.flat());
      },
    });
    return {
      config: recordedConfig(config),
      needs: { bytes: plan.bytes, pipelines: plan.pipelines.length },
      async open() {
        const program = await plan.record(engine);
        engine.reserveReadback(largestReadback(program));
        runSteps(engine, program.initialise);
        return openRun(engine, program, request);
      },
    };
  });
}

/** The contents of config.json. */
export const recordedConfig = (config: SupernetRunConfig): object => ({
  benchmark: 'nasbench201',
  ...config,
});

/** How many images of each kind. */
export const imageCounts = ({ train, test }: Dataset): { readonly train: number; readonly test: number } => ({
  train: train.labels.length,
  test: test.labels.length,
});

/** Cells by number, none twice. */
function judgedCells({ seed, judgedCells: count }: SupernetRunConfig): Int32Array {
  const cells = Int32Array.from({ length: CELL_COUNT }, (_, cell) => cell);
  createRng(seed, STREAM.split).shuffle(cells);
  return cells.slice(0, count);
}

interface Latest {
  train: TrainingMetrics | null;
  /** Of the judged cells so far. */
  accuracies: number[];
}

function openRun(
  engine: Device,
  program: BenchmarkSupernetProgram,
  { config, images }: SupernetRunRequest,
): OpenRun<SupernetRunResult> {
  const { epochs, logEvery } = config;
  const latest: Latest = { train: null, accuracies: [] };
  const trainImages = images.train.labels.length;
  const judgedImages = wholeBatches(Math.min(config.judgedImages, images.test.labels.length), config.batch);
  const cells = judgedCells(config);
  const train = training(engine, program, config, trainImages, latest);
  return {
    epochs,
    logEvery,
    phases: [train, judging(engine, program, config, { cells, images: judgedImages }, latest)],
    state: stateRegions(program),
    latest,
    outcome: async () => ({
      weights: await exportParameters(engine, program.model.weights),
      result: {
        parameters: program.model.weights.count,
        epochs,
        steps: epochs * train.steps,
        train_images: trainImages,
        judged_images: judgedImages,
        train: latest.train,
        cells: latest.accuracies.map((accuracy, i) => ({ architecture: formatCell(cells[i]!), accuracy })),
      },
    }),
  };
}

const wholeBatches = (images: number, batch: number): number => batch * Math.floor(images / batch);

function training(
  engine: Device,
  program: BenchmarkSupernetProgram,
  { seed, batch, maxSteps, lr, lrMin, epochs }: SupernetRunConfig,
  images: number,
  latest: Latest,
): Phase {
  const all = Int32Array.from({ length: images }, (_, i) => i);
  const steps = stepsPerEpoch(images, batch, maxSteps);
  const { supernet, memory } = program;
  const settle = throttle(engine);
  return {
    name: 'train',
    steps,
    begin(epoch) {
      const order = epochOrder(all, seed, STREAM.shuffleTrain, epoch);
      const rate = cosineLearningRate(lr, lrMin, epoch, epochs);
      return {
        prepare: settle,
        step(step) {
          const pieces = supernet.pieceCount;
          const indices = order.subarray(step * batch, (step + 1) * batch);
          runSteps(engine, trainingStep(program, seed, indices, epoch * steps + step, rate));
          return { warmUp: supernet.pieceCount > pieces };
        },
        async metrics() {
          const [counts] = await download(engine, memory.metrics.weights);
          engine.write(memory.metrics.weights, new Float32Array(counts!.length));
          const [loss, hits, , count] = counts as unknown as [number, number, number, number];
          if (!Number.isFinite(loss)) {
            throw diverged(`training diverged: the loss is ${loss}`, `a smaller --lr (now ${lr})`);
          }
          latest.train = { loss: loss / count, accuracy: hits / count };
          return { lr: rate, ...latest.train };
        },
      };
    },
  };
}

/** After the last epoch: the accuracy of one cell a step. */
function judging(
  engine: Device,
  program: BenchmarkSupernetProgram,
  { batch, epochs, logEvery }: SupernetRunConfig,
  { cells, images }: { readonly cells: Int32Array; readonly images: number },
  latest: Latest,
): Phase {
  const { supernet, feeds, memory, clearCounts } = program;
  const indices = Int32Array.from({ length: images }, (_, i) => i);
  const settle = throttle(engine);
  return {
    name: 'judge',
    steps: cells.length,
    due: (epoch) => epoch === epochs - 1,
    begin: () => ({
      async step(step) {
        const architecture = architectureOf(cells[step]!);
        const pieces = supernet.pieceCount;
        runSteps(engine, clearCounts);
        for (let at = 0; at < images; at += batch) {
          await settle();
          const fill = feeds.test.batch(indices.subarray(at, at + batch), null);
          runSteps(engine, fill, supernet.forward(architecture, 'evaluation'));
        }
        const [counts] = await download(engine, memory.metrics.evaluation);
        latest.accuracies[step] = counts![1]! / counts![3]!;
        return { warmUp: supernet.pieceCount > pieces };
      },
      async metrics() {
        const done = latest.accuracies.length;
        // the cells of this line, also where it was begun before an interruption
        const recent = latest.accuracies.slice(logEvery * Math.floor((done - 1) / logEvery));
        return { accuracy: meanOf(recent) };
      },
    }),
  };
}
