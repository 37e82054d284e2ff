// `nat plan`: what a search will cost, before it runs and without an adapter; with --measure also how long it takes on one.
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { openNullEngine } from '../../runtime/engine/null_device.ts';
import { UserError } from '../../runtime/errors.ts';
import { mebibytes } from '../io/format.ts';
import { formatJson } from '../io/json.ts';
import { nullIfInterrupted, progressOrStop } from '../run/observer.ts';
import { chromeTrace } from '../run/trace.ts';
import { withSizeAdvice } from '../run/run.ts';
import { withEngine } from '../run/with_engine.ts';
import { checkSearchConfig, SEARCH_SIZES } from '../search/config.ts';
import { measureSteps } from '../search/measure_steps.ts';
import {
  millisecondsOf,
  type PerStep,
  planForKind,
  searchCost,
  type SearchCost,
  stepsOf,
} from '../search/plan_cost.ts';
import { planSearch } from '../search/session.ts';
import { traceSteps } from '../search/trace_steps.ts';
import { ADAPTER_OPTION, defineCommand, JSON_OPTION } from './command.ts';
import { longRun } from './long_run.ts';
import { duration } from './progress.ts';
import { SEARCH_OPTIONS, searchConfigOf } from './search_options.ts';

/** Training images of CIFAR-10, and of the sample. */
const IMAGES = { paper: 50_000, quick: 1_000 } as const;

export const plan = defineCommand({
  name: 'plan',
  summary: 'what a search costs: dispatches, memory, host time, and how long it takes; needs no adapter',
  options: {
    images: {
      type: 'integer',
      min: 1,
      help: `training images (${IMAGES.paper} with --preset paper, those of CIFAR-10; ${IMAGES.quick}, the sample)`,
    },
    kind: {
      type: 'string',
      choices: ['gpu', 'llvmpipe', 'swiftshader'],
      help: 'the kind of adapter whose kernels are planned (gpu; with --measure that of the adapter)',
    },
    measure: {
      type: 'boolean',
      help: 'time some steps on the adapter, to tell how long the search takes there',
    },
    trace: {
      type: 'string',
      placeholder: 'FILE.json',
      help: 'write every kernel call of a step of w and one of theta on the adapter, for Perfetto or Chrome',
    },
    adapter: { ...ADAPTER_OPTION, help: `with --measure or --trace: ${ADAPTER_OPTION.help}` },
    ...SEARCH_OPTIONS,
    json: JSON_OPTION,
  },
  examples: [
    ['', 'the quick preset'],
    ['--preset paper --measure', "how long the paper's search takes on this machine"],
    ['--trace step.json', 'every kernel call of a step, to be opened in ui.perfetto.dev'],
    ['--preset paper --batch 32 --json', 'another setting, for a program to read'],
  ],
  async run(platform, options) {
    const { measure, trace, adapter, preset, json } = options;
    if (adapter !== undefined && !measure && trace === undefined) {
      throw new UserError('--adapter: a plan needs no adapter; leave it out, or add --measure or --trace');
    }
    const config = await searchConfigOf(platform.files, options);
    checkSearchConfig(config);
    const images = options.images ?? IMAGES[preset];
    const steps = stepsOf(config, images);
    return longRun(platform, { adapter, json }, null, async ({ observer, openEngine }) => {
      const measured = measure
        ? await withEngine(openEngine, async (engine) => {
            const searchPlan = await withSizeAdvice(SEARCH_SIZES, async () =>
              planSearch(engine, config, images),
            );
            const report = (done: number): void =>
              progressOrStop(observer, { label: 'steps timed, %', done: Math.round(100 * done), total: 100 });
            const ms = await measureSteps(engine, searchPlan, images, platform.now, report);
            return { ms, adapter: engine.info.name, kind: engine.kind };
          }).catch(nullIfInterrupted)
        : undefined;
      if (measured === null) return null;
      if (trace !== undefined) {
        await withEngine(openEngine, async (engine) => {
          const traced = await withSizeAdvice(SEARCH_SIZES, () =>
            traceSteps(engine, config, images, platform.now),
          );
          const text = formatJson(chromeTrace(traced, engine.info.name), trace);
          await platform.files.writeAtomic(trace, text);
        });
      }
      const kind = options.kind ?? measured?.kind ?? 'gpu';
      const searchPlan = await withSizeAdvice(SEARCH_SIZES, async () => planForKind(kind, config, images));
      const cost = await withEngine(
        () => openNullEngine(nodeGpu(), kind),
        (engine) => searchCost(engine, searchPlan, images, platform.now),
      );
      const whole: Whole = { epochs: config.epochs, steps, measured };
      const search = ['search', ...sharedWithSearch(platform.args.slice(1)), '--out', 'runs/search'];
      const next = [[search, 'the search itself']] as const;
      return { json: costToJson(cost, whole), text: describeCost(cost) + describeWhole(cost, whole), next };
    });
  },
});

/** Those arguments that a search has too. */
const sharedWithSearch = (args: readonly string[]): string[] =>
  args.filter(
    (arg, i) =>
      !/^--(?:measure|images|kind|trace)\b/.test(arg) && !/^--(?:images|kind|trace)$/.test(args[i - 1] ?? ''),
  );

/** The search as a whole. */
interface Whole {
  readonly epochs: number;
  readonly steps: PerStep;
  /** Milliseconds of a step on an adapter. */
  readonly measured: { readonly ms: PerStep; readonly adapter: string } | undefined;
}

const rounded = (value: number): number => Math.round(1000 * value) / 1000;

const both = ({ weights, policy }: PerStep) => ({
  weights: rounded(weights),
  policy: rounded(policy),
});

/** Seconds of all steps, at so many milliseconds each. */
const seconds = (steps: PerStep, ms: PerStep): number => millisecondsOf(steps, ms) / 1000;

const costToJson = (cost: SearchCost, { steps, measured }: Whole): object => ({
  dispatches_per_step: both(cost.dispatches),
  host_ms_per_step: both(cost.hostMs),
  created_per_step: rounded(cost.created),
  pipelines: cost.pipelines,
  planned_bytes: cost.bytes,
  by_part: cost.parts.map(({ part, dispatches, bytes }) => ({ part, dispatches: both(dispatches), bytes })),
  steps,
  host_seconds: rounded(seconds(steps, cost.hostMs)),
  ...(measured
    ? {
        measured: {
          adapter: measured.adapter,
          ms_per_step: both(measured.ms),
          seconds: rounded(seconds(steps, measured.ms)),
        },
      }
    : {}),
});

function describeCost({ dispatches, hostMs, created, pipelines, bytes, parts }: SearchCost): string {
  const size = (count: number): string => (count > 0 ? mebibytes(count, 1) : '');
  const count = (value: number): string => (value > 0 ? value.toFixed(1) : '');
  const line = (name: string, ...cells: readonly string[]): string =>
    `${name.padEnd(26)}${cells.map((cell) => cell.padStart(12)).join('')}`.trimEnd();
  const lines = [
    line('', 'dispatches', 'dispatches', 'memory'),
    line('part', 'w step', 'theta step', 'MiB'),
    ...parts.map(({ part, dispatches: own, bytes: memory }) =>
      line(part, count(own.weights), count(own.policy), size(memory)),
    ),
    line('all parts', count(dispatches.weights), count(dispatches.policy), size(bytes)),
    '',
    line('host ms a step', hostMs.weights.toFixed(2), hostMs.policy.toFixed(2)),
  ];
  return `${lines.join('\n')}\n${pipelines} pipelines; ${rounded(created)} objects created a step\n`;
}

function describeWhole({ hostMs }: SearchCost, { epochs, steps, measured }: Whole): string {
  const count = `the search: ${epochs} epochs, in all ${steps.weights} steps of w and ${steps.policy} of theta\n`;
  if (!measured) {
    return (
      `${count}  at least ${duration(seconds(steps, hostMs))}, the host's time alone; ` +
      '--measure times steps on the adapter\n'
    );
  }
  const { ms, adapter } = measured;
  return (
    `${count}  on ${adapter}: about ${duration(seconds(steps, ms))}\n` +
    `  ${ms.weights.toFixed(1)} ms a step of w, ${ms.policy.toFixed(1)} ms a step of theta, measured\n`
  );
}
