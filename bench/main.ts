// The program behind `npm run bench`, `bench:compare` and `bench:plot`.
import { runProgram } from '../runtime/host/node/platform_node.ts';
import { runCommands } from '../src/cli/program.ts';
import { coldStart } from './commands/cold_start.ts';
import { compare } from './commands/compare.ts';
import { ours, peers } from './commands/peers.ts';
import { plot } from './commands/plot.ts';
import { queue } from './commands/queue.ts';
import { run } from './commands/run.ts';
import { smallCnn } from './commands/small_cnn.ts';
import { staticCommand, staticStep } from './commands/static.ts';

const PROGRAM = {
  name: 'bench',
  summary: 'how fast nat-webgpu is on an adapter, and how near to what the adapter can do',
  commands: [run, compare, plot, peers, ours, smallCnn, coldStart, queue, staticCommand, staticStep],
};

runProgram((platform) => runCommands(PROGRAM, platform));
