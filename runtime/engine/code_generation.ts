// Machine code before the first step. llvmpipe translates a kernel at its first dispatch on a device, one kernel after
// the other, a tenth of a second to a second each; devices side by side do so on as many processors, and what one has
// translated lies in Mesa's cache on the disk for the others.
import { kernelReflection, type KernelVariant } from './engine.ts';
import { shaderText } from './shader_source.ts';

/** Fewer new kernels than these are translated sooner than a second device is opened. */
export const FEWEST_FOR_A_SECOND_DEVICE = 8;

/** Gives kernels to translators, the longest first: each takes the next when it is through with one. */
export async function translateInParallel(
  kernels: readonly KernelVariant[],
  translators: readonly ((kernel: KernelVariant) => Promise<void>)[],
): Promise<void> {
  const length = ({ kernel }: KernelVariant): number => shaderText(kernel).length;
  const waiting = kernels.toSorted((a, b) => length(b) - length(a));
  const work = async (translate: (kernel: KernelVariant) => Promise<void>): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await translate(next);
  };
  await Promise.all(translators.map(work));
}

/** At least what any kernel's bindings need. */
const LEAST_BYTES = 512;

/** Dispatches a kernel with no workgroup. Indirectly: Dawn warns where a program itself asks for none. */
export function dispatchEmpty(
  device: GPUDevice,
  name: string,
  pipeline: GPUComputePipeline,
  layout: GPUBindGroupLayout,
): void {
  const buffers: GPUBuffer[] = [];
  const zeros = (usage: number): GPUBuffer => {
    const buffer = device.createBuffer({ label: 'no workgroup', size: LEAST_BYTES, usage });
    buffers.push(buffer);
    return buffer;
  };
  const entries = kernelReflection(name).bindings.map(({ index, kind }) => {
    const usage = kind === 'uniform' ? GPUBufferUsage.UNIFORM : GPUBufferUsage.STORAGE;
    return { binding: index, resource: { buffer: zeros(usage) } };
  });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout, entries }));
  pass.dispatchWorkgroupsIndirect(zeros(GPUBufferUsage.INDIRECT), 0);
  pass.end();
  device.queue.submit([encoder.finish()]);
  // a destroyed buffer stays until the GPU is through with it
  for (const buffer of buffers) buffer.destroy();
}
