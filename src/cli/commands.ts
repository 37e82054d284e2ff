// The table of subcommands, in the order in which --help lists them.

import { benchmarkNasBench201 } from './benchmark.ts';
import { check } from './check.ts';
import type { Subcommand } from './command.ts';
import { completion } from './completion.ts';
import { convert } from './convert.ts';
import { cost } from './cost.ts';
import { dataCifar10, dataCifar100, dataFashionMnist } from './data.ts';
import { devices } from './devices.ts';
import { deriveCommand } from './derive.ts';
import { draw } from './draw.ts';
import { evaluateCommand } from './evaluate.ts';
import { experimentCommand } from './experiment.ts';
import { exportCommand } from './export.ts';
import { golden } from './golden.ts';
import { importCommand } from './import.ts';
import { plan } from './plan.ts';
import { queueDashboard, queueDrain, queuePause, queueResume, queueRetry, queueStatus } from './queue.ts';
import { records } from './records.ts';
import { report } from './report.ts';
import { schema } from './schema.ts';
import { search } from './search.ts';
import { start } from './start.ts';
import { train } from './train.ts';
import { transformRules } from './transform_rules.ts';
import { worker } from './worker.ts';

export const COMMANDS: readonly Subcommand[] = [
  start,
  search,
  plan,
  deriveCommand,
  train,
  evaluateCommand,
  experimentCommand,
  worker,
  queueStatus,
  queuePause,
  queueResume,
  queueRetry,
  queueDrain,
  queueDashboard,
  benchmarkNasBench201,
  records,
  report,
  schema,
  dataCifar10,
  dataCifar100,
  dataFashionMnist,
  devices,
  check,
  transformRules,
  cost,
  convert,
  draw,
  exportCommand,
  importCommand,
  golden,
  completion(() => COMMANDS),
];
