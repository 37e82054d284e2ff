// `bench`: measures the adapter's limits, then kernels and steps beside them; or growth.
import type { Platform } from '../../runtime/host/platform.ts';
import { hostGpu } from '../../runtime/host/host_gpu.ts';
import { explainChoice } from '../../runtime/engine/gpu_provider.ts';
import { ADAPTER_OPTION, adapterName, defineCommand } from '../../src/cli/command.ts';
import { fit, tableWidth } from '../../src/cli/layout.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { UserError } from '../../runtime/errors.ts';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { runBenchmarks } from '../run_benchmarks.ts';
import { formatGrowth } from '../report/growth.ts';
import { adapterSlug, type BenchResult, formatResult, RESULTS } from '../report/result.ts';
import { formatResultTable } from '../report/table.ts';

export const run = defineCommand({
  name: 'run',
  summary: 'measures kernels and steps on an adapter, beside what it can do at best',
  options: {
    what: {
      type: 'string',
      positional: true,
      default: 'all',
      placeholder: 'all|kernels|steps|growth',
      help: 'what to measure',
    },
    filter: { type: 'string', help: 'only benchmarks whose name has this in it; commas between several' },
    adapter: ADAPTER_OPTION,
    seconds: {
      type: 'number',
      default: 0.5,
      min: 0.01,
      max: 60,
      help: 'time for the samples of each benchmark',
    },
    samples: { type: 'integer', default: 7, min: 3, max: 1000, help: 'least number of samples' },
    out: {
      type: 'string',
      placeholder: 'FILE',
      help: `where the JSON goes (${RESULTS}/ADAPTER.json, unless filtered)`,
    },
    json: { type: 'boolean', help: 'print the JSON instead of the table, and progress as JSON lines' },
  },
  async run(platform, options) {
    const { what, filter, seconds, samples } = options;
    if (what !== 'all' && what !== 'kernels' && what !== 'steps' && what !== 'growth') {
      throw new UserError(`got '${what}', expected one of all, kernels, steps, growth`);
    }
    if (what !== 'growth') leaveCompilersCold();
    const progress = createProgress(platform, options);
    const name = adapterName(platform, options);
    const gpu = await hostGpu();
    let noted = false;
    const open = async () => {
      const engine = await openEngine(gpu, name === undefined ? {} : { name });
      if (!noted) progress.note(`adapter: ${engine.info.name} (${explainChoice(engine.info, name)})`);
      noted = true;
      return engine;
    };
    const result = await runBenchmarks({
      open,
      ...{ what, filter, plan: { seconds, samples } },
      runtime: platform.runtime,
      date: new Date().toISOString(),
      note: (text) => progress.note(text),
      report: (label, _, done, total) => progress.update({ label, done, total }),
    });
    progress.finish();
    const path = options.out ?? (filter === undefined ? defaultPath(what, result) : undefined);
    if (path !== undefined) {
      await writeResult(platform, path, result);
      progress.note(`results: ${path}`);
    }
    if (options.json) platform.terminal.out(formatResult(result));
    else {
      const width = tableWidth(platform.terminal.screens?.out);
      const text = what === 'growth' ? formatGrowth(result.benchmarks) : formatResultTable(result, width);
      platform.terminal.out(fit(text, width));
    }
  },
});

/** A cold start compiles, which drivers' caches on the disk would hide. Before a driver is loaded. */
function leaveCompilersCold(): void {
  process.env['MESA_SHADER_CACHE_DISABLE'] ??= 'true';
  process.env['__GL_SHADER_DISK_CACHE'] ??= '0';
}

/** Only complete results take the place of complete results. */
function defaultPath(what: string, { adapter }: BenchResult): string | undefined {
  if (what === 'all') return `${RESULTS}/${adapterSlug(adapter)}.json`;
  return what === 'growth' ? `${RESULTS}/${adapterSlug(adapter)}.growth.json` : undefined;
}

async function writeResult({ files }: Platform, path: string, result: BenchResult): Promise<void> {
  const folder = path.replace(/[/\\]?[^/\\]*$/, '');
  if (folder !== '') await files.makeDirectory(folder);
  await files.writeAtomic(path, formatResult(result));
}
