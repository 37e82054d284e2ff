// One GPU device and engine per test file, on the adapter that NAT_ADAPTER names (the best one without it).
import { type AdapterKind, type KernelForm, kernelForm } from '../../runtime/engine/adapter_info.ts';
import { DeviceWrapper } from '../../runtime/engine/device_wrapper.ts';
import type { Device } from '../../runtime/engine/engine.ts';
import { GpuEngine } from '../../runtime/engine/gpu_engine.ts';
import { nodeGpu } from '../../runtime/host/node/gpu_node.ts';

interface TestDevice {
  readonly device: GPUDevice;
  readonly engine: GpuEngine;
}

const opened = new Map<KernelForm | undefined, Promise<TestDevice>>();

/**
 * The device that this test file shares, or a new one after a test broke it. Rejects where there is no adapter.
 * @param form of the kernels; the adapter's own unless given
 */
export async function testDevice(form?: KernelForm): Promise<TestDevice> {
  try {
    (await opened.get(form))?.engine.check();
  } catch {
    opened.delete(form);
  }
  if (!opened.has(form)) opened.set(form, openTestDevice(form));
  return opened.get(form)!;
}

export const testEngine = async (form?: KernelForm): Promise<GpuEngine> => (await testDevice(form)).engine;

/** Which kind of adapter to pretend to be for kernels of this form. */
const kindFor = (kind: AdapterKind, form: KernelForm | undefined): AdapterKind => {
  if (!form || kernelForm(kind) === form) return kind;
  return form === 'tiled' ? 'gpu' : 'llvmpipe';
};

/** A device of its own, for a test that breaks or measures it. */
export async function openTestDevice(form?: KernelForm): Promise<TestDevice> {
  const name = process.env['NAT_ADAPTER'];
  const { adapter, info, hooks } = await nodeGpu().open(name ? { name } : {});
  const { maxStorageBufferBindingSize, maxBufferSize } = adapter.limits;
  const device = await adapter.requestDevice({
    requiredLimits: { maxStorageBufferBindingSize, maxBufferSize },
  });
  return { device, engine: new GpuEngine(device, { ...info, kind: kindFor(info.kind, form) }, hooks) };
}

/** The same device, pretending that a binding holds no more than `maxBindingBytes`. */
export function withSmallBindings(engine: GpuEngine, maxBindingBytes: number): Device {
  const most = Math.min(maxBindingBytes, engine.limits.maxBindingBytes);
  return new (class extends DeviceWrapper {
    override readonly limits = { ...engine.limits, maxBindingBytes: most };
  })(engine);
}
