// From a training's settings to the network that it trains.
import type { Genotype } from '../nas/genotype.ts';
import { buildCellNetwork } from '../nas/cell_network.ts';
import type { Network } from '../nn/network.ts';
import { numel } from '../tensor.ts';
import type { TrainConfig } from './config.ts';

/** What a network is built from; every call of the builder declares it anew, for one engine. */
export function networkBuilder(
  config: Pick<TrainConfig, 'setting' | 'channels' | 'layers' | 'imageSize' | 'auxiliary'>,
  genotype: Genotype,
  classes: number,
): () => Network {
  const { setting, channels, layers, imageSize } = config;
  const auxiliary = config.auxiliary > 0;
  return () => buildCellNetwork({ genotype, setting, channels, layers, imageSize, classes, auxiliary });
}

/** Learned scalars without the auxiliary head, which only helps training. */
export const parameterCount = ({ weights }: Network): number =>
  weights.parameters
    .filter(({ name }) => !name.startsWith('auxiliary_head.'))
    .reduce((sum, { shape }) => sum + numel(shape), 0);
