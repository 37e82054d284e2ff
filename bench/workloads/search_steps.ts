// Steps of a search: one update of w, one update of theta, on uniformly random architectures, in the steady state.
import { PlanEngine } from '../../runtime/engine/plan_engine.ts';
import { stepRng } from '../../src/data/order.ts';
import type { Architecture } from '../../src/arch/genotype.ts';
import { sampleArchitecture } from '../../src/arch/search_space.ts';
import { Supernet } from '../../src/supernet/supernet.ts';
import { allocateSupernet } from '../../src/supernet/memory.ts';
import { buildSupernet } from '../../src/supernet/model.ts';
import { STREAM } from '../../src/core/rng.ts';
import type { SearchConfig } from '../../src/search/config.ts';
import { supernetConfig } from '../../src/search/program.ts';
import { planSearch, SearchSession } from '../../src/search/session.ts';
import { tensorAt } from '../../src/core/tensor.ts';
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
      // theta stays as it is, so that it transforms the architectures in the same way in every round
      const fixed = { ...config, policyLr: 0 };
      const plan = planSearch(engine, fixed, images);
      const set = syntheticImages(images);
      const session = await SearchSession.open(engine, fixed, set, plan, () => performance.now());
      const indices = Int32Array.from({ length: batch }, (_, i) => i);
      let step = 0;
      return {
        round: ARCHITECTURES,
        work: { madds: phase === 'weights' ? weightsStepMadds(config) : 0, bytes: null },
        async enqueue(count) {
          for (let i = 0; i < count; i++) {
            const number = step++ % ARCHITECTURES;
            if (phase === 'weights') session.weightsStep(indices, number, 0);
            else await session.policyStep(indices, number);
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
  const engine = new PlanEngine('null');
  const model = buildSupernet(supernetConfig(config));
  model.weights.allocate(engine);
  const memory = allocateSupernet(engine, model, config.batch);
  const lossGrad = tensorAt(engine.createBuffer('loss gradient', 4), 0, [1]);
  new Supernet(engine, model, memory, lossGrad).forward(architecture, 'weights');
  const [stem] = model.weights.parameters;
  const [outputs = 0, inputs = 0, rows = 0, columns = 0] = stem!.shape;
  const stemMadds = config.batch * outputs * inputs * rows * columns * 32 * 32;
  return 3 * engine.madds - stemMadds;
}
