// The table of subcommands, in the order in which --help lists them.

import { check } from './check.ts';
import type { Command } from './command.ts';
import { devices } from './devices.ts';
import { transformRules } from './transform_rules.ts';

export const COMMANDS: readonly Command[] = [devices, transformRules, check];
