// From an adapter to an engine: the device gets all that the adapter has of the limits that matter.
import { RunError } from '../errors.ts';
import type { OpenOptions } from './adapter_info.ts';
import { GpuEngine } from './gpu_engine.ts';
import type { GpuProvider } from './gpu_provider.ts';

/** Limits that decide what fits. Others stay at WebGPU's defaults, which every kernel keeps to. */
const WANTED_LIMITS = ['maxBufferSize', 'maxStorageBufferBindingSize'] as const;

/** Features that are used where they are offered. */
const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ['timestamp-query'];

/** Opens the best adapter, or the one asked for. Throws RunError where the adapter gives no device. */
export async function openEngine(provider: GpuProvider, options: OpenOptions = {}): Promise<GpuEngine> {
  const { adapter, info, hooks } = await provider.open(options);
  const requiredLimits = Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]]));
  const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
  try {
    const device = await adapter.requestDevice({ requiredLimits, requiredFeatures });
    return new GpuEngine(device, info, hooks);
  } catch (error) {
    const why = error instanceof Error ? error.message.split('\n', 1)[0] : String(error);
    throw new RunError(`adapter ${info.name} gave no device: ${why}; try another adapter`);
  }
}
