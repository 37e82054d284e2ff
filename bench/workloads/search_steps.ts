// Steps of a search: one update of w, one update of theta, on uniformly random architectures, in the steady state.
import type { Architecture } from '../../src/arch/genotype.ts';
import { sampleArchitecture } from '../../src/arch/search_space.ts';
import { ANY_ADAPTER, planRecording } from '../../src/core/plan.ts';
import { recordSupernet } from '../../src/supernet/setup.ts';
import { STREAM, stepRng } from '../../src/core/rng.ts';
import type { SearchConfig } from '../../src/search/config.ts';
import { supernetConfig } from '../../src/search/setup.ts';
import { planSearch, SearchSession } from '../../src/search/session.ts';
import { syntheticImages } from './images.ts';
import type { Workload } from './workload.ts';

/** Every sample runs the same architectures, over and over, so that samples can be compared. */
const ARCHITECTURES = 4;

export interface SearchStep {
  readonly name: string;
  readonly phase: 'weights' | 'policy';
  readonly config: SearchConfig;
  readonly images: number;
}

export function searchStep(
  { name, phase, config, images }: SearchStep,
  options: Pick<Workload, 'group'> & { readonly heavy?: boolean },
): Workload {
  const { layers, channels, nodes, batch } = config;
  return {
    name,
    ...options,
    shape: `${layers} cells, ${channels} channels, ${nodes} nodes, batch ${batch}`,
    images: batch,
    async prepare(engine) {
      const plan = planSearch(engine, config, images);
      const set = syntheticImages(images);
      const session = await SearchSession.open(engine, plan, set, () => performance.now());
      const indices = Int32Array.from({ length: batch }, (_, i) => i);
      let step = 0;
      return {
        round: ARCHITECTURES,
        work: { madds: phase === 'weights' ? weightsStepMadds(config) : 0, bytes: null },
        async enqueue(count) {
          for (let i = 0; i < count; i++) {
            const number = step++ % ARCHITECTURES;
            // theta stays as it is, so that it transforms the architectures in the same way in every round
            if (phase === 'weights') session.weightsStep(indices, number, 0);
            else await session.policyStep(indices, number, 0, config.entropy);
          }
        },
      };
    },
  };
}

/** Multiply-adds of the average update of w among those measured. */
export function weightsStepMadds(config: SearchConfig): number {
  const space = { nodes: config.nodes, primitives: supernetConfig(config).primitives };
  let total = 0;
  for (let step = 0; step < ARCHITECTURES; step++) {
    const rng = stepRng(config.seed, STREAM.weightsArchitecture, step);
    for (let i = 0; i < config.architectures; i++)
      total += trainingMadds(config, sampleArchitecture(space, rng));
  }
  return total / ARCHITECTURES;
}

/**
 * Forward and both gradients of every convolution and of the classifier, but for the gradient of the images, which
 * nobody needs.
 */
function trainingMadds(config: SearchConfig, architecture: Architecture): number {
  const { draft, madds } = planRecording(ANY_ADAPTER, (engine) => {
    const program = recordSupernet(engine, supernetConfig(config), config.batch);
    program.supernet.forward(architecture, 'weights');
    return program;
  });
  const [stem] = draft.model.weights.parameters;
  const [outputs = 0, inputs = 0, rows = 0, columns = 0] = stem!.shape;
  const stemMadds = config.batch * outputs * inputs * rows * columns * 32 * 32;
  return 3 * madds.all - stemMadds;
}
