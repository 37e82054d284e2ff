// --fast-unchecked: it reaches Dawn, is recorded, and changes no bit of a result.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { nodeGpu } from '../runtime/host/node/gpu_node.ts';
import { FAST_UNCHECKED } from '../runtime/engine/gpu_provider.ts';
import { openEngine } from '../runtime/engine/open_engine.ts';
import type { Platform } from '../runtime/host/platform.ts';
import { openOptions } from '../src/cli/command.ts';
import { COMMANDS } from '../src/cli/commands.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { environmentOf } from '../src/run/environment.ts';
import { fileOf, runSmall, TINY } from './support/search_run.ts';

/** What a command would open, given these arguments. */
function optionsOf(name: string, args: readonly string[]) {
  const command = COMMANDS.find((candidate) => candidate.name === name)!;
  const { adapter, fastUnchecked } = parseFlags(command.options, args) as {
    adapter: string | undefined;
    fastUnchecked?: boolean;
  };
  const platform = { env: { NAT_ADAPTER: process.env['NAT_ADAPTER'] } } as unknown as Platform;
  return openOptions(platform, { adapter, ...(fastUnchecked === undefined ? {} : { fastUnchecked }) });
}

const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  search: ['--out', 'run'],
  start: [],
  train: ['--arch', 'DARTS', '--out', 'run'],
  experiment: ['grid.json'],
  worker: [],
  'benchmark nasbench201': [],
};

test('--fast-unchecked is an option of the commands that train, and off unless asked for', () => {
  for (const [name, args] of Object.entries(REQUIRED)) {
    assert.equal(optionsOf(name, args).toggles, undefined, name);
    assert.equal(optionsOf(name, [...args, '--fast-unchecked']).toggles, FAST_UNCHECKED, name);
  }
  const others = COMMANDS.filter(({ name }) => !(name in REQUIRED));
  assert.not.ok(others.some(({ options }) => 'fastUnchecked' in options));
});

/** What Dawn says of clearing from an offset that is no multiple of 4. */
async function complaint(toggles: readonly string[]): Promise<GPUError | null> {
  const { adapter } = await nodeGpu().open({ name: 'null', toggles });
  const device = await adapter.requestDevice();
  const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST });
  device.pushErrorScope('validation');
  const encoder = device.createCommandEncoder();
  encoder.clearBuffer(buffer, 2, 4);
  encoder.finish();
  const error = await device.popErrorScope();
  device.destroy();
  return error;
}

test('--fast-unchecked reaches Dawn: it checks calls no more', async () => {
  assert.ok(await complaint([]));
  assert.is(await complaint(FAST_UNCHECKED), null);
});

test(`--fast-unchecked gives the same bytes, and environment.json tells of it (seed ${TINY.seed})`, async () => {
  const config = { ...TINY, epochs: 1 };
  const openAs = (args: readonly string[]): Promise<GpuEngine> =>
    openEngine(nodeGpu(), optionsOf('start', args));
  const engines = [await openAs([]), await openAs(['--fast-unchecked'])] as const;
  const environments = engines.map(({ info }) => environmentOf('node', info)) as {
    adapter: { toggles?: string[] };
  }[];
  assert.equal(
    environments.map(({ adapter }) => adapter.toggles),
    [undefined, [...FAST_UNCHECKED]],
  );
  const [checked, unchecked] = [await runSmall(engines[0], config), await runSmall(engines[1], config)];
  for (const name of ['metrics.jsonl', 'weights.safetensors', 'policy.safetensors'])
    assert.equal(fileOf(unchecked, name), fileOf(checked, name), name);
  engines.forEach((engine) => engine.destroy());
});

test.run();
