// What a search has learned, applied to architectures.
import { UserError } from '../../../runtime/errors.ts';
import type { Genotype } from '../../arch/genotype.ts';
import { requireExpressible } from '../../arch/search_space.ts';
import { loadImages } from '../../data/load.ts';
import { DERIVE_SETTINGS } from '../../derive/config.ts';
import { derive } from '../../derive/derive.ts';
import type { Evaluator } from '../../derive/evaluator.ts';
import { openFinishedRun } from '../../derive/finished_run.ts';
import { DERIVED } from '../../derive/main_job.ts';
import { parseJsonObject } from '../../io/json.ts';
import { type FinishedRun, readFinishedRun } from '../../run/run_folder.ts';
import { type SearchConfig, searchSpaceOf } from '../../search/config.ts';
import { presetOf } from '../../settings/table.ts';
import type { App } from './app.ts';
import { edgeProbabilities } from './edge_probabilities.ts';
import type { FinishedRuns } from './finished.ts';
import { folderOf } from './records.ts';
import { readGenotype } from './requests.ts';
import type { RunQueue } from './run_queue.ts';
import type { Handlers } from './serve.ts';
import { transformationOf, transformationOfFile } from './transformation_form.ts';

interface OpenSearch {
  readonly config: SearchConfig;
  readonly evaluator: Evaluator;
}

export function transformationHandlers(
  { host }: App,
  queue: RunQueue,
  finished: FinishedRuns,
): Handlers<'derived' | 'transform' | 'probabilities'> {
  const { files } = host;
  const read = async (run: string): Promise<FinishedRun> => {
    const record = await queue.find(run);
    if (record?.request.kind !== 'search') throw new UserError(`run '${record?.name ?? run}' is no search`);
    if (record.state !== 'done')
      throw new UserError(`${record.name}: this search is not finished; let it run to its end`);
    return readFinishedRun(files, folderOf(run));
  };
  const ask = <T>(run: string, question: (open: OpenSearch) => Promise<T>): Promise<T> =>
    finished.ask(
      `search ${run}`,
      async (engine) => {
        const folder = await read(run);
        const config = folder.config as unknown as SearchConfig;
        const data = await loadImages(host, config.data, { imageSize: config.imageSize });
        return { config, evaluator: await openFinishedRun(engine, config, folder, data, folderOf(run)) };
      },
      question,
    );
  const probabilitiesOf = async ({ config, evaluator }: OpenSearch, genotype: Genotype) => {
    requireExpressible(genotype, searchSpaceOf(config));
    return edgeProbabilities(evaluator.space, await evaluator.probabilities(genotype));
  };
  return {
    async derived({ run }) {
      const path = `${folderOf(run)}/${DERIVED}`;
      if (!(await files.exists(path))) return null;
      return transformationOfFile(parseJsonObject(await files.readText(path), path), path);
    },
    async transform({ run, genotype: given, settings: { candidates, maxMadds } }) {
      const genotype = readGenotype(given);
      const settings = {
        ...presetOf(DERIVE_SETTINGS),
        candidates,
        ...(maxMadds !== undefined && { maxMadds }),
      };
      return ask(run, async (open) => {
        const probabilities = await probabilitiesOf(open, genotype);
        return transformationOf(await derive(open.evaluator, genotype, settings), probabilities);
      });
    },
    async probabilities({ run, genotype: given }) {
      const genotype = readGenotype(given);
      const { active } = queue;
      const answer = active?.id === run ? await active.live.probabilities(genotype) : null;
      return answer ?? ask(run, (open) => probabilitiesOf(open, genotype));
    },
  };
}
