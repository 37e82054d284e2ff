// Networks by name. A name of a network (VGG16, NAT_ResNet20, ...) comes before that of a cell: a cell, or a genotype
// file, stands for the generic cell network of its setting, or takes the place of a network's blocks.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Genotype } from '../arch/genotype.ts';
import { SETTING_NAMES, type SettingName } from './macro_setting.ts';
import { didYouMean } from '../io/suggest.ts';
import { CELL_NAMES, findCell, loadGenotype, requireCell, simplified } from '../arch/zoo/find_cell.ts';
import { MOBILENET_V2_CIFAR10, MOBILENET_V2_IMAGENET } from './hand_crafted/mobilenet_v2.ts';
import type { NetworkPlan } from './hand_crafted/plan.ts';
import { RESNET18, RESNET20, RESNET50, RESNET56 } from './hand_crafted/resnet.ts';
import { VGG16_CIFAR10, VGG16_IMAGENET } from './hand_crafted/vgg.ts';

export const NETWORK_PLANS: readonly NetworkPlan[] = [
  VGG16_CIFAR10,
  RESNET20,
  RESNET56,
  MOBILENET_V2_CIFAR10,
  VGG16_IMAGENET,
  RESNET18,
  RESNET50,
  MOBILENET_V2_IMAGENET,
];

/** What each network exists as: itself, with NAT's cell, with NAT++'s cell. */
const VARIANTS = ['', 'NAT_', 'NATv2_'] as const;

/** Everything that determines a network but its sizes. Plain data: a run's configuration can hold it. */
export interface Blueprint {
  readonly name: string;
  readonly setting: SettingName;
  readonly genotype: Genotype;
  /** The hand-crafted network whose blocks the genotype's cells are; null for the generic cell network. */
  readonly network: string | null;
}

const plansOf = (setting: SettingName): NetworkPlan[] =>
  NETWORK_PLANS.filter((plan) => plan.setting === setting);

/** The names of the networks of a setting, those with transformed cells included. */
export const networkNames = (setting: SettingName): string[] =>
  plansOf(setting).flatMap(({ name }) => VARIANTS.map((variant) => variant + name));

/** The network of that name, whatever its letter case and separators, or undefined. */
function findNetwork(name: string, setting: SettingName): Blueprint | undefined {
  for (const plan of plansOf(setting)) {
    for (const variant of VARIANTS) {
      if (simplified(variant + plan.name) !== simplified(name)) continue;
      const genotype = requireCell(variant + plan.cell);
      return { name: variant + plan.name, setting, genotype, network: plan.name };
    }
  }
  return undefined;
}

/** The plan of a network. Throws UserError with the names that there are. */
export function requirePlan(name: string, setting: SettingName): NetworkPlan {
  const plans = plansOf(setting);
  const plan = plans.find((candidate) => simplified(candidate.name) === simplified(name));
  if (plan) return plan;
  const names = plans.map((candidate) => candidate.name);
  throw new UserError(
    `network '${name}' is not known in setting ${setting};${didYouMean(name, names)} expected one of ${names.join(', ')}`,
  );
}

/** A cell in its generic network, or in place of the blocks of the hand-crafted `network`. */
export function blueprintOf(
  genotype: Genotype,
  setting: SettingName,
  network: string | null = null,
): Blueprint {
  const cell = genotype.name ?? 'unnamed';
  if (network === null) return { name: cell, setting, genotype, network };
  const plan = requirePlan(network, setting);
  return { name: `${plan.name} of ${cell}`, setting, genotype, network: plan.name };
}

/** The network or cell of that name. Throws UserError with a suggestion. */
export function requireBlueprint(name: string, setting: SettingName): Blueprint {
  const blueprint = findNetwork(name, setting);
  if (blueprint) return blueprint;
  const cell = findCell(name);
  if (cell) return blueprintOf(cell, setting);
  const plans = plansOf(setting).map((plan) => plan.name);
  const elsewhere = SETTING_NAMES.find((other) => findNetwork(name, other));
  if (elsewhere) {
    throw new UserError(
      `network ${findNetwork(name, elsewhere)!.name} belongs to setting ${elsewhere}; ` +
        `the networks of setting ${setting} are ${plans.join(', ')}`,
    );
  }
  throw new UserError(
    `architecture '${name}' is not known;${didYouMean(name, [...networkNames(setting), ...CELL_NAMES])} expected a ` +
      `genotype file (.json), a network (${plans.join(', ')}, NAT_ or NATv2_ before it) or a cell ` +
      `(${CELL_NAMES.join(', ')})`,
  );
}

/** What a user names: a network, a cell or a genotype file; with `network`, a cell or file in its place. */
export async function loadBlueprint(
  files: Files,
  nameOrPath: string,
  setting: SettingName,
  network: string | null = null,
): Promise<Blueprint> {
  const isFile = /\.json$|[/\\]/i.test(nameOrPath);
  if (!isFile && network === null) return requireBlueprint(nameOrPath, setting);
  return blueprintOf(await loadGenotype(files, nameOrPath), setting, network);
}
