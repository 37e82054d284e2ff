// A finished run, ready to judge architectures: its weights and policy on the GPU, its validation images.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Architecture } from '../arch/genotype.ts';
import type { ImageSet } from '../data/cifar10.ts';
import type { FinishedRun } from '../run/run_folder.ts';
import { importParameters } from '../nn/weight_files.ts';
import type { SearchConfig } from '../search/config.ts';
import { planSearch, SearchSession } from '../search/session.ts';
import { splitImages } from '../search/splits.ts';
import type { Evaluator } from './derive.ts';

/**
 * Restores a run. Validation images are those that trained theta, as in the paper; a last batch that is not full is
 * left out.
 * @param dir the run folder, for errors
 */
export async function openFinishedRun(
  engine: Device,
  config: SearchConfig,
  run: FinishedRun,
  images: ImageSet,
  dir: string,
): Promise<Evaluator> {
  const plan = planSearch(engine, config, images.labels.length);
  const splits = splitImages(images.labels.length, config.trainFraction, config.batch, config.seed);
  const session = await SearchSession.open(engine, plan, images, () => 0);
  const { model, policy, theta } = session.program;
  importParameters(engine, model.weights, run.weights, `${dir}/weights.safetensors`);
  importParameters(engine, theta, run.policy, `${dir}/policy.safetensors`);
  return {
    space: policy.space,
    probabilities: (arch) => session.probabilities(arch),
    ...(session.nao && { propose: (arch: Architecture) => session.nao!.propose(arch) }),
    accuracy: (arch) => session.accuracy(arch, splits.policy),
  };
}
