// The peers' benchmarks through this library's own layers, ops and networks, under the peers' names.
import type { AdapterKind } from '../../runtime/engine/adapter_info.ts';
import type { Device, Engine } from '../../runtime/engine/engine.ts';
import { poolLayer } from '../../src/networks/operations.ts';
import { type Builder, conv, type Layer, norm, sequence } from '../../src/nn/layers.ts';
import { createTensor, directAllocator } from '../../src/core/allocator.ts';
import { planRecording } from '../../src/core/plan.ts';
import { add } from '../../src/ops/elementwise/add.ts';
import { Tape } from '../../src/core/tape.ts';
import { layerWorkload, type Pass } from '../workloads/record_layer.ts';
import { resnetStep } from '../workloads/train_steps.ts';
import type { Workload } from '../workloads/workload.ts';

/** What is compared, in the order of the table. */
export const BENCHMARKS = [
  'conv2d_forward',
  'conv2d_gradients',
  'depthwise_forward',
  'separable_forward',
  'separable_gradients',
  'batch_norm_forward',
  'max_pool_forward',
  'resnet20_step',
  'chain',
] as const;
export type BenchmarkName = (typeof BENCHMARKS)[number];

/** Sizes for every library; the peers read them from the environment. */
export interface PeerSizes {
  readonly batch: number;
  readonly channels: number;
  /** Height and width of an image. */
  readonly size: number;
  readonly resnetBatch: number;
  /** Ops in the chain, and numbers in each of its arrays. */
  readonly chain: number;
  readonly floats: number;
}

export const sizesFor = (kind: AdapterKind): PeerSizes => ({
  ...(kind === 'gpu' ? { batch: 64, resnetBatch: 128 } : { batch: 4, resnetBatch: 8 }),
  ...{ channels: 20, size: 32, chain: 1000, floats: 1024 },
});

type Prepare = Workload['prepare'];

export function ourBenchmarks(sizes: PeerSizes): Readonly<Record<BenchmarkName, Prepare>> {
  const { batch, channels: c, size } = sizes;
  const layer = (pass: Pass, build: (b: Builder) => Layer): Prepare => {
    const inputs = [[batch, c, size, size]];
    return layerWorkload(
      {
        name: 'layer',
        inputs,
        gradientsReadInputs: true,
        build(builder) {
          const apply = build(builder);
          return (tape, [x]) => apply(tape, x!);
        },
      },
      pass,
    ).prepare;
  };
  const conv3x3 = (b: Builder): Layer => conv(b, 'conv', c, c, { kernel: 3 });
  const depthwise = (b: Builder): Layer => conv(b, 'depthwise', c, c, { kernel: 3, groups: c });
  const separable = (b: Builder): Layer => sequence(depthwise(b), conv(b, 'pointwise', c, c, { kernel: 1 }));
  return {
    conv2d_forward: layer('forward', conv3x3),
    conv2d_gradients: layer('forward and backward', conv3x3),
    depthwise_forward: layer('forward', depthwise),
    separable_forward: layer('forward', separable),
    separable_gradients: layer('forward and backward', separable),
    // The peers write the normalised tensor; here that is the reader's work, so a reader is added.
    batch_norm_forward: layer('forward', (b) => {
      const normalise = norm(b, 'norm', c);
      return (tape, x) => tape.apply(add, { a: normalise(tape, x), b: null });
    }),
    max_pool_forward: layer('forward', () => poolLayer('max_pool', 3, 1)),
    resnet20_step: resnetStep(sizes.resnetBatch).prepare,
    chain: (engine) => prepareChain(engine, sizes),
  };
}

/** x + y + y + ... , each sum in a tensor of its own. */
async function prepareChain(engine: Device, { chain, floats }: PeerSizes) {
  const record = (target: Engine) => {
    const allocator = directAllocator(target);
    const tape = new Tape({ engine: target, activations: allocator, scratch: allocator, training: false });
    const fresh = () => createTensor(target, 'numbers', [1, floats, 1, 1]);
    const b = fresh();
    let a = fresh();
    for (let op = 0; op < chain; op++) a = tape.apply(add, { a, b });
    return tape.take();
  };
  const commands = await planRecording(engine, record).record(engine);
  return {
    work: { madds: 0, bytes: null },
    async enqueue(count: number) {
      for (let i = 0; i < count; i++) engine.submit(commands);
    },
  };
}
