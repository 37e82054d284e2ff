// Adapters that offer no more than WebGPU guarantees: the presets fit them, and a search on one leaves the same bytes.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Device } from '../runtime/engine/engine.ts';
import { GpuEngine } from '../runtime/engine/gpu_engine.ts';
import { PlanEngine } from '../runtime/engine/plan_engine.ts';
import { nodeGpu } from '../runtime/host/node/gpu_node.ts';
import { PAPER, QUICK } from '../src/search/config.ts';
import { planSearch } from '../src/search/session.ts';
import { testEngine } from './support/device.ts';
import { fileOf, runSmall, TINY } from './support/search_run.ts';

/** WebGPU's defaults for maxBufferSize and maxStorageBufferBindingSize. */
const DEFAULTS = { maxBufferBytes: 256 * 2 ** 20, maxBindingBytes: 128 * 2 ** 20 };

for (const kind of ['gpu', 'llvmpipe', 'swiftshader'] as const) {
  for (const [name, config, images] of [
    ['quick', QUICK, 1000],
    ['paper', PAPER, 50_000],
  ] as const) {
    test(`the ${name} preset fits an adapter of kind ${kind} with the least limits`, async () => {
      const plan = planSearch({ kind, limits: DEFAULTS }, config, images);
      // the draft checks what it makes; memory that recordings share is made when they are recorded for a device
      const sizes: number[] = [];
      const device = new PlanEngine(kind, DEFAULTS);
      const createBuffer = device.createBuffer.bind(device);
      device.createBuffer = (label, bytes) => (sizes.push(bytes), createBuffer(label, bytes));
      const program = await plan.record(
        Object.assign(device, { compile: async () => {} }) as unknown as Device,
      );
      program.supernet.recordAll();
      assert.ok(Math.max(...sizes) <= DEFAULTS.maxBufferBytes);
    });
  }
}

test('a search on a device with default limits leaves the same bytes (seed 7)', async () => {
  const name = process.env['NAT_ADAPTER'];
  const { adapter, info, hooks } = await nodeGpu().open(name ? { name } : {});
  const small = new GpuEngine(await adapter.requestDevice(), info, hooks);
  assert.equal(small.limits, DEFAULTS);
  const config = { ...TINY, epochs: 1 };
  const [there, here] = [await runSmall(small, config), await runSmall(await testEngine(), config)];
  for (const file of ['metrics.jsonl', 'weights.safetensors', 'policy.safetensors']) {
    assert.equal(fileOf(there, file), fileOf(here, file), file);
  }
  small.destroy();
});

test.run();
