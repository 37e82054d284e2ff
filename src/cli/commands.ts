// The table of subcommands, in the order in which --help lists them.

import { check } from './check.ts';
import type { Command } from './command.ts';
import { dataCifar10 } from './data.ts';
import { devices } from './devices.ts';
import { transformRules } from './transform_rules.ts';

export const COMMANDS: readonly Command[] = [dataCifar10, devices, transformRules, check];
