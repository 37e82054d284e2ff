// `nat derive`: transforms a given architecture with a trained run (section 3.4 of the paper).
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import { loadImages } from '../data/load.ts';
import { type Derivation, type DeriveOptions, derive } from '../derive/derive.ts';
import { openFinishedRun } from '../derive/finished_run.ts';
import { latencyTable } from '../derive/latency_table.ts';
import { derivationToJson, describeDerivation } from '../derive/report.ts';
import { readFinishedRun } from '../run/run_folder.ts';
import { formatGenotype } from '../arch/genotype_file.ts';
import { requireExpressible } from '../arch/search_space.ts';
import type { SearchConfig } from '../search/config.ts';
import { supernetConfig } from '../search/program.ts';
import { loadGenotype } from '../arch/zoo/find_cell.ts';
import { ADAPTER_OPTION, defineCommand, JSON_OPTION, openOptions } from './command.ts';
import { createProgress } from './progress.ts';

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
    maxParams: { type: 'integer', min: 0, help: 'the result has at most so many parameters' },
    maxMadds: { type: 'integer', min: 0, help: 'the result has at most so many multiply-adds' },
    maxLatency: {
      type: 'number',
      min: 0,
      help: 'the result takes at most so many ms an image, by operations measured on this adapter (RUN/latency.json)',
    },
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
  const engine = await openEngine(nodeGpu(), openOptions(platform, options));
  const progress = createProgress(platform, options);
  try {
    const evaluator = await openFinishedRun(engine, config, run, train, options.run);
    const latency =
      options.maxLatency === undefined
        ? null
        : await latencyTable(engine, {
            files: platform.files,
            dir: options.run,
            genotype,
            primitives,
            now: platform.now,
            report: (done, total) => progress.update({ label: 'latencies', done, total }),
          });
    return await derive(evaluator, genotype, { ...options, latency }, (done, total) =>
      progress.update({ label: 'candidates', done, total }),
    );
  } finally {
    progress.finish();
    engine.destroy();
  }
}
