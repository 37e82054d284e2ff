// The main job: train shared weights and policy, then transform an architecture with what they learned.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import type { Genotype } from '../arch/genotype.ts';
import { requireExpressible } from '../arch/search_space.ts';
import { requireCell } from '../arch/zoo/find_cell.ts';
import { loadImages } from '../data/load.ts';
import { formatJson } from '../io/json.ts';
import { environmentOf } from '../run/environment.ts';
import { nullIfInterrupted, progressOrStop, type RunObserver } from '../run/observer.ts';
import { readFinishedRun } from '../run/run_folder.ts';
import { withEngine } from '../run/with_engine.ts';
import { presetOf } from '../settings/table.ts';
import { PRESETS, type SearchConfig, searchSpaceOf, withSettings } from '../search/config.ts';
import { searchIntoFolder, type SearchRequest } from '../search/run.ts';
import { DERIVE_SETTINGS } from './config.ts';
import { accuraciesOf, type Derivation, derive } from './derive.ts';
import { openFinishedRun } from './finished_run.ts';
import { derivationToJson } from './report.ts';

/** What the job leaves in the run folder besides the search's own files: the transformation as JSON. */
export const DERIVED = 'derived.json';

const CANDIDATES = 'candidates';

/** A main job: where it leaves its files, on which engine, with which settings, and who hears of it. */
export interface MainJobRequest extends Pick<SearchRequest, 'opened'> {
  readonly platform: Pick<Platform, 'files' | 'readAsset' | 'runtime'>;
  /** Opens the engine, which is the job's alone. */
  openEngine(): Promise<Device>;
  /** The run folder; an interrupted job with the same settings goes on. */
  readonly dir: string;
  /** Where settings come from that are not given; quick, which is on the sample, where left out. */
  readonly preset?: keyof typeof PRESETS;
  readonly settings?: Partial<SearchConfig>;
  /** What to transform, a genotype or a cell of the zoo by its name; DARTS where left out. */
  readonly arch?: string | Genotype;
  readonly observer: RunObserver;
}

/** Null where the user interrupted it. Throws UserError for settings that cannot be. */
export async function runMainJob(request: MainJobRequest): Promise<Derivation | null> {
  const { platform, dir, preset = 'quick', settings = {}, arch = 'DARTS', observer, opened } = request;
  const { files, runtime } = platform;
  const config: SearchConfig = withSettings(PRESETS[preset], settings);
  const transformation = presetOf(DERIVE_SETTINGS);
  const genotype = typeof arch === 'string' ? requireCell(arch) : arch;
  requireExpressible(genotype, searchSpaceOf(config));
  const data = await loadImages(platform, config.data, { imageSize: config.imageSize });
  const work = async (engine: Device): Promise<Derivation | null> => {
    const environment = environmentOf(runtime, engine.info);
    const folder = { files, dir, resume: true, environment };
    const whole: RunObserver = {
      ...observer,
      progress: ({ ahead = [], ...rest }) =>
        observer.progress({
          ...rest,
          ahead: [...ahead, { phase: CANDIDATES, steps: accuraciesOf(transformation) }],
        }),
    };
    const search = { config, data, ...folder, observer: whole, ...(opened && { opened }) };
    if (!(await searchIntoFolder(engine, search))) return null;
    const run = await readFinishedRun(files, dir);
    const evaluator = await openFinishedRun(engine, config, run, data, dir, transformation);
    const derivation = await derive(evaluator, genotype, transformation, (done, total) => {
      const ahead = [{ phase: CANDIDATES, steps: total - done }];
      progressOrStop(observer, { label: CANDIDATES, done, total, ahead });
    }).catch(nullIfInterrupted);
    if (derivation) {
      await files.writeAtomic(`${dir}/${DERIVED}`, formatJson(derivationToJson(derivation), DERIVED));
    }
    return derivation;
  };
  return withEngine(request.openEngine, work, observer.note);
}
