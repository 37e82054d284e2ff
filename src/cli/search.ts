// `nat search`: Algorithm 1 of the paper, into a run folder.
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import { loadImages } from '../data/load.ts';
import { percent } from '../derive/report.ts';
import type { SearchConfig } from '../search/config.ts';
import { environmentOf } from '../run/environment.ts';
import { searchIntoFolder } from '../search/run.ts';
import type { SearchResult } from '../search/search.ts';
import { ADAPTER_OPTION, defineCommand, FAST_UNCHECKED_OPTION, JSON_OPTION, openOptions } from './command.ts';
import { createProgress } from './progress.ts';
import { SEARCH_OPTIONS, searchConfigOf } from './search_options.ts';

/** Exit code of an interrupted run: 128 + SIGINT, as shells report it. */
const INTERRUPTED = 130;

export const search = defineCommand({
  name: 'search',
  summary: 'train shared weights and policy (Algorithm 1), into a run folder',
  options: {
    data: {
      type: 'string',
      placeholder: 'DIR',
      default: 'sample',
      help: "a CIFAR-10 directory, or 'sample'",
    },
    out: { type: 'string', placeholder: 'RUN', required: true, help: 'the run folder' },
    resume: { type: 'boolean', help: 'go on with the run in that folder' },
    ...SEARCH_OPTIONS,
    adapter: ADAPTER_OPTION,
    fastUnchecked: FAST_UNCHECKED_OPTION,
    json: JSON_OPTION,
  },
  async run(platform, options) {
    const config = await searchConfigOf(platform.files, options, options.data);
    const result = await runSearchCommand(platform, config, options);
    if (!result) return INTERRUPTED;
    platform.terminal.out(options.json ? `${JSON.stringify(result)}\n` : describeResult(result, options.out));
    return 0;
  },
});

/** Searches with progress on the terminal; null where the user interrupted it. */
export async function runSearchCommand(
  platform: Platform,
  config: SearchConfig,
  options: {
    out: string;
    resume: boolean;
    adapter: string | undefined;
    fastUnchecked: boolean;
    json: boolean;
  },
): Promise<SearchResult | null> {
  const progress = createProgress(platform, options);
  let interrupted = false;
  platform.onInterrupt(() => {
    interrupted = true;
    progress.note('stopping after this step; a checkpoint will be saved');
  });
  const { train } = await loadImages(platform, config.data);
  const engine = await openEngine(nodeGpu(), openOptions(platform, options));
  progress.note(`adapter: ${engine.info.name}`);
  let values: Record<string, number> = {};
  try {
    const result = await searchIntoFolder(engine, {
      config,
      images: train,
      files: platform.files,
      dir: options.out,
      resume: options.resume,
      environment: environmentOf(platform.runtime, engine.info),
      planned: ({ bytes, pipelines }) =>
        progress.note(`planned: ${(bytes / 2 ** 20).toFixed(0)} MiB of GPU memory, ${pipelines} pipelines`),
      observer: {
        progress: ({ epoch, phase, step }, steps, epochs) =>
          progress.update({
            label: `epoch ${epoch + 1}/${epochs} ${phase}`,
            done: step,
            total: steps,
            values,
          }),
        metrics: ({ loss, accuracy, reward }) => {
          values = loss === undefined ? { reward: reward! } : { loss, accuracy: accuracy! };
        },
        now: platform.now,
        interrupted: () => interrupted,
      },
    });
    progress.finish();
    if (!result) progress.note(`interrupted; go on with: nat search ... --out ${options.out} --resume`);
    return result;
  } finally {
    progress.finish();
    engine.destroy();
  }
}

function describeResult({ steps, weights, policy, parameters }: SearchResult, dir: string): string {
  const lines = [`run folder: ${dir}`, `shared weights: ${parameters.weights} after ${steps.weights} steps`];
  if (weights)
    lines.push(`  loss ${weights.loss.toFixed(4)}, accuracy ${percent(weights.accuracy)} (training batches)`);
  lines.push(`policy weights: ${parameters.policy} after ${steps.policy} steps`);
  if (policy) {
    lines.push(
      `  accuracy ${percent(policy.accuracyBefore)} before and ${percent(policy.accuracyAfter)} after the ` +
        `transformation, reward ${policy.reward.toFixed(4)}, entropy ${policy.entropy.toFixed(3)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
