// Steps of training a network from scratch.
import { planForward } from '../../src/networks/cost.ts';
import { requireBlueprint } from '../../src/networks/registry.ts';
import type { Network } from '../../src/nn/network.ts';
import { numel } from '../../src/core/tensor.ts';
import type { TrainConfig } from '../../src/train/config.ts';
import { DEFAULTS } from '../../src/train/config.ts';
import { cifar10Dataset } from '../../src/data/cifar10.ts';
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
      const data = residentImages(cifar10Dataset(syntheticImages(images), syntheticImages(batch)), config);
      const build = networkBuilder(requireBlueprint(config.arch, config.setting), config, data.format);
      const plan = planTraining(engine, build, data, config);
      const session = await TrainSession.open(engine, plan);
      const perEpoch = Math.floor(images / batch);
      let epoch = 0;
      let step = 0;
      let batches = session.program.feed.trainBatches(0, 0, perEpoch);
      return {
        work: { madds: trainingMadds(build(), batch), bytes: null },
        async enqueue(count) {
          for (let i = 0; i < count; i++) {
            if (step > 0 && step % perEpoch === 0) {
              batches = session.program.feed.trainBatches(++epoch, 0, perEpoch);
            }
            session.step(await batches.next(), step++, 0, 1);
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
  const { madds } = planForward(network, { batch });
  return 3 * madds.all - batch * network.imageSize ** 2 * numel(network.weights.parameters[0]!.shape);
}
