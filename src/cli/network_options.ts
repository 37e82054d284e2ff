// The options that name a network and its sizes, where it is not that of a run folder.
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { buildNetwork } from '../networks/build_network.ts';
import { SETTING_NAMES } from '../networks/macro_setting.ts';
import { type Blueprint, loadBlueprint } from '../networks/registry.ts';
import type { Network } from '../nn/network.ts';
import type { OptionValues } from './flags.ts';
import { ARCH_OPTION, NETWORK_OPTION } from './train_options.ts';

const SIZE = { type: 'integer', min: 1, max: 4096 } as const;

export const NETWORK_OPTIONS = {
  arch: ARCH_OPTION,
  network: NETWORK_OPTION,
  setting: {
    type: 'string',
    choices: SETTING_NAMES,
    default: 'cifar10',
    help: 'images of 32x32 in 10 classes, or of 224x224 in 1000',
  },
  channels: { ...SIZE, help: 'of the first cells (36 on cifar10, 48 on imagenet)' },
  layers: { ...SIZE, help: 'cells (20 on cifar10, 14 on imagenet)' },
  classes: { ...SIZE, max: 2 ** 20, help: 'of images' },
  imageSize: { ...SIZE, help: 'height and width of the images' },
} as const;

/** Whether a network is that of a run folder or named by --arch. Throws UserError where it is neither, or both. */
export function requireRunOrArch(run: string | undefined, arch: string | undefined): void {
  if ((run === undefined) !== (arch === undefined)) return;
  const got = run === undefined ? 'neither --run nor --arch' : '--run and --arch';
  throw new UserError(`got ${got}; expected one of them`);
}

/** Which weights of a run folder --weights names, the last unless given. Throws UserError for others. */
export function weightsOfRun(weights: string | undefined): 'last' | 'best' {
  if (weights === undefined || weights === 'last') return 'last';
  if (weights === 'best') return 'best';
  throw new UserError(`--weights: got '${weights}', expected last or best, those of the run`);
}

/** The network that the options name, without auxiliary head. Throws UserError where there is none. */
export async function networkOf(
  files: Files,
  { arch, network, setting, ...sizes }: OptionValues<typeof NETWORK_OPTIONS>,
): Promise<{ readonly blueprint: Blueprint; readonly network: Network }> {
  if (arch === undefined) throw new UserError(`--arch is missing: --arch NAME|FILE, ${ARCH_OPTION.help}`);
  const blueprint = await loadBlueprint(files, arch, setting, network ?? null);
  const { channels, layers, classes, imageSize } = sizes;
  return { blueprint, network: buildNetwork(blueprint, { channels, layers, classes, imageSize }) };
}
