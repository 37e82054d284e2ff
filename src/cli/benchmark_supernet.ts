// `nat benchmark nasbench201 --supernet`: weights that all cells share, trained into a run folder, and what accuracies
// under them know of the table.
import type { Device } from '../../runtime/engine/engine.ts';
import type { Platform } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { loadBenchmarkTable } from '../benchmark/load_table.ts';
import {
  checkSupernetConfig,
  SUPERNET_PRESET_NAMES,
  SUPERNET_PRESETS,
  SUPERNET_SETTINGS,
  type SupernetRunConfig,
} from '../benchmark/supernet_config.ts';
import { judgeSupernet } from '../benchmark/supernet_judge.ts';
import { formatSupernetBenchmark } from '../benchmark/supernet_report.ts';
import {
  imageCounts,
  recordedConfig,
  supernetIntoFolder,
  type SupernetRunResult,
} from '../benchmark/supernet_run.ts';
import { loadImages } from '../data/load.ts';
import { nullIfInterrupted } from '../run/observer.ts';
import { checkRunFolder } from '../run/run_folder.ts';
import { withEngine } from '../run/with_engine.ts';
import { flagName } from '../settings/setting.ts';
import type { OptionValues } from './flags.ts';
import { commandAgain } from './invocation.ts';
import { longRun, requestOf } from './long_run.ts';
import { givenSettings, settingOptions } from './setting_options.ts';

type Preset = (typeof SUPERNET_PRESET_NAMES)[number];

const USUAL_PRESET: Preset = 'quick';

export const SUPERNET_OPTIONS = {
  supernet: {
    type: 'boolean',
    help: 'train weights that all cells share, and compare accuracies under them with the table: the options below',
  },
  preset: {
    type: 'string',
    choices: SUPERNET_PRESET_NAMES,
    usual: () => USUAL_PRESET,
    help: "settings to start from: two hours of two processors, or the benchmark's own",
  },
  ...settingOptions(SUPERNET_SETTINGS, ({ preset }) => SUPERNET_PRESETS[(preset as Preset) ?? USUAL_PRESET]),
} as const;

type SupernetOptions = OptionValues<typeof SUPERNET_OPTIONS> & {
  readonly table: string | undefined;
  readonly methods: string | undefined;
  readonly seed: number;
  readonly out: string | undefined;
  readonly adapter: string | undefined;
  readonly fastUnchecked: boolean;
  readonly json: boolean;
};

/** Throws UserError for an option that means nothing without --supernet. */
export function refuseSupernetOptions(options: OptionValues<typeof SUPERNET_OPTIONS>): void {
  const given = Object.keys(SUPERNET_OPTIONS).find((name) => {
    const value = options[name as keyof typeof SUPERNET_OPTIONS];
    return value !== undefined && value !== false;
  });
  if (given) throw new UserError(`${flagName(given)} belongs to --supernet; add it, or leave it out`);
}

export async function runSupernetBenchmark(platform: Platform, options: SupernetOptions): Promise<number> {
  const { out, preset = USUAL_PRESET, seed, table: file } = options;
  if (options.methods !== undefined) throw new UserError('--methods: --supernet has none; leave it out');
  if (out === undefined) throw new UserError('--out is missing: --out RUN, the run folder');
  const settings = { ...SUPERNET_PRESETS[preset], ...givenSettings(SUPERNET_SETTINGS, options) };
  const config: SupernetRunConfig = { ...settings, seed };
  const table = await loadBenchmarkTable(platform, file);
  await checkRunFolder(platform.files, out, true, recordedConfig(config));
  return longRun(platform, options, commandAgain(platform), async (run) => {
    const images = await loadImages(platform, config.data);
    checkSupernetConfig(config, imageCounts(images));
    const work = (engine: Device, again: boolean): Promise<SupernetRunResult | null> => {
      const request = requestOf(platform, run, engine, { out, resume: true }, again);
      return supernetIntoFolder(engine, { config, images, ...request });
    };
    const finished = await withEngine(run.openEngine, work, run.progress.note);
    if (!finished) return null;
    const result = await judgeSupernet(finished, table, seed, run.observer).catch(nullIfInterrupted);
    return result && { json: result, text: formatSupernetBenchmark(result) };
  });
}
