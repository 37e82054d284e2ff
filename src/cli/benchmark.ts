// `nat benchmark nasbench201`: methods that transform cells, judged by a table of what every cell reaches.
import type { Device } from '../../runtime/engine/engine.ts';
import { UserError } from '../../runtime/errors.ts';
import { loadBenchmarkTable } from '../benchmark/load_table.ts';
import { openKept } from '../benchmark/kept.ts';
import { type BenchmarkMethod, methodId } from '../benchmark/method.ts';
import { METHODS } from '../benchmark/methods.ts';
import { formatBenchmark } from '../benchmark/report.ts';
import { runBenchmark } from '../benchmark/run.ts';
import { didYouMean } from '../io/suggest.ts';
import { nullIfInterrupted } from '../run/observer.ts';
import { refuseSupernetOptions, runSupernetBenchmark, SUPERNET_OPTIONS } from './benchmark_supernet.ts';
import { defineCommand } from './command.ts';
import { commandAgain } from './invocation.ts';
import { longRun, TRAINING_OPTIONS } from './long_run.ts';

/** Every name once: methods that learn share theirs with others, under another adjacency or baseline. */
const METHOD_NAMES = [...new Set(METHODS.map(({ name }) => name))];

export const benchmarkNasBench201 = defineCommand({
  name: 'benchmark nasbench201',
  summary: 'what transforming is worth, by ground truth: all cells of NAS-Bench-201',
  options: {
    table: {
      type: 'string',
      placeholder: 'FILE.csv',
      help: 'architecture, validation12, test12, test200 of every cell (that of CIFAR-10, which comes along)',
    },
    methods: {
      type: 'string',
      placeholder: 'LIST',
      help:
        `some of ${METHOD_NAMES.join(', ')}, or of one learner, as in maximum-gcn/directed/cell/best, ` +
        'with commas between them (all)',
    },
    seeds: { type: 'integer', min: 1, max: 10_000, default: 20, help: 'how many splits of the cells' },
    seed: { type: 'integer', min: 0, default: 1, help: 'the first seed; the others follow it' },
    out: {
      type: 'string',
      placeholder: 'RUN',
      help: 'the run folder: what is finished is kept there, and the same command goes on from it',
    },
    ...TRAINING_OPTIONS,
    ...SUPERNET_OPTIONS,
  },
  examples: [
    ['', 'all methods on the cells of CIFAR-10'],
    ['--seeds 3 --json', 'fewer seeds, for a program to read'],
    ['--out runs/nasbench201', 'what is finished is kept, so that it can be stopped'],
    ['--supernet --data cifar10 --out runs/shared', 'how well weights that all cells share rank them'],
  ],
  async run(platform, options) {
    const { table: file, methods: list, seeds: count, seed: first, out } = options;
    if (options.supernet) return runSupernetBenchmark(platform, options);
    refuseSupernetOptions(options);
    const methods = chosenMethods(list);
    const table = await loadBenchmarkTable(platform, file);
    const seeds = Array.from({ length: count }, (_, i) => first + i);
    const goOn = out === undefined ? null : commandAgain(platform);
    return longRun(platform, options, goOn, async ({ observer, openEngine }) => {
      const kept = out === undefined ? {} : { kept: await openKept(platform.files, out, table) };
      let device: Device | null = null;
      const openDevice = async (): Promise<Device> => (device = await openEngine());
      try {
        const request = { table, methods, seeds, observer, openDevice, ...kept };
        const result = await runBenchmark(request).catch(nullIfInterrupted);
        return result && { json: result, text: formatBenchmark(result) };
      } finally {
        (device as Device | null)?.destroy();
      }
    });
  },
});

/** Methods in the order of the list: all of a name, or that of a name with its adjacency and baseline. */
function chosenMethods(list: string | undefined): readonly BenchmarkMethod[] {
  if (list === undefined) return METHODS;
  const chosen: BenchmarkMethod[] = [];
  for (const name of list.split(',').map((part) => part.trim())) {
    const named = METHODS.filter((method) => method.name === name || methodId(method) === name);
    if (named.length === 0) {
      const hint = didYouMean(name, METHOD_NAMES) || ` expected some of ${METHOD_NAMES.join(',')}`;
      throw new UserError(`--methods: unknown method '${name}';${hint}`);
    }
    if (named.some((method) => chosen.includes(method))) {
      throw new UserError(`--methods: ${name} is given twice; give it once`);
    }
    chosen.push(...named);
  }
  return chosen;
}
