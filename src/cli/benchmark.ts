// `nat benchmark nasbench201`: methods that transform cells, judged by a table of what every cell reaches.
import { UserError } from '../../runtime/errors.ts';
import { loadBenchmarkTable } from '../benchmark/load_table.ts';
import type { BenchmarkMethod } from '../benchmark/method.ts';
import { formatBenchmark } from '../benchmark/report.ts';
import { runBenchmark } from '../benchmark/run.ts';
import { UNTRAINED_METHODS } from '../benchmark/untrained_methods.ts';
import { didYouMean } from '../io/suggest.ts';
import { nullIfInterrupted } from '../run/observer.ts';
import { refuseSupernetOptions, runSupernetBenchmark, SUPERNET_OPTIONS } from './benchmark_supernet.ts';
import { defineCommand, JSON_OPTION } from './command.ts';
import { longRun } from './long_run.ts';

const METHODS = UNTRAINED_METHODS;
const METHOD_NAMES = METHODS.map(({ name }) => name);

export const benchmarkNasBench201 = defineCommand({
  name: 'benchmark nasbench201',
  summary: 'what transforming is worth, by ground truth: all cells of NAS-Bench-201',
  options: {
    table: {
      type: 'string',
      placeholder: 'FILE.csv',
      help: 'architecture,validation12,test12,test200 of every cell (that of CIFAR-10, which comes along)',
    },
    methods: {
      type: 'string',
      placeholder: 'LIST',
      help: `some of ${METHOD_NAMES.join(',')} (all)`,
    },
    seeds: { type: 'integer', min: 1, max: 10_000, default: 20, help: 'how many splits of the cells' },
    seed: { type: 'integer', min: 0, default: 1, help: 'the first seed; the others follow it' },
    json: JSON_OPTION,
    ...SUPERNET_OPTIONS,
  },
  examples: [
    ['', 'all methods on the cells of CIFAR-10'],
    ['--seeds 3 --json', 'fewer seeds, for a program to read'],
    ['--supernet --data data/cifar-10 --out runs/supernet', 'how shared weights rank the cells'],
  ],
  async run(platform, options) {
    const { table: file, methods: list, seeds: count, seed: first, json } = options;
    if (options.supernet) return runSupernetBenchmark(platform, options);
    refuseSupernetOptions(options);
    const methods = chosenMethods(list);
    const table = await loadBenchmarkTable(platform, file);
    const seeds = Array.from({ length: count }, (_, i) => first + i);
    return longRun(platform, { adapter: undefined, json }, null, async ({ observer }) => {
      const result = await runBenchmark({ table, methods, seeds, observer }).catch(nullIfInterrupted);
      return result && { json: result, text: formatBenchmark(result) };
    });
  },
});

/** Methods in the order of the list. */
function chosenMethods(list: string | undefined): readonly BenchmarkMethod[] {
  if (list === undefined) return METHODS;
  const names = list.split(',').map((name) => name.trim());
  return names.map((name, i) => {
    const method = METHODS.find((candidate) => candidate.name === name);
    if (!method) {
      const hint = didYouMean(name, METHOD_NAMES) || ` expected some of ${METHOD_NAMES.join(',')}`;
      throw new UserError(`--methods: unknown method '${name}';${hint}`);
    }
    if (names.indexOf(name) < i) throw new UserError(`--methods: ${name} is given twice; give it once`);
    return method;
  });
}
