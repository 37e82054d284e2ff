// The engine on a WebGPU device: pipelines cached by key, kernel parameters in shared uniform chunks, commands
// recorded once (pipeline, bind group, grid) and replayed. Errors and a lost device are kept and surface, as one
// clear line, at the next call that the program makes.
import { RunError } from '../errors.ts';
import type { AdapterInfo, AdapterKind } from './adapter_info.ts';
import {
  type Buffer,
  type Command,
  type Engine,
  type EngineLimits,
  type KernelCall,
  kernelReflection,
  newCounters,
  pipelineKey,
  type Region,
  workgroups,
} from './engine.ts';
import { dispatchNothing, type KernelVariant, shareOut, WORTH_A_SECOND_DEVICE } from './code_generation.ts';
import type { DriverWays } from './gpu_provider.ts';
import { GpuTimer } from './gpu_timer.ts';
import { ParamChunks } from './param_chunks.ts';
import { StagingPool } from './staging.ts';
import { shaderLocation, shaderText } from './shader_source.ts';
import { type GpuCommand, Submission } from './submission.ts';
import { type KernelReflection, packParams } from './wgsl_reflect.ts';

interface GpuBuffer extends Buffer {
  readonly gpu: GPUBuffer;
}

interface Program {
  readonly module: GPUShaderModule;
  readonly layout: GPUBindGroupLayout;
  readonly pipelineLayout: GPUPipelineLayout;
}

const asGpu = (buffer: Buffer): GPUBuffer => (buffer as GpuBuffer).gpu;

export class GpuEngine implements Engine {
  readonly kind: AdapterKind;
  readonly limits: EngineLimits;
  readonly counters = newCounters();
  private readonly programs = new Map<string, Program>();
  private readonly pipelines = new Map<string, GPUComputePipeline>();
  private readonly chunks: ParamChunks;
  private readonly staging: StagingPool;
  private timer: GpuTimer | null = null;
  /** Dispatches by the last time that something waited. */
  private awaited = 0;
  private failure: string | null = null;
  private closing = false;

  constructor(
    private readonly device: GPUDevice,
    readonly info: AdapterInfo,
    private readonly ways: DriverWays = {},
  ) {
    this.kind = info.kind;
    this.limits = {
      maxBufferBytes: device.limits.maxBufferSize,
      maxBindingBytes: device.limits.maxStorageBufferBindingSize,
    };
    this.chunks = new ParamChunks(device, this.counters);
    this.staging = new StagingPool(device, this.counters);
    device.onuncapturederror = (event) =>
      this.fail(`the GPU refused a call: ${firstLine(event.error.message)}`);
    void device.lost.then((lost) => {
      if (!this.closing) this.fail(`the GPU device was lost (${lost.reason}): ${firstLine(lost.message)}`);
    });
  }

  createBuffer(label: string, bytes: number): Buffer {
    this.check();
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    if (size > this.limits.maxBufferBytes) {
      throw new RunError(
        `buffer '${label}' needs ${size} bytes; adapter ${this.info.name} allows ${this.limits.maxBufferBytes}; ` +
          'use a smaller --batch or --channels',
      );
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const gpu = this.device.createBuffer({ label, size, usage });
    this.counters.buffers++;
    this.counters.bufferBytes += size;
    const buffer: GpuBuffer = { label, bytes: size, gpu };
    return buffer;
  }

  /**
   * Compiles pipelines in parallel, so that recording finds them ready. Rejects with the compiler's own words.
   * @param soon those that run at once: where a driver makes machine code at a kernel's first call, it is made here
   */
  async compile(wanted: Iterable<KernelVariant>, soon?: ReadonlySet<KernelVariant>): Promise<void> {
    const missing = [...wanted].filter((w) => !this.pipelines.has(pipelineKey(w.kernel, w.constants)));
    const jobs = missing.map(async ({ kernel, constants }) => {
      const key = pipelineKey(kernel, constants);
      const descriptor = this.pipelineDescriptor(kernel, constants);
      try {
        this.pipelines.set(key, await this.device.createComputePipelineAsync(descriptor));
      } catch (error) {
        throw new RunError(await this.shaderProblem(kernel, key, error));
      }
      this.counters.pipelines++;
    });
    await this.waitFor(Promise.all(jobs));
    const ahead = soon ? missing.filter((variant) => soon.has(variant)) : missing;
    if (ahead.length >= WORTH_A_SECOND_DEVICE) {
      const second = await this.ways.secondDevice?.();
      if (second) await this.translate(ahead, second);
    }
    this.check();
  }

  /** Has the driver translate kernels, on this device and a second one, before they are needed. */
  private async translate(kernels: readonly KernelVariant[], second: GPUDevice): Promise<void> {
    const helper = new GpuEngine(second, this.info, this.ways);
    const translators = [this, helper].map((engine) => async (variant: KernelVariant) => {
      await engine.compile([variant]);
      const pipeline = engine.pipeline(variant.kernel, variant.constants);
      dispatchNothing(engine.device, variant.kernel, pipeline, engine.program(variant.kernel).layout);
      await engine.idle();
    });
    try {
      await shareOut(kernels, translators);
    } finally {
      helper.destroy();
    }
  }

  private waitFor<T>(done: Promise<T>): Promise<T> {
    const calls = this.counters.dispatches - this.awaited;
    this.awaited = this.counters.dispatches;
    return this.ways.wait ? this.ways.wait(done, calls) : done;
  }

  record(call: KernelCall): Command {
    const kernel = kernelReflection(call.kernel);
    const constants = call.constants ?? {};
    const pipeline = this.pipeline(call.kernel, constants);
    const entries: GPUBindGroupEntry[] = kernel.bindings.map((binding) => {
      if (binding.kind === 'uniform') {
        const slot = this.chunks.place(packParams(kernel, call.params ?? {}));
        return { binding: binding.index, resource: slot };
      }
      const region = call.bind[binding.name];
      if (!region) throw new Error(`internal: ${call.kernel}: binding ${binding.name} is missing`);
      if (region.bytes > this.limits.maxBindingBytes) {
        throw new RunError(
          `${call.kernel}: '${region.buffer.label}' needs a binding of ${region.bytes} bytes; adapter ` +
            `${this.info.name} allows ${this.limits.maxBindingBytes}; use a smaller --batch or --channels`,
        );
      }
      return { binding: binding.index, resource: bufferBinding(region) };
    });
    const { layout } = this.program(call.kernel);
    const bindGroup = this.device.createBindGroup({ label: call.kernel, layout, entries });
    this.counters.bindGroups++;
    const groups = workgroups(kernel, constants, call.threads);
    const command: GpuCommand = { kind: 'dispatch', kernel: call.kernel, pipeline, bindGroup, groups };
    return command;
  }

  recordClear(region: Region): Command {
    const { buffer, offset, bytes } = region;
    const command: GpuCommand = { kind: 'clear', kernel: 'clear', buffer: asGpu(buffer), offset, bytes };
    return command;
  }

  /** Queues bytes into a buffer, before everything submitted later. */
  write(region: Region, data: ArrayBufferView<ArrayBuffer>): void {
    if (data.byteLength > region.bytes) {
      throw new Error(
        `internal: ${data.byteLength} bytes do not fit ${region.buffer.label} (${region.bytes})`,
      );
    }
    this.device.queue.writeBuffer(asGpu(region.buffer), region.offset, data);
  }

  /** Has the command lists run in order. */
  submit(...lists: readonly (readonly Command[])[]): void {
    this.check();
    this.chunks.flush();
    const submission = new Submission(this.device, this.counters, this.timer);
    for (const list of lists as readonly (readonly GpuCommand[])[]) submission.add(list);
    submission.end();
  }

  /** Reads regions back, after everything submitted so far; one map per call. */
  async read(...regions: readonly Region[]): Promise<Uint8Array<ArrayBuffer>[]> {
    this.check();
    const total = regions.reduce((sum, r) => sum + align(r.bytes, 4), 0);
    const staging = this.staging.take(total);
    const encoder = this.device.createCommandEncoder();
    let at = 0;
    for (const r of regions) {
      encoder.copyBufferToBuffer(asGpu(r.buffer), r.offset, staging, at, align(r.bytes, 4));
      at += align(r.bytes, 4);
    }
    this.device.queue.submit([encoder.finish()]);
    this.counters.submits++;
    this.counters.readbackBytes += total;
    try {
      await this.waitFor(staging.mapAsync(GPUMapMode.READ, 0, total));
    } catch (error) {
      this.check();
      throw new RunError(`reading from the GPU failed: ${firstLine(String(error))}`);
    }
    const mapped = staging.getMappedRange(0, total);
    at = 0;
    const results = regions.map((r) => {
      const bytes = new Uint8Array(mapped.slice(at, at + r.bytes));
      at += align(r.bytes, 4);
      return bytes;
    });
    staging.unmap();
    this.staging.give(staging);
    this.check();
    return results;
  }

  /** Makes the buffer that readbacks of up to this size go through, so that none has to make it later. */
  reserveReadback(bytes: number): void {
    this.staging.give(this.staging.take(bytes));
  }

  /** Resolves when the queue is idle. */
  async idle(): Promise<void> {
    await this.waitFor(this.device.queue.onSubmittedWorkDone());
    this.check();
  }

  /**
   * Milliseconds that the GPU spends on what `work` submits, by its own clock; null where the adapter has no
   * timestamp queries.
   */
  async gpuTime(work: () => Promise<void>): Promise<number | null> {
    if (!this.device.features.has('timestamp-query')) return null;
    this.timer = new GpuTimer(this.device);
    try {
      await work();
      return await this.waitFor(this.timer.take());
    } finally {
      this.timer.destroy();
      this.timer = null;
    }
  }

  /** Releases the device. */
  destroy(): void {
    this.closing = true;
    this.device.destroy();
  }

  /** Throws what the device reported since the last call. */
  check(): void {
    if (this.failure) throw new RunError(this.failure);
  }

  private fail(message: string): void {
    this.failure ??= message;
  }

  private pipeline(name: string, constants: Readonly<Record<string, number>>): GPUComputePipeline {
    const key = pipelineKey(name, constants);
    let pipeline = this.pipelines.get(key);
    if (!pipeline) {
      pipeline = this.device.createComputePipeline(this.pipelineDescriptor(name, constants));
      this.pipelines.set(key, pipeline);
      this.counters.pipelines++;
    }
    return pipeline;
  }

  private pipelineDescriptor(name: string, constants: Readonly<Record<string, number>>) {
    const { module, pipelineLayout } = this.program(name);
    const compute = { module, entryPoint: 'main', constants: { ...constants } };
    return { label: pipelineKey(name, constants), layout: pipelineLayout, compute };
  }

  private program(name: string): Program {
    let program = this.programs.get(name);
    if (!program) {
      const kernel = kernelReflection(name);
      const module = this.device.createShaderModule({ label: name, code: shaderText(name) });
      const layout = this.device.createBindGroupLayout({ label: name, entries: layoutEntries(kernel) });
      const pipelineLayout = this.device.createPipelineLayout({ label: name, bindGroupLayouts: [layout] });
      program = { module, layout, pipelineLayout };
      this.programs.set(name, program);
      this.counters.shaderModules++;
    }
    return program;
  }

  private async shaderProblem(name: string, key: string, error: unknown): Promise<string> {
    const report = await this.program(name).module.getCompilationInfo();
    const first = report.messages.find((m) => m.type === 'error');
    if (first) return `${shaderLocation(name, first.lineNum)}: ${firstLine(first.message)}`;
    return `pipeline ${key} did not compile: ${firstLine(String(error))}`;
  }
}

function layoutEntries(kernel: KernelReflection): GPUBindGroupLayoutEntry[] {
  const types = { uniform: 'uniform', read: 'read-only-storage', read_write: 'storage' } as const;
  return kernel.bindings.map(({ index, kind }) => ({
    binding: index,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: types[kind] },
  }));
}

const align = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;

const firstLine = (text: string): string => text.split('\n', 1)[0]!.slice(0, 300);

/** Bindings are whole multiples of 16 bytes, so that a shader may view any region as vec4. */
const bufferBinding = (r: Region): GPUBufferBinding => ({
  buffer: asGpu(r.buffer),
  offset: r.offset,
  size: Math.min(align(r.bytes, 16), r.buffer.bytes - r.offset),
});
