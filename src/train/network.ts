// From a training's settings to the network that it trains.
import type { JsonObject } from '../io/json.ts';
import { genotypeFromJson, genotypeToJson } from '../arch/genotype_file.ts';
import type { ImageFormat } from '../data/dataset.ts';
import type { SettingName } from '../networks/macro_setting.ts';
import { buildNetwork } from '../networks/build_network.ts';
import type { Blueprint } from '../networks/registry.ts';
import type { Network } from '../nn/network.ts';
import { numel } from '../core/tensor.ts';
import type { TrainConfig } from './config.ts';

/** What a network is built from; every call of the builder declares it anew, for one engine. */
export function networkBuilder(
  blueprint: Blueprint,
  config: Pick<TrainConfig, 'channels' | 'layers' | 'auxiliary'>,
  { classes, channels: imageChannels, imageSize }: ImageFormat,
): () => Network {
  const { channels, layers } = config;
  // 0: the network has its own
  const sizes = { channels: channels || undefined, layers: layers || undefined };
  const auxiliary = config.auxiliary > 0;
  return () => buildNetwork(blueprint, { ...sizes, imageChannels, imageSize, classes, auxiliary });
}

/** A blueprint as a run's configuration holds it, and back. */
export const blueprintToJson = ({ name, network, genotype }: Blueprint): object => ({
  name,
  network,
  genotype: genotypeToJson(genotype),
});

/** @param label names the file in errors. Throws UserError where the genotype is none */
export function blueprintFromJson(json: JsonObject, setting: SettingName, label: string): Blueprint {
  const genotype = genotypeFromJson(json['genotype'], label);
  return { name: String(json['name']), setting, genotype, network: json['network'] as string | null };
}

/** Learned scalars without the auxiliary head, which only helps training. */
export const parameterCount = ({ weights }: Network): number =>
  weights.parameters
    .filter(({ name }) => !name.startsWith('auxiliary_head.'))
    .reduce((sum, { shape }) => sum + numel(shape), 0);
