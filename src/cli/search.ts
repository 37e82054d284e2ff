// `nat search`: Algorithm 1 of the paper, into a run folder.
import { loadImages } from '../data/load.ts';
import { percent } from '../io/format.ts';
import { withEngine } from '../run/with_engine.ts';
import { searchIntoFolder, type SearchResult } from '../search/run.ts';
import { defineCommand } from './command.ts';
import { FOLDER_OPTIONS, longRun, requestOf, TRAINING_OPTIONS } from './long_run.ts';
import { SEARCH_DATA_OPTION, SEARCH_OPTIONS, searchConfigOf } from './search_options.ts';

export const search = defineCommand({
  name: 'search',
  summary: 'train shared weights and policy (Algorithm 1), into a run folder',
  options: { data: SEARCH_DATA_OPTION, ...FOLDER_OPTIONS, ...SEARCH_OPTIONS, ...TRAINING_OPTIONS },
  async run(platform, options) {
    const config = await searchConfigOf(platform.files, options);
    const goOn = `go on with: nat search ... --out ${options.out} --resume`;
    return longRun(platform, options, goOn, async (run) => {
      const { train: images } = await loadImages(platform, config.data);
      const result = await withEngine(run.openEngine, (engine) =>
        searchIntoFolder(engine, { config, images, ...requestOf(platform, run, engine, options) }),
      );
      return result && { json: result, text: describeResult(result, options.out) };
    });
  },
});

function describeResult({ steps, weights, policy, parameters }: SearchResult, dir: string): string {
  const lines = [`run folder: ${dir}`, `shared weights: ${parameters.weights} after ${steps.weights} steps`];
  if (weights)
    lines.push(`  loss ${weights.loss.toFixed(4)}, accuracy ${percent(weights.accuracy)} (training batches)`);
  if (parameters.policy > 0) lines.push(`policy weights: ${parameters.policy} after ${steps.policy} steps`);
  if (policy) {
    lines.push(
      `  accuracy ${percent(policy.accuracyBefore)} before and ${percent(policy.accuracyAfter)} after the ` +
        `transformation, reward ${policy.reward.toFixed(4)}, entropy ${policy.entropy.toFixed(3)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}
