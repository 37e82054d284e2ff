// The program `nat`.
import { runProgram } from '../../runtime/host/node/platform_node.ts';
import { COMMANDS } from './commands.ts';
import { runCommands } from './program.ts';

const PROGRAM = {
  name: 'nat',
  summary: 'neural architecture transformation search on WebGPU',
  commands: COMMANDS,
};

runProgram((platform) => runCommands(PROGRAM, platform));
