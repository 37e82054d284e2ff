// What a report says of a training, and of how runs ended.
import { type JsonObject } from '../io/json.ts';
import { percent } from '../io/format.ts';
import { drawNetwork } from '../draw/network.ts';
import { SETTING_NAMES, type SettingName } from '../networks/macro_setting.ts';
import { blueprintFromJson } from '../train/network.ts';
import { figure } from './html.ts';
import { cellsFigure } from './parts.ts';

/** Name and pictures of what is trained; null for a run that trains no architecture from scratch. */
export function trainingContent(
  config: JsonObject,
  label: string,
): { readonly name: string; readonly pictures: readonly string[] } | null {
  const { blueprint: json, setting } = config;
  if (typeof json !== 'object' || json === null) return null;
  const images = SETTING_NAMES.find((name) => name === setting) ?? ('cifar10' satisfies SettingName);
  const blueprint = blueprintFromJson(json as JsonObject, images, label);
  const number = (key: string): number | undefined => {
    const value = config[key];
    return typeof value === 'number' ? value : undefined;
  };
  const sizes = { channels: number('channels'), layers: number('layers'), imageSize: number('imageSize') };
  const auxiliary = (number('auxiliary') ?? 0) > 0;
  const network = drawNetwork(blueprint, { ...sizes, auxiliary, standalone: false });
  const pictures = [cellsFigure(blueprint.genotype), figure(network, `the network of ${blueprint.name}`)];
  return { name: blueprint.name, pictures };
}

/** Figures of result.json that stand at the top, by where they are in it. */
const FIGURES: readonly (readonly [path: string, name: string, show: (value: number) => string])[] = [
  ['test.top1', 'top-1 accuracy, test images', percent],
  ['best.top1', 'top-1 accuracy, best epoch', percent],
  ['test.loss', 'loss, test images', (value) => value.toFixed(3)],
  ['policy.reward', 'last reward', (value) => `${(100 * value).toFixed(2)} points`],
  ['policy.entropy', 'entropy of the policy', (value) => `${value.toFixed(2)} nats`],
  ['weights.accuracy', 'accuracy of the shared weights, training batches', percent],
  ['parameters', 'parameters', grouped],
  ['parameters.weights', 'shared parameters', grouped],
  ['steps', 'steps', grouped],
  ['steps.weights', 'steps of the shared weights', grouped],
  ['epochs', 'epochs', grouped],
];

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** The figures of a result that a reader looks for first. */
export const summaryOf = (result: JsonObject): (readonly [string, string])[] =>
  FIGURES.flatMap(([path, name, show]) => {
    const value = path
      .split('.')
      .reduce<unknown>((inner, key) => (inner as JsonObject | undefined)?.[key], result);
    return typeof value === 'number' ? [[show(value), name] as const] : [];
  });
