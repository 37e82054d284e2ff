// `nat plan`: what a search will cost, before it runs and without an adapter.
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { openNullEngine } from '../../runtime/engine/null_device.ts';
import { mebibytes } from '../io/format.ts';
import { withSizeAdvice } from '../run/run.ts';
import { checkSearchConfig } from '../search/config.ts';
import { planForKind, searchCost, type SearchCost } from '../search/plan_cost.ts';
import { splitImages } from '../search/splits.ts';
import { defineCommand, JSON_OPTION } from './command.ts';
import { SEARCH_OPTIONS, searchConfigOf } from './search_options.ts';

/** Training images of CIFAR-10, and of the sample. */
const IMAGES = { paper: 50_000, quick: 1_000 } as const;

export const plan = defineCommand({
  name: 'plan',
  summary: 'what a search costs a step: dispatches, host time, memory; needs no adapter',
  options: {
    images: {
      type: 'integer',
      min: 1,
      help: `training images (${IMAGES.paper} with --preset paper, those of CIFAR-10; ${IMAGES.quick}, the sample)`,
    },
    kind: {
      type: 'string',
      choices: ['gpu', 'llvmpipe', 'swiftshader'],
      default: 'gpu',
      help: 'the kind of adapter whose kernels are planned',
    },
    ...SEARCH_OPTIONS,
    json: JSON_OPTION,
  },
  async run(platform, options) {
    const config = await searchConfigOf(platform.files, options);
    checkSearchConfig(config);
    const images = options.images ?? IMAGES[options.preset];
    splitImages(images, config.trainFraction, config.batch, config.seed);
    const searchPlan = await withSizeAdvice(async () => planForKind(options.kind, config, images));
    const engine = await openNullEngine(nodeGpu(), options.kind);
    try {
      const cost = await searchCost(engine, searchPlan, images, platform.now);
      platform.terminal.out(options.json ? `${JSON.stringify(costToJson(cost))}\n` : describeCost(cost));
    } finally {
      engine.destroy();
    }
  },
});

const rounded = (value: number): number => Math.round(1000 * value) / 1000;

const both = ({ weights, policy }: SearchCost['dispatches']) => ({
  weights: rounded(weights),
  policy: rounded(policy),
});

const costToJson = (cost: SearchCost): object => ({
  dispatches_per_step: both(cost.dispatches),
  host_ms_per_step: both(cost.hostMs),
  created_per_step: rounded(cost.created),
  pipelines: cost.pipelines,
  planned_bytes: cost.bytes,
  by_part: cost.parts.map(({ part, dispatches, bytes }) => ({ part, dispatches: both(dispatches), bytes })),
});

function describeCost({ dispatches, hostMs, created, pipelines, bytes, parts }: SearchCost): string {
  const size = (count: number): string => (count > 0 ? mebibytes(count, 1) : '');
  const count = (value: number): string => (value > 0 ? value.toFixed(1) : '');
  const rows = [
    ['', 'w step', 'theta step', 'MiB'],
    ...parts.map((row) => [
      row.part,
      count(row.dispatches.weights),
      count(row.dispatches.policy),
      size(row.bytes),
    ]),
    ['dispatches', count(dispatches.weights), count(dispatches.policy), size(bytes)],
    ['host ms', hostMs.weights.toFixed(2), hostMs.policy.toFixed(2), ''],
  ];
  const table = rows
    .map(([name, ...cells]) =>
      `${name!.padEnd(26)}${cells.map((cell) => cell.padStart(12)).join('')}`.trimEnd(),
    )
    .join('\n');
  return `${table}\n${pipelines} pipelines; ${rounded(created)} objects created a step\n`;
}
