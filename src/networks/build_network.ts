// From a blueprint, a name or a genotype to the network itself.
import { UserError } from '../../runtime/errors.ts';
import { buildCellNetwork } from './cell_network.ts';
import type { Genotype } from '../arch/genotype.ts';
import { MACRO_SETTINGS, type SettingName } from './macro_setting.ts';
import type { Network } from '../nn/network.ts';
import { requireCell } from '../arch/zoo/find_cell.ts';
import { buildHandCrafted } from './hand_crafted/hand_crafted.ts';
import { ownCellOf } from './hand_crafted/placement.ts';
import { type Blueprint, blueprintOf, requireBlueprint, requirePlan } from './registry.ts';

/** Sizes other than those of the setting. */
export interface NetworkOptions {
  /** Of cell networks only. */
  readonly channels?: number | undefined;
  readonly layers?: number | undefined;
  readonly classes?: number | undefined;
  readonly imageSize?: number | undefined;
  /** Of the images: 3 unless given, or 1 for grey ones. */
  readonly imageChannels?: number | undefined;
  /** Adds the auxiliary head; hand-crafted networks have none. */
  readonly auxiliary?: boolean | undefined;
}

/** Declares the network's parameters. Throws UserError where the architecture or an option does not fit. */
export function buildNetwork(blueprint: Blueprint, options: NetworkOptions = {}): Network {
  const { genotype, setting, network, name } = blueprint;
  const macro = MACRO_SETTINGS[setting];
  const {
    classes = macro.classes,
    imageSize = macro.imageSize,
    imageChannels = 3,
    auxiliary = false,
  } = options;
  const images = { imageChannels, imageSize };
  if (network === null) {
    const { channels = macro.channels, layers = macro.layers } = options;
    return buildCellNetwork({ genotype, setting, channels, layers, classes, ...images, auxiliary });
  }
  for (const size of ['channels', 'layers'] as const) {
    if (options[size] !== undefined)
      throw new UserError(
        `${name} has its own ${size}; only cell networks take ${size}, got ${options[size]}`,
      );
  }
  if (auxiliary) throw new UserError(`${name} has no auxiliary head; only cell networks do`);
  const plan = requirePlan(network, setting);
  const own = ownCellOf(genotype, [plan.cell, ...plan.otherGraphs].map(requireCell));
  return buildHandCrafted(plan, { own, genotype, classes, ...images });
}

/** The network of a name, or of a genotype. */
export function requireNetwork(
  architecture: string | Genotype,
  setting: SettingName,
  options: NetworkOptions & { readonly network?: string } = {},
): Network {
  const { network, ...sizes } = options;
  const genotype = typeof architecture === 'string' && network ? requireCell(architecture) : architecture;
  const blueprint =
    typeof genotype === 'string'
      ? requireBlueprint(genotype, setting)
      : blueprintOf(genotype, setting, network);
  return buildNetwork(blueprint, sizes);
}
