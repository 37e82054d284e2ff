// The table of subcommands, in the order in which --help lists them.

import type { Command } from './command.ts';
import { devices } from './devices.ts';

export const COMMANDS: readonly Command[] = [devices];
