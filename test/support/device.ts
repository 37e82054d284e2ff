// One GPU device and engine per test file, on the adapter that NAT_ADAPTER names (the best one without it).
import type { Engine } from '../../runtime/engine.ts';
import { GpuEngine } from '../../runtime/gpu_engine.ts';
import { nodeGpu } from '../../runtime/gpu_node.ts';

interface TestDevice {
  readonly device: GPUDevice;
  readonly engine: GpuEngine;
}

let opened: Promise<TestDevice> | null = null;

/**
 * The device that this test file shares, or a new one after a test broke it. Rejects where there is no adapter.
 */
export async function testDevice(): Promise<TestDevice> {
  try {
    (await opened)?.engine.check();
  } catch {
    opened = null;
  }
  opened ??= openTestDevice();
  return opened;
}

export const testEngine = async (): Promise<GpuEngine> => (await testDevice()).engine;

/** A device of its own, for a test that breaks or measures it. */
export async function openTestDevice(): Promise<TestDevice> {
  const name = process.env['NAT_ADAPTER'];
  const { adapter, info } = await nodeGpu().open(name ? { name } : {});
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
  });
  return { device, engine: new GpuEngine(device, info) };
}

/** The same engine, pretending that a binding holds no more than `maxBindingBytes`. */
export const withSmallBindings = (engine: GpuEngine, maxBindingBytes: number): Engine => ({
  kind: engine.kind,
  limits: { ...engine.limits, maxBindingBytes: Math.min(maxBindingBytes, engine.limits.maxBindingBytes) },
  counters: engine.counters,
  createBuffer: (label, bytes) => engine.createBuffer(label, bytes),
  record: (call) => engine.record(call),
  recordClear: (region) => engine.recordClear(region),
});
