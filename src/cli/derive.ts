// `nat derive`: transforms a given architecture with a trained run (section 3.4 of the paper).
import { formatGenotype } from '../arch/genotype_file.ts';
import { CELL_KINDS, type Genotype, withOutputs } from '../arch/genotype.ts';
import { SUPERNET_LISTS } from '../arch/primitives.ts';
import { outputNodes } from '../arch/reach.ts';
import { requireExpressible } from '../arch/search_space.ts';
import { CELL_NAMES, loadGenotype } from '../arch/zoo/find_cell.ts';
import { formatOf } from '../data/dataset_record.ts';
import { loadImages } from '../data/load.ts';
import { DERIVE_SETTINGS } from '../derive/config.ts';
import { accuraciesOf, derive } from '../derive/derive.ts';
import { openFinishedRun } from '../derive/finished_run.ts';
import { latencyTable } from '../derive/latency_table.ts';
import { derivationToJson, describeDerivation } from '../derive/report.ts';
import { nullIfInterrupted, progressOrStop } from '../run/observer.ts';
import { readFinishedRun } from '../run/run_folder.ts';
import type { WorkAhead } from '../run/work_ahead.ts';
import { withEngine } from '../run/with_engine.ts';
import { PAPER, type SearchConfig, searchSpaceOf } from '../search/config.ts';
import { ADAPTER_OPTION, defineCommand, JSON_OPTION } from './command.ts';
import { imageSources, WORKERS_OPTION } from './image_sources.ts';
import { longRun } from './long_run.ts';

export const deriveCommand = defineCommand({
  name: 'derive',
  summary: 'transform an architecture with the policy of a run',
  options: {
    run: { type: 'string', placeholder: 'RUN', required: true, help: 'a finished run folder' },
    arch: {
      type: 'string',
      placeholder: 'NAME|FILE',
      suggestions: CELL_NAMES,
      required: true,
      help: 'a cell of the zoo (DARTS, ENAS, ...) or a genotype file',
    },
    ...DERIVE_SETTINGS,
    out: { type: 'string', placeholder: 'FILE.json', help: 'write the transformed genotype here' },
    data: { type: 'string', placeholder: 'DIR', help: "the images, where they are not where the run's were" },
    workers: WORKERS_OPTION,
    adapter: ADAPTER_OPTION,
    json: JSON_OPTION,
  },
  examples: [
    ['--run runs/paper --arch DARTS', 'the best of 10 sampled transformations'],
    [
      '--run runs/paper --arch ENAS --method max --out enas.json',
      'the most probable one, into a genotype file',
    ],
    [
      '--run runs/paper --arch mine.json --max-params 3000000',
      'an architecture of your own, within a budget',
    ],
  ],
  async run(platform, options) {
    const { files } = platform;
    const { run: dir, out } = options;
    const genotype = await loadGenotype(files, options.arch);
    const finished = await readFinishedRun(files, dir);
    // what a folder of an earlier version does not name was as it is in the paper
    const images = options.data ?? String(finished.config['data']);
    const config = { ...PAPER, ...finished.config, data: images } as SearchConfig;
    const space = searchSpaceOf(config);
    requireExpressible(genotype, space);
    return longRun(platform, options, null, async (run) => {
      const { progress, observer, openEngine } = run;
      if (otherOutputs(genotype, config)) progress.note(OTHER_OUTPUTS);
      const sources = imageSources(platform, options.workers, run);
      const { imageSize } = formatOf(config);
      const data = await loadImages(sources, config.data, { imageSize });
      const judged = { phase: 'candidates', steps: accuraciesOf(options) };
      const report =
        (label: string, then: readonly WorkAhead[] = []) =>
        (done: number, total: number) => {
          const ahead = [{ phase: label, steps: total - done }, ...then];
          progressOrStop(observer, { label, done, total, ahead });
        };
      const derivation = await withEngine(openEngine, async (engine) => {
        const evaluator = await openFinishedRun(engine, config, finished, data, dir, options);
        const { primitives } = space;
        const measuring = { files, dir, genotype, primitives, now: platform.now };
        const latency =
          options.maxLatency === undefined
            ? null
            : await latencyTable(engine, { ...measuring, report: report('latencies', [judged]) });
        return derive(evaluator, genotype, { ...options, latency }, report('candidates'));
      }).catch(nullIfInterrupted);
      if (!derivation) return null;
      if (out !== undefined) await files.writeAtomic(out, formatGenotype(derivation.output));
      const text = (columns: number): string => describeDerivation(derivation, columns);
      const next =
        out === undefined
          ? ([
              [...platform.args, '--out', 'transformed.json'],
              'writes the result into a genotype file',
            ] as const)
          : ([['train', '--arch', out, '--out', 'runs/train'], 'trains it from scratch'] as const);
      return { json: derivationToJson(derivation), text, next: [next] };
    });
  },
});

const OTHER_OUTPUTS =
  'the shared weights of this run put out other nodes of these cells than their network does; for cells with unused ' +
  'nodes, search with --primitives loose-end';

/** Whether nodes count in the supernet that do not in the genotype's own network, or the other way round. */
function otherOutputs(genotype: Genotype, { primitives }: SearchConfig): boolean {
  const shared = withOutputs(genotype, SUPERNET_LISTS[primitives].looseEnd);
  return CELL_KINDS.some((kind) => {
    const [own, theirs] = [genotype, shared].map((each) => outputNodes(each, kind).toSorted((a, b) => a - b));
    return own!.join() !== theirs!.join();
  });
}
