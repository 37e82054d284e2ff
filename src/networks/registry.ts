// Networks by name. A name of a network (VGG16, NAT_ResNet20, ...) comes before that of a cell: a cell, or a genotype
// file, stands for the generic cell network of its setting, or takes the place of a network's blocks.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import type { Genotype } from '../arch/genotype.ts';
import { SETTING_NAMES, type SettingName } from './macro_setting.ts';
import { didYouMean } from '../io/suggest.ts';
import { CELL_NAMES, findCell, loadGenotype, simplified } from '../arch/zoo/find_cell.ts';
import { MOBILENETS } from './hand_crafted/mobilenet_v2.ts';
import type { NetworkPlan } from './hand_crafted/plan.ts';
import { RESNETS } from './hand_crafted/resnet.ts';
import { VGGS } from './hand_crafted/vgg.ts';

export const NETWORK_PLANS: readonly NetworkPlan[] = [...VGGS, ...RESNETS, ...MOBILENETS];

/** What a network exists as: itself and, where the zoo has them, with NAT's cell and with NAT++'s cell. */
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

const NETWORKS: readonly Blueprint[] = NETWORK_PLANS.flatMap((plan) =>
  VARIANTS.flatMap((variant) => {
    const genotype = findCell(variant + plan.cell);
    if (!genotype) return [];
    return [{ name: variant + plan.name, setting: plan.setting, genotype, network: plan.name }];
  }),
);

/** The names of the networks of a setting, those with transformed cells included. */
export const networkNames = (setting: SettingName): string[] =>
  NETWORKS.filter((network) => network.setting === setting).map(({ name }) => name);

/** The network of that name, whatever its letter case and separators, or undefined. */
const findNetwork = (name: string, setting: SettingName): Blueprint | undefined =>
  NETWORKS.find((network) => network.setting === setting && simplified(network.name) === simplified(name));

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
