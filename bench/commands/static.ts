// `bench:static`: what the kernels of whole steps would execute on a GPU, from their machine code and without a GPU.
// `bench static-step` is the program that is judged.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEngine } from '../../runtime/engine/open_engine.ts';
import { UserError } from '../../runtime/errors.ts';
import { hostGpu } from '../../runtime/host/host_gpu.ts';
import { defineCommand, FAST_UNCHECKED_OPTION, openOptions } from '../../src/cli/command.ts';
import { tableWidth } from '../../src/cli/layout.ts';
import { createProgress } from '../../src/cli/progress.ts';
import { formatResult, RESULTS } from '../report/result.ts';
import { choose } from '../run_benchmarks.ts';
import { FAMILY, type JudgedStep, staticResult } from '../static/result.ts';
import { formatStaticStep } from '../static/rows.ts';
import { judgeStep, requireTool } from '../static/tool.ts';
import { stepWorkloads } from '../workloads/steps.ts';

/** The steps that GPUs are for. */
const STEPS = 'step (paper preset), ResNet-20 step (batch 128)';

const DEFAULT_OUT = `${RESULTS}/static.${FAMILY}.json`;

export const staticCommand = defineCommand({
  name: 'static',
  summary: 'estimates steps on a GPU from the machine code that its compiler makes',
  options: {
    tool: { type: 'string', placeholder: 'DIR', help: 'folder of gpu-static, which compiles and judges' },
    filter: {
      type: 'string',
      help: `only steps whose name has this in it; commas between several (${STEPS})`,
    },
    fastUnchecked: FAST_UNCHECKED_OPTION,
    out: {
      type: 'string',
      placeholder: 'FILE',
      help: `where the JSON goes (${DEFAULT_OUT}, unless filtered or unchecked)`,
    },
  },
  async run(platform, options) {
    const tool = requireTool(options.tool);
    const { chosen } = choose(stepWorkloads(), options.filter ?? STEPS, true);
    const progress = createProgress(platform, { json: false });
    const flags = options.fastUnchecked ? ['--fast-unchecked'] : [];
    const steps: JudgedStep[] = [];
    for (const [done, { name, shape }] of chosen.entries()) {
      progress.update({ label: name, done, total: chosen.length });
      const folder = mkdtempSync(join(tmpdir(), 'nat-static-'));
      try {
        const { failures, ...judged } = await judgeStep(tool, folder, name, flags);
        failures.forEach((failure) => progress.note(failure));
        steps.push({ name, shape, ...judged });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
    progress.finish();
    const complete = options.filter === undefined && !options.fastUnchecked;
    const out = options.out ?? (complete ? DEFAULT_OUT : undefined);
    if (out !== undefined) {
      const toggles = options.fastUnchecked ? ', without checks' : '';
      const date = new Date().toISOString();
      const result = staticResult(steps, { runtime: platform.runtime, date, toggles });
      await platform.files.writeAtomic(out, formatResult(result));
      progress.note(`results: ${out}`);
    }
    const width = tableWidth(platform.terminal.screens?.out);
    const tables = steps.map(({ name, rows, iterations }) => formatStaticStep(name, rows, iterations, width));
    platform.terminal.out(tables.join('\n'));
  },
});

export const staticStep = defineCommand({
  name: 'static-step',
  summary: 'the program that bench static judges: one round of a step under gpu-static',
  options: {
    name: { type: 'string', positional: true, required: true, help: 'the step' },
    fastUnchecked: FAST_UNCHECKED_OPTION,
  },
  async run(platform, options) {
    const log = platform.env['GPU_STATIC_OUT'];
    if (log === undefined) throw new UserError('static-step runs under gpu-static; see npm run bench:static');
    const dispatched = (): number => readFileSync(join(log, 'dispatches.tsv'), 'utf8').split('\n').length - 1;
    const step = stepWorkloads().find(({ name }) => name === options.name);
    if (!step) throw new UserError(`got '${options.name}', expected the name of a step`);
    const engine = await openEngine(await hostGpu(), openOptions(platform, { ...options, adapter: 'gpu' }));
    const { enqueue, round = 1 } = await step.prepare(engine);
    await engine.idle();
    const before = dispatched();
    await enqueue(round);
    await engine.idle();
    platform.terminal.out(JSON.stringify({ before, iterations: round }));
    engine.destroy();
  },
});
