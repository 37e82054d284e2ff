// A layer of the library on random inputs, recorded as the library records it: forward, its gradients, or both.
import type { Command, Device, Engine } from '../../runtime/engine/engine.ts';
import { createTensor, directAllocator } from '../../src/core/allocator.ts';
import { recordInitialisation } from '../../src/nn/initialise.ts';
import type { Builder } from '../../src/nn/layers.ts';
import { ParameterStore } from '../../src/nn/parameters.ts';
import { recordRandom } from '../../src/ops/random.ts';
import { planRecording } from '../../src/core/plan.ts';
import { commandsOnly, runSteps, type Step, type Write } from '../../src/core/step.ts';
import { STREAM } from '../../src/core/rng.ts';
import { Tape } from '../../src/core/tape.ts';
import { numel, type Shape, type Tensor } from '../../src/core/tensor.ts';
import type { HostArray } from '../../src/core/transfer.ts';
import { enqueueCommands, type Work, type Workload } from './workload.ts';

export type Pass = 'forward' | 'backward' | 'forward and backward';

/** What is applied to the inputs; the result is one tensor, with no batch norm pending. */
export type Apply = (tape: Tape, inputs: readonly Tensor[]) => Tensor;

export interface LayerCase {
  readonly name: string;
  /** Inputs that gradients flow to, filled with normal numbers. */
  readonly inputs: readonly Shape[];
  /** Whether the gradients depend on the values of inputs and weights, so that backward must read them. */
  readonly gradientsReadInputs: boolean;
  /** How often a pass must read what it reads: twice where a sum over all of it precedes the first result (1). */
  readonly reads?: number;
  /** Multiply-adds of the forward pass, for ops that do not count their own. */
  readonly madds?: number;
  /** Declares parameters and constants, which need no gradient. */
  build(builder: Builder, constant: (shape: Shape, data: HostArray) => Tensor): Apply;
}

interface RecordedLayer {
  /** Fills parameters, inputs and the gradient of the output. */
  readonly setUp: Step;
  readonly forward: readonly Command[];
  readonly backward: readonly Command[];
  readonly output: Shape;
  /** Numbers in all parameters. */
  readonly weights: number;
}

const SEED = 1;

function recordLayer(engine: Engine, layer: LayerCase): RecordedLayer {
  const constants: Write[] = [];
  const constant = (shape: Shape, data: HostArray): Tensor => {
    const dtype = data instanceof Float32Array ? 'f32' : data instanceof Int32Array ? 'i32' : 'u32';
    const region = createTensor(engine, 'constant', shape, dtype);
    constants.push({ region, data });
    return region;
  };
  const weights = new ParameterStore('weights', true);
  const statistics = new ParameterStore('running statistics', false);
  const apply = layer.build({ weights, statistics, affine: true }, constant);
  weights.allocate(engine);
  statistics.allocate(engine);

  const fill = [
    ...recordInitialisation(engine, weights, SEED, 0),
    ...recordInitialisation(engine, statistics, SEED, 1),
  ];
  let position = 2 ** 40;
  const random = (label: string, shape: Shape): Tensor => {
    const x = createTensor(engine, label, shape);
    const from = { seed: SEED, stream: STREAM.init, position };
    position += 2 ** 32;
    fill.push(recordRandom(engine, x, { kind: 'normal', mean: 0, std: 1 }, from));
    return x;
  };
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const inputs = layer.inputs.map((shape) => random('input', shape));
  inputs.forEach((x) => tape.direct(x, createTensor(engine, 'input gradient', x.shape)));
  const output = apply(tape, inputs);
  const forward = tape.take();
  tape.seed(output, random('output gradient', output.shape));
  tape.backward();
  const setUp = { writes: constants, commands: [fill] };
  return { setUp, forward, backward: tape.take(), output: output.shape, weights: weights.count };
}

/**
 * What a pass must compute and move at least. Both gradients of a product, of its inputs and of its weights, cost what
 * the product itself costs.
 * @param madds multiply-adds of the forward pass
 */
function workOf(
  { inputs, reads = 1, gradientsReadInputs }: LayerCase,
  { output, weights }: RecordedLayer,
  pass: Pass,
  madds: number,
): Work {
  const input = inputs.reduce((sum, shape) => sum + numel(shape), 0);
  const result = numel(output);
  const readAgain = gradientsReadInputs ? reads * input + weights : 0;
  const forward = { madds, floats: reads * input + weights + result };
  const backward = { madds: 2 * madds, floats: reads * result + readAgain + input + weights };
  const passes = { forward: [forward], backward: [backward], 'forward and backward': [forward, backward] };
  const total = (of: 'madds' | 'floats'): number => passes[pass].reduce((sum, one) => sum + one[of], 0);
  return { madds: total('madds'), bytes: 4 * total('floats') };
}

const show = (shapes: readonly Shape[]): string => shapes.map((shape) => shape.join('x')).join(', ');

export function layerWorkload(layer: LayerCase, pass: Pass): Workload {
  return {
    name: `${layer.name} ${pass}`,
    group: 'kernels',
    shape: show(layer.inputs),
    async prepare(engine: Device) {
      const plan = planRecording(engine, (on) => recordLayer(on, layer));
      const work = workOf(layer, plan.draft, pass, layer.madds ?? plan.madds.all);
      const { setUp, forward, backward } = await plan.record(engine);
      runSteps(engine, setUp, ...(pass === 'backward' ? [commandsOnly(forward)] : []));
      const measured = {
        forward,
        backward,
        'forward and backward': [...forward, ...backward],
      }[pass];
      return { work, enqueue: async (count) => enqueueCommands(engine, measured, count) };
    },
  };
}
