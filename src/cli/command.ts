// What a subcommand is, and the options that several of them share.

import type { OpenOptions } from '../../runtime/engine/adapter_info.ts';
import { FAST_UNCHECKED } from '../../runtime/engine/gpu_provider.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import type { OptionTable, OptionValues } from './flags.ts';

export interface Subcommand<T extends OptionTable = OptionTable> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly options: T;
  /** For --help: arguments, and what the command then does. */
  readonly examples?: readonly (readonly [args: string, does: string])[];
  /** Does the work; what it resolves to is the exit code, 0 where that is nothing. */
  run(platform: Platform, options: OptionValues<T>): Promise<number | void>;
}

/** Only gives a command's `run` the types that its table of options says. */
export const defineCommand = <const T extends OptionTable>(command: Subcommand<T>): Subcommand<T> => command;

/** Understood by every command. */
export const GENERAL_OPTIONS = {
  quiet: { type: 'boolean', help: 'print the result and errors alone, no progress and no notes' },
  help: {
    type: 'boolean',
    help: 'print this help, also -h; defaults are those under the other options given',
  },
  debug: { type: 'boolean', help: 'print the stack trace of an error' },
} as const;

export const JSON_OPTION = {
  type: 'boolean',
  help: 'print the result as JSON on standard output, progress as JSON lines on standard error',
} as const;

export const ADAPTER_OPTION = {
  type: 'string',
  help: "part of the adapter's name or kind: gpu, llvmpipe, swiftshader, nvidia ... (the best one found)",
} as const;

export const FAST_UNCHECKED_OPTION = {
  type: 'boolean',
  help:
    "run without Dawn's checks of every call and of the indices in kernels: less time, the same results; a mistake " +
    'in the program then crashes or gives wrong numbers where it would have been an error',
} as const;

export const CHECK_NUMERICS_OPTION = {
  type: 'boolean',
  help:
    'look at whatever kernels leave behind, and stop at the first number that is not finite with its step, kernel and ' +
    'tensor: the same results, in up to twice the time',
} as const;

/** The adapter asked for by --adapter, else by the environment variable NAT_ADAPTER; undefined for the best one. */
export function adapterName(
  platform: Platform,
  options: { adapter: string | undefined },
): string | undefined {
  return options.adapter ?? (platform.env['NAT_ADAPTER'] || undefined);
}

/** How to open the adapter that the options ask for. */
export function openOptions(
  platform: Platform,
  options: { adapter: string | undefined; fastUnchecked?: boolean },
): OpenOptions {
  const name = adapterName(platform, options);
  return {
    ...(name === undefined ? {} : { name }),
    ...(options.fastUnchecked ? { toggles: FAST_UNCHECKED } : {}),
  };
}
