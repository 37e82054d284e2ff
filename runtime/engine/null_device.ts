// Dawn's null backend as a device for planning: it checks and encodes every call, computes and copies nothing, so
// what a step costs the host is measured without an adapter. It keeps host memory behind each buffer, 512 MiB at
// most; so that any setting fits, its storage buffers are made small here, and bindings and copies are cut to fit
// them. What is read back is 0.
import type { AdapterKind } from './adapter_info.ts';
import { GpuEngine } from './gpu_engine.ts';
import type { GpuProvider } from './gpu_provider.ts';

/**
 * Bytes of one binding, the least that offsets are multiples of: a supernet of hundreds of cells has tens of thousands of
 * buffers. Each of a bind group has a place of its own: writable ones must not overlap.
 */
const BINDING_BYTES = 256;
const BUFFER_BYTES = 16 * BINDING_BYTES;

/**
 * An engine on the null backend that takes itself for an adapter of `kind`: that decides which kernels it records.
 * Throws RunError where the backend is missing.
 */
export async function openNullEngine(provider: GpuProvider, kind: AdapterKind): Promise<GpuEngine> {
  const { adapter, info } = await provider.open({ name: 'null' });
  const device = await adapter.requestDevice();
  return new GpuEngine(smallBuffers(device), { ...info, kind });
}

/** What GpuEngine calls of a device, passed on to `device` with small buffers. */
function smallBuffers(device: GPUDevice): GPUDevice {
  const cut = (buffer: GPUBuffer, offset: number, bytes: number): [number, number] =>
    offset + bytes <= buffer.size ? [offset, bytes] : [0, Math.min(bytes, buffer.size)];

  const small: Partial<Record<keyof GPUDevice, unknown>> = {
    limits: { maxBufferSize: Infinity, maxStorageBufferBindingSize: Infinity },
    lost: device.lost,
    createBuffer(descriptor: GPUBufferDescriptor): GPUBuffer {
      const { size, usage } = descriptor;
      if ((usage & GPUBufferUsage.STORAGE) !== 0) {
        return device.createBuffer({ ...descriptor, size: Math.min(size, BUFFER_BYTES) });
      }
      const buffer = device.createBuffer({ ...descriptor, mappedAtCreation: true });
      new Uint8Array(buffer.getMappedRange()).fill(0);
      buffer.unmap();
      return buffer;
    },
    createBindGroup({ entries, ...rest }: GPUBindGroupDescriptor): GPUBindGroup {
      const placed = [...entries].map((entry, i) => {
        const { buffer, offset = 0, size = 0 } = entry.resource as GPUBufferBinding;
        if (offset + size <= buffer.size && buffer.size < BUFFER_BYTES) return entry;
        const at = (buffer.usage & GPUBufferUsage.STORAGE) !== 0 ? i * BINDING_BYTES : offset;
        return { ...entry, resource: { buffer, offset: at, size: Math.min(size, BINDING_BYTES) } };
      });
      return device.createBindGroup({ ...rest, entries: placed });
    },
    createCommandEncoder(): GPUCommandEncoder {
      const encoder = device.createCommandEncoder();
      const passedOn: Partial<Record<keyof GPUCommandEncoder, unknown>> = {
        beginComputePass: () => encoder.beginComputePass(),
        clearBuffer: (buffer: GPUBuffer, offset: number, bytes: number) =>
          encoder.clearBuffer(buffer, ...cut(buffer, offset, bytes)),
        copyBufferToBuffer(from: GPUBuffer, at: number, to: GPUBuffer, toAt: number, bytes: number) {
          const [offset, size] = cut(from, at, bytes);
          encoder.copyBufferToBuffer(from, offset, to, toAt, size);
        },
        finish: () => encoder.finish(),
      };
      return passedOn as unknown as GPUCommandEncoder;
    },
    createShaderModule: device.createShaderModule.bind(device),
    createBindGroupLayout: device.createBindGroupLayout.bind(device),
    createPipelineLayout: device.createPipelineLayout.bind(device),
    createComputePipeline: device.createComputePipeline.bind(device),
    createComputePipelineAsync: device.createComputePipelineAsync.bind(device),
    destroy: () => device.destroy(),
    queue: {
      submit: device.queue.submit.bind(device.queue),
      onSubmittedWorkDone: () => device.queue.onSubmittedWorkDone(),
      writeBuffer(buffer: GPUBuffer, at: number, data: ArrayBufferView, from = 0, count?: number) {
        if (at + (count ?? data.byteLength) <= buffer.size) {
          device.queue.writeBuffer(buffer, at, data as Uint8Array<ArrayBuffer>, from, count);
        } else {
          const { buffer: bytes, byteOffset } = data as Uint8Array<ArrayBuffer>;
          const [offset, size] = cut(buffer, at, data.byteLength);
          device.queue.writeBuffer(buffer, offset, bytes, byteOffset, size);
        }
      },
    },
  };
  device.onuncapturederror = (event) => (small as unknown as GPUDevice).onuncapturederror?.(event);
  return small as unknown as GPUDevice;
}
