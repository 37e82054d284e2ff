// A layer of the library on random inputs, recorded as the library records it: forward, its gradients, or both.
import type { Command, Device, Engine, Region } from '../../runtime/engine/engine.ts';
import { PlanEngine } from '../../runtime/engine/plan_engine.ts';
import { directAllocator } from '../../src/core/allocator.ts';
import { recordInitialisation } from '../../src/nn/initialise.ts';
import type { Builder } from '../../src/nn/layers.ts';
import { ParameterStore } from '../../src/nn/parameters.ts';
import { recordRandom } from '../../src/ops/random.ts';
import { STREAM } from '../../src/core/rng.ts';
import { Tape } from '../../src/core/tape.ts';
import { numel, type Shape, type Tensor, tensorAt } from '../../src/core/tensor.ts';
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

interface Recorded {
  /** Runs once: fills the inputs, and goes forward where only backward is measured. */
  readonly setUp: readonly Command[];
  readonly measured: readonly Command[];
  readonly constants: readonly (readonly [Region, HostArray])[];
  readonly work: Work;
}

const SEED = 1;

/** Records a case on any engine; the arithmetic is that which a PlanEngine counted on the way. */
export function recordLayer(engine: Engine, layer: LayerCase, pass: Pass, madds: () => number): Recorded {
  const fresh = (label: string, shape: Shape): Tensor =>
    tensorAt(engine.createBuffer(label, 4 * numel(shape)), 0, shape);
  const constants: [Region, HostArray][] = [];
  const constant = (shape: Shape, data: HostArray): Tensor => {
    const dtype = data instanceof Float32Array ? 'f32' : data instanceof Int32Array ? 'i32' : 'u32';
    const tensor: Tensor = { ...fresh('constant', shape), dtype };
    constants.push([tensor, data]);
    return tensor;
  };
  const weights = new ParameterStore('weights', true);
  const statistics = new ParameterStore('running statistics', false);
  const apply = layer.build({ weights, statistics, affine: true }, constant);
  weights.allocate(engine);
  statistics.allocate(engine);

  const setUp = [
    ...recordInitialisation(engine, weights, SEED, 0),
    ...recordInitialisation(engine, statistics, SEED, 1),
  ];
  let position = 2 ** 40;
  const random = (label: string, shape: Shape): Tensor => {
    const x = fresh(label, shape);
    const from = { seed: SEED, stream: STREAM.init, position };
    position += 2 ** 32;
    setUp.push(recordRandom(engine, x, { kind: 'normal', mean: 0, std: 1 }, from));
    return x;
  };
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const inputs = layer.inputs.map((shape) => random('input', shape));
  inputs.forEach((x) => tape.direct(x, fresh('input gradient', x.shape)));
  const counted = madds();
  const output = apply(tape, inputs);
  const forward = tape.take();
  const forwardMadds = layer.madds ?? madds() - counted;
  tape.seed(output, random('output gradient', output.shape));
  tape.backward();
  const backward = tape.take();
  if (pass === 'backward') setUp.push(...forward);

  const floats = (...shapes: readonly Shape[]): number =>
    shapes.reduce((sum, shape) => sum + numel(shape), 0);
  const { reads = 1, gradientsReadInputs } = layer;
  const [input, result] = [floats(...layer.inputs), floats(output.shape)];
  const forwardFloats = reads * input + weights.count + result;
  const backwardFloats =
    reads * (result + (gradientsReadInputs ? input : 0)) +
    (gradientsReadInputs ? weights.count : 0) +
    (input + weights.count);
  return {
    setUp,
    constants,
    ...{
      forward: { measured: forward, work: workOf(forwardMadds, forwardFloats) },
      backward: { measured: backward, work: workOf(2 * forwardMadds, backwardFloats) },
      'forward and backward': {
        measured: [...forward, ...backward],
        work: workOf(3 * forwardMadds, forwardFloats + backwardFloats),
      },
    }[pass],
  };
}

/** Both gradients of a product, of its inputs and of its weights, cost what the product itself costs. */
const workOf = (madds: number, floats: number): Work => ({ madds, bytes: 4 * floats });

const show = (shapes: readonly Shape[]): string => shapes.map((shape) => shape.join('x')).join(', ');

export function layerWorkload(layer: LayerCase, pass: Pass): Workload {
  return {
    name: `${layer.name} ${pass}`,
    group: 'kernels',
    shape: show(layer.inputs),
    async prepare(engine: Device) {
      const plan = new PlanEngine(engine.kind, engine.limits);
      const { work } = recordLayer(plan, layer, pass, () => plan.madds);
      await engine.compile(plan.pipelines.values());
      const { setUp, measured, constants } = recordLayer(engine, layer, pass, () => 0);
      for (const [region, data] of constants) engine.write(region, data);
      engine.submit(setUp);
      return { work, enqueue: async (count) => enqueueCommands(engine, measured, count) };
    },
  };
}
