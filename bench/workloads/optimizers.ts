// The optimizers, on as many weights as ResNet-20 has.
import type { Engine, Region } from '../../runtime/engine/engine.ts';
import { ParameterStore } from '../../src/nn/parameters.ts';
import { recordRandom } from '../../src/ops/random.ts';
import { recordAdam } from '../../src/optim/adam.ts';
import { recordSgd } from '../../src/optim/sgd.ts';
import { planRecording } from '../../src/core/plan.ts';
import { commandsOnly, runSteps, type Step, writesOnly } from '../../src/core/step.ts';
import { STREAM } from '../../src/core/rng.ts';
import { tensorAt } from '../../src/core/tensor.ts';
import { enqueueCommands, type Workload } from './workload.ts';

const WEIGHTS = 272_474;
/** So small that many repetitions on the same gradients leave the weights finite. */
const RATE = 1e-6;

function optimizer(
  name: string,
  /** Buffers of weights, gradients and moments that are read, and that are written. */
  moved: number,
  record: (engine: Engine, store: ParameterStore<true>) => Step,
): Workload {
  const build = (engine: Engine) => {
    const store = new ParameterStore('weights', true);
    store.declare('weights', [WEIGHTS], { kind: 'constant', value: 0 });
    store.allocate(engine);
    const random = ({ buffer }: Region, position: number) =>
      recordRandom(
        engine,
        tensorAt(buffer, 0, [WEIGHTS]),
        { kind: 'normal', mean: 0, std: 1 },
        { seed: 1, stream: STREAM.init, position },
      );
    const setUp = [random(store.values, 0), random(store.grads, 2 ** 32)];
    return { setUp, step: record(engine, store) };
  };
  return {
    name,
    group: 'kernels',
    shape: `${WEIGHTS}`,
    async prepare(engine) {
      const { setUp, step } = await planRecording(engine, build).record(engine);
      runSteps(engine, commandsOnly(setUp), writesOnly(...step.writes));
      const commands = step.commands.flat();
      return {
        work: { madds: 0, bytes: 4 * moved * WEIGHTS },
        enqueue: async (count) => enqueueCommands(engine, commands, count),
      };
    },
  };
}

export const optimizerWorkloads = (): Workload[] => [
  optimizer('sgd', 5, (engine, store) =>
    recordSgd(engine, store, { momentum: 0.9, weightDecay: 3e-4 }).step(RATE),
  ),
  optimizer('adam', 7, (engine, store) =>
    recordAdam(engine, store, { betas: [0.5, 0.999], eps: 1e-8, weightDecay: 5e-4 }).step(RATE, 1),
  ),
];
