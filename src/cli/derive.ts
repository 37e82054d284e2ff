// `nat derive`: transforms a given architecture with a trained run (section 3.4 of the paper).
import { nodeGpu } from '../../runtime/gpu_node.ts';
import { openEngine } from '../../runtime/open_engine.ts';
import type { Platform } from '../../runtime/platform.ts';
import { loadImages } from '../data/load.ts';
import { type Derivation, type DeriveOptions, derive } from '../derive/derive.ts';
import { openFinishedRun } from '../derive/finished_run.ts';
import { readFinishedRun } from '../io/run_folder.ts';
import { formatGenotype, genotypeToJson } from '../nas/genotype_file.ts';
import { formatComparison } from '../nas/print_cell.ts';
import { requireExpressible } from '../nas/search_space.ts';
import type { SearchConfig } from '../search/config.ts';
import { supernetConfig } from '../search/program.ts';
import { loadGenotype } from '../zoo/find_cell.ts';
import { ADAPTER_OPTION, adapterName, defineCommand, JSON_OPTION } from './command.ts';
import { createProgress } from './progress.ts';
import { percent } from './search.ts';

export const deriveCommand = defineCommand({
  name: 'derive',
  summary: 'transform an architecture with the policy of a run',
  options: {
    run: { type: 'string', placeholder: 'RUN', required: true, help: 'a finished run folder' },
    arch: { type: 'string', required: true, help: 'a cell of the zoo (DARTS, ENAS, ...) or a genotype file' },
    method: {
      type: 'string',
      choices: ['sample', 'max'],
      default: 'sample',
      help: 'sample candidates and keep the most accurate, or take the most probable action on every edge',
    },
    candidates: { type: 'integer', min: 1, default: 10, help: 'how many are sampled' },
    seed: { type: 'integer', min: 0, default: 0, help: 'of the sampling' },
    out: { type: 'string', placeholder: 'FILE.json', help: 'write the transformed genotype here' },
    data: { type: 'string', placeholder: 'DIR', help: "the images, where they are not where the run's were" },
    adapter: ADAPTER_OPTION,
    json: JSON_OPTION,
  },
  async run(platform, options) {
    const derivation = await runDeriveCommand(platform, options);
    if (options.out !== undefined)
      await platform.files.writeAtomic(options.out, formatGenotype(derivation.output));
    const { out } = platform.terminal;
    out(options.json ? `${JSON.stringify(derivationToJson(derivation))}\n` : describeDerivation(derivation));
  },
});

/** Transforms `arch` with progress on the terminal. */
export async function runDeriveCommand(
  platform: Platform,
  options: DeriveOptions & {
    run: string;
    arch: string;
    data?: string | undefined;
    adapter: string | undefined;
    json: boolean;
  },
): Promise<Derivation> {
  const genotype = await loadGenotype(platform.files, options.arch);
  const run = await readFinishedRun(platform.files, options.run);
  const config = run.config as unknown as SearchConfig;
  const { nodes, primitives } = supernetConfig(config);
  requireExpressible(genotype, { nodes, primitives });
  const { train } = await loadImages(platform, options.data ?? config.data);
  const name = adapterName(platform, options);
  const engine = await openEngine(nodeGpu(), name === undefined ? {} : { name });
  const progress = createProgress(platform, options);
  try {
    const evaluator = await openFinishedRun(engine, config, run, train, options.run);
    return await derive(evaluator, genotype, options, (done, total) =>
      progress.update({ label: 'candidates', done, total }),
    );
  } finally {
    progress.finish();
    engine.destroy();
  }
}

/** The JSON form of a derivation. */
export const derivationToJson = ({ input, output, accuracy, cost, candidates }: Derivation): object => ({
  input: genotypeToJson(input),
  output: genotypeToJson(output),
  accuracy,
  params: { before: cost.before.params, after: cost.after.params },
  madds: { before: cost.before.madds, after: cost.after.madds },
  candidates,
});

/** Both cells side by side, and what the transformation changed. */
export function describeDerivation({ input, output, accuracy, cost, candidates }: Derivation): string {
  const millions = (count: number): string => `${(count / 1e6).toFixed(2)} M`;
  const row = (label: string, before: string, after: string) =>
    `${label.padEnd(24)}${before.padStart(10)}${after.padStart(12)}\n`;
  return (
    `${formatComparison(input, output)}\n\n` +
    row('', 'before', 'after') +
    row('validation accuracy', percent(accuracy.before), percent(accuracy.after)) +
    row('parameters', millions(cost.before.params), millions(cost.after.params)) +
    row('multiply-adds', millions(cost.before.madds), millions(cost.after.madds)) +
    `accuracy under the shared weights, best of ${candidates.length}; costs of the CIFAR-10 network (C = 36, 20 cells)\n`
  );
}
