// Algorithm 1 of the paper, as a run: in every epoch, first w is trained on its part of the images, then theta on the
// other. Where there is no theta (random search), w is all there is to train.
import type { Device } from '../../runtime/engine/engine.ts';
import { STREAM } from '../core/rng.ts';
import type { Dataset } from '../data/dataset.ts';
import { withDataset } from '../data/dataset_record.ts';
import { epochOrder, stepsPerEpoch } from '../data/order.ts';
import { exportParameters } from '../nn/weight_files.ts';
import { cosineLearningRate, linear } from '../optim/schedule.ts';
import type { Phase } from '../run/loop.ts';
import { type OpenRun, type RunRequest, runIntoFolder } from '../run/run.ts';
import { checkSearchConfig, SEARCH_SIZES, type SearchConfig } from './config.ts';
import { type SearchParts, withParts } from './parts.ts';
import { stateRegions } from './program.ts';
import { planSearch, type PolicyMetrics, SearchSession, type WeightsMetrics } from './session.ts';
import { type Splits, splitImages } from './splits.ts';

/** A search into a run folder: the folder, settings and images. */
export interface SearchRequest extends RunRequest {
  readonly config: SearchConfig;
  /** The search splits the training images between w and theta, and leaves the test images alone. */
  readonly data: Dataset;
  /** What is not as the settings name it. */
  readonly parts?: SearchParts;
  /** Hears of the search once its memory is made; see RunObserver.rest. */
  opened?(session: SearchSession): void;
}

/** The contents of result.json. */
export interface SearchResult {
  readonly epochs: number;
  readonly steps: { readonly weights: number; readonly policy: number };
  readonly parameters: { readonly weights: number; readonly policy: number };
  /** Of the last steps of w, and of theta. */
  readonly weights: WeightsMetrics | null;
  readonly policy: PolicyMetrics | null;
}

/** The result, or null where the user interrupted the search: it can be resumed. */
export async function searchIntoFolder(engine: Device, request: SearchRequest): Promise<SearchResult | null> {
  const { data, observer, parts = {} } = request;
  const images = data.train;
  const config = withParts(await withDataset(request.config, data), parts);
  return runIntoFolder(engine, request, SEARCH_SIZES, () => {
    checkSearchConfig(config);
    const splits = splitImages(images.labels.length, config.trainFraction, config.batch, config.seed);
    const plan = planSearch(engine, config, images.labels.length, parts);
    return {
      config,
      needs: { bytes: plan.bytes, pipelines: plan.pipelines.length },
      async open() {
        const session = await SearchSession.open(engine, plan, images, observer.now);
        request.opened?.(session);
        return openSearch(session, splits);
      },
    };
  });
}

function openSearch(session: SearchSession, splits: Splits): OpenRun<SearchResult> {
  const { config, engine, program } = session;
  const { model, theta: learned } = program;
  const { epochs, logEvery, batch, seed, maxSteps } = config;
  const { policyLrEnd = config.policyLr, entropyEnd = config.entropy } = config;
  const latest: { weights: WeightsMetrics | null; policy: PolicyMetrics | null } = {
    weights: null,
    policy: null,
  };

  const phase = (
    name: keyof Splits,
    shuffle: number,
    update: (indices: Int32Array, number: number, epoch: number, steps: number) => void | Promise<void>,
    metrics: () => Promise<WeightsMetrics | PolicyMetrics>,
  ): Phase => {
    const steps = stepsPerEpoch(splits[name].length, batch, maxSteps);
    return {
      name,
      steps,
      begin(epoch) {
        const order = epochOrder(splits[name], seed, shuffle, epoch);
        return {
          async step(step) {
            const pieces = program.supernet.pieceCount;
            await update(
              order.subarray(step * batch, (step + 1) * batch),
              epoch * steps + step,
              epoch,
              steps,
            );
            const warmUp = program.supernet.pieceCount > pieces;
            return { waitedMs: session.takeWaitedMs(), warmUp };
          },
          async metrics() {
            const values = await metrics();
            Object.assign(latest, { [name]: values });
            return { ...values };
          },
        };
      },
    };
  };
  const weights = phase(
    'weights',
    STREAM.shuffleTrain,
    (indices, number, epoch) =>
      session.weightsStep(indices, number, cosineLearningRate(config.lr, config.lrMin, epoch, epochs)),
    () => session.takeWeightsMetrics(),
  );
  const theta = phase(
    'policy',
    STREAM.shuffleValid,
    (indices, number, _, steps) =>
      session.policyStep(
        indices,
        number,
        linear(config.policyLr, policyLrEnd, number, epochs * steps),
        linear(config.entropy, entropyEnd, number, epochs * steps),
      ),
    () => session.takePolicyMetrics(),
  );

  const learns = learned.count > 0;
  return {
    epochs,
    logEvery,
    phases: learns ? [weights, theta] : [weights],
    state: stateRegions(program),
    latest,
    outcome: async () => ({
      weights: await exportParameters(engine, model.weights),
      policy: await exportParameters(engine, learned),
      result: {
        epochs,
        steps: { weights: epochs * weights.steps, policy: learns ? epochs * theta.steps : 0 },
        parameters: { weights: model.weights.count, policy: learned.count },
        ...latest,
      },
    }),
  };
}
