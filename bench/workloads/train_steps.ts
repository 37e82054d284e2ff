// Steps of training a network from scratch.
import { PlanEngine } from '../../runtime/engine/plan_engine.ts';
import { directAllocator } from '../../src/core/allocator.ts';
import { requireBlueprint } from '../../src/networks/registry.ts';
import type { Network } from '../../src/nn/network.ts';
import { Tape } from '../../src/core/tape.ts';
import { numel, type Shape, tensorAt } from '../../src/core/tensor.ts';
import type { TrainConfig } from '../../src/train/config.ts';
import { DEFAULTS } from '../../src/train/config.ts';
import { networkBuilder } from '../../src/train/network.ts';
import { residentImages } from '../../src/train/resident_images.ts';
import { planTraining, TrainSession } from '../../src/train/session.ts';
import { syntheticImages } from './images.ts';
import type { Workload } from './workload.ts';

/** A step of ResNet-20 on CIFAR-10 images: feed, forward, gradients, SGD. */
export function resnetStep(batch: number, heavy = false): Workload {
  const config: TrainConfig = {
    ...DEFAULTS.cifar10.networks,
    ...{ arch: 'ResNet20', setting: 'cifar10', data: 'sample', batch },
  };
  const images = Math.max(256, 2 * batch);
  return {
    name: `ResNet-20 step (batch ${batch})`,
    group: 'steps',
    shape: `${batch}x3x32x32`,
    images: batch,
    heavy,
    async prepare(engine) {
      const data = residentImages({ train: syntheticImages(images), test: syntheticImages(batch) }, config);
      const build = networkBuilder(
        requireBlueprint(config.arch, config.setting),
        config,
        data.classNames.length,
      );
      const plan = planTraining(engine, build, data, config);
      const session = await TrainSession.open(engine, build, data, config, plan);
      const perEpoch = Math.floor(images / batch);
      let epoch = 0;
      let step = 0;
      let batches = session.program.feed.trainBatches(engine, 0, 0, perEpoch);
      return {
        work: { madds: trainingMadds(build(), batch), bytes: null },
        async enqueue(count) {
          for (let i = 0; i < count; i++) {
            if (step > 0 && step % perEpoch === 0) {
              batches = session.program.feed.trainBatches(engine, ++epoch, 0, perEpoch);
            }
            await batches.next();
            session.step(step++, 0, 1);
          }
        },
      };
    },
  };
}

/**
 * Forward and both gradients of every convolution and of the classifier, but for the gradient of the images, which
 * nobody needs. The first convolution, of stride 1, must be the first parameter.
 */
export function trainingMadds(network: Network, batch: number): number {
  const engine = new PlanEngine('null');
  network.weights.allocate(engine);
  network.statistics.allocate(engine);
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const size = network.imageSize;
  const shape: Shape = [batch, 3, size, size];
  network.forward(tape, tensorAt(engine.createBuffer('images', 4 * numel(shape)), 0, shape));
  return 3 * engine.madds - batch * size * size * numel(network.weights.parameters[0]!.shape);
}
