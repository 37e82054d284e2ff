// The engine on a WebGPU device: pipelines cached by key, kernel parameters in shared uniform chunks, commands
// recorded once (pipeline, bind group, grid) and replayed. Errors and a lost device are kept and surface, as one
// clear line, at the next call that the program makes.
import { DeviceLostError, LimitError, OutOfMemoryError, RunError, UserError } from '../errors.ts';
import type { AdapterInfo, AdapterKind } from './adapter_info.ts';
import {
  type Buffer,
  type Command,
  type Device,
  type EngineLimits,
  type KernelCall,
  kernelReflection,
  type KernelVariant,
  newCounters,
  pipelineKey,
  type Region,
  type Span,
  workgroups,
} from './engine.ts';
import { dispatchEmpty, translateInParallel, FEWEST_FOR_A_SECOND_DEVICE } from './code_generation.ts';
import type { DriverHooks } from './gpu_provider.ts';
import { GpuTimer } from './gpu_timer.ts';
import { ParamChunks } from './param_chunks.ts';
import { StagingPool } from './staging.ts';
import { isOwnShader, shaderLocation, shaderText } from './shader_source.ts';
import { type GpuCommand, Submission } from './submission.ts';
import { type KernelReflection, packParams } from './wgsl_reflect.ts';

interface GpuBuffer extends Buffer {
  readonly gpu: GPUBuffer;
}

/** A kernel's compiled text with the layout of its bindings: what its pipelines share. */
interface KernelModule {
  readonly module: GPUShaderModule;
  readonly layout: GPUBindGroupLayout;
  readonly pipelineLayout: GPUPipelineLayout;
}

/** By when a device that was lost has said so. */
const LOSS_REPORT_MS = 100;

const asGpu = (buffer: Buffer): GPUBuffer => (buffer as GpuBuffer).gpu;

export class GpuEngine implements Device {
  readonly kind: AdapterKind;
  readonly limits: EngineLimits;
  readonly counters = newCounters();
  observer: Device['observer'] = null;
  private readonly live = new Set<Buffer>();
  private readonly modules = new Map<string, KernelModule>();
  private readonly pipelines = new Map<string, GPUComputePipeline>();
  private readonly chunks: ParamChunks;
  private readonly staging: StagingPool;
  private timer: GpuTimer | null = null;
  /** Dispatches submitted by the last time that something waited for the GPU. */
  private awaited = 0;
  /** Why the device is gone; it stays so. */
  private lost: string | null = null;
  /** The first call that was refused since somebody last asked. */
  private refused: RunError | null = null;
  private closing = false;

  constructor(
    private readonly device: GPUDevice,
    readonly info: AdapterInfo,
    private readonly hooks: DriverHooks = {},
  ) {
    this.kind = info.kind;
    this.limits = {
      maxBufferBytes: device.limits.maxBufferSize,
      maxBindingBytes: device.limits.maxStorageBufferBindingSize,
    };
    this.chunks = new ParamChunks(device, this.counters);
    this.staging = new StagingPool(device, this.counters);
    device.onuncapturederror = (event) => {
      // or Dawn prints it, on several lines of standard output, and browsers on their console
      event.preventDefault();
      this.refused ??= refusal(event.error);
    };
    void device.lost.then(({ reason, message }) => {
      if (!this.closing) this.lost = `the GPU device was lost (${reason}): ${firstLine(message)}`;
    });
  }

  createBuffer(label: string, bytes: number, part?: string): Buffer {
    this.check();
    const size = Math.max(16, Math.ceil(bytes / 16) * 16);
    if (size > this.limits.maxBufferBytes) {
      throw new LimitError(
        `buffer '${label}' needs ${size} bytes; adapter ${this.info.name} allows ${this.limits.maxBufferBytes}`,
        label,
      );
    }
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const gpu = this.device.createBuffer({ label, size, usage });
    this.counters.buffers++;
    this.counters.bufferBytes += size;
    const buffer: GpuBuffer = { label, bytes: size, gpu, ...(part !== undefined && { part }) };
    this.live.add(buffer);
    return buffer;
  }

  get buffers(): readonly Buffer[] {
    return [...this.live];
  }

  async compile(wanted: Iterable<KernelVariant>, first?: ReadonlySet<KernelVariant>): Promise<void> {
    const missing = [...wanted].filter((w) => !this.pipelines.has(pipelineKey(w.kernel, w.constants)));
    const jobs = missing.map(async ({ kernel, constants }) => {
      const key = pipelineKey(kernel, constants);
      const descriptor = this.pipelineDescriptor(kernel, constants);
      try {
        this.pipelines.set(key, await this.device.createComputePipelineAsync(descriptor));
      } catch (error) {
        const problem = await this.shaderProblem(kernel, key, error);
        throw isOwnShader(kernel) ? new UserError(problem) : new RunError(problem);
      }
      this.counters.pipelines++;
    });
    await this.waitFor(Promise.all(jobs));
    const ahead = first ? missing.filter((variant) => first.has(variant)) : missing;
    if (ahead.length >= FEWEST_FOR_A_SECOND_DEVICE) {
      const second = await this.hooks.secondDevice?.();
      if (second) await this.translate(ahead, second);
    }
    this.check();
  }

  /** Has the driver translate kernels, on this device and a second one, before they are needed. */
  private async translate(kernels: readonly KernelVariant[], second: GPUDevice): Promise<void> {
    const helper = new GpuEngine(second, this.info, this.hooks);
    const translators = [this, helper].map((engine) => async (variant: KernelVariant) => {
      await engine.compile([variant]);
      const pipeline = engine.pipeline(variant.kernel, variant.constants);
      dispatchEmpty(engine.device, variant.kernel, pipeline, engine.moduleOf(variant.kernel).layout);
      await engine.idle();
    });
    try {
      await translateInParallel(kernels, translators);
    } finally {
      helper.destroy();
    }
  }

  private waitFor<T>(done: Promise<T>): Promise<T> {
    const calls = this.counters.dispatches - this.awaited;
    this.awaited = this.counters.dispatches;
    return this.hooks.wait ? this.hooks.wait(done, calls) : done;
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
        throw new LimitError(
          `${call.kernel}: '${region.buffer.label}' needs a binding of ${region.bytes} bytes; adapter ` +
            `${this.info.name} allows ${this.limits.maxBindingBytes}`,
          region.buffer.label,
        );
      }
      return { binding: binding.index, resource: bufferBinding(region) };
    });
    const { layout } = this.moduleOf(call.kernel);
    const bindGroup = this.device.createBindGroup({ label: call.kernel, layout, entries });
    this.counters.bindGroups++;
    const groups = workgroups(kernel, constants, call.threads);
    const command: GpuCommand = {
      kind: 'dispatch',
      kernel: call.kernel,
      ...(call.part !== undefined && { part: call.part }),
      pipeline,
      bindGroup,
      groups,
    };
    return command;
  }

  recordClear(region: Region): Command {
    const { buffer, offset, bytes } = region;
    const command: GpuCommand = { kind: 'clear', kernel: 'clear', buffer: asGpu(buffer), offset, bytes };
    return command;
  }

  write(region: Region, data: ArrayBufferView<ArrayBuffer>): void {
    if (data.byteLength > region.bytes) {
      throw new Error(
        `internal: ${data.byteLength} bytes do not fit ${region.buffer.label} (${region.bytes})`,
      );
    }
    this.device.queue.writeBuffer(asGpu(region.buffer), region.offset, data);
  }

  submit(...lists: readonly (readonly Command[])[]): void {
    this.check();
    if (this.chunks.pending) this.chunks.flush();
    const submission = new Submission(this.device, this.counters, this.timer);
    for (const list of lists as readonly (readonly GpuCommand[])[]) {
      this.observer?.(list);
      submission.add(list);
    }
    submission.end();
  }

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
      await this.hearOfLoss();
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

  reserveReadback(bytes: number): void {
    this.staging.give(this.staging.take(bytes));
  }

  async idle(): Promise<void> {
    await this.waitFor(this.device.queue.onSubmittedWorkDone());
    this.check();
  }

  async gpuSpans(work: () => Promise<void>): Promise<readonly Span[] | null> {
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

  free(...buffers: readonly Buffer[]): void {
    for (const buffer of buffers) if (this.live.delete(buffer)) asGpu(buffer).destroy();
  }

  destroy(): void {
    this.closing = true;
    this.lost = 'the engine was destroyed; open another one';
    this.live.clear();
    this.device.destroy();
  }

  [Symbol.dispose](): void {
    this.destroy();
  }

  check(): void {
    if (this.lost) throw new DeviceLostError(this.lost);
    const { refused } = this;
    this.refused = null;
    if (refused) throw refused;
  }

  /** A loss is reported only after the calls that it made fail. */
  private async hearOfLoss(): Promise<void> {
    const patience = new Promise((resolve) => setTimeout(resolve, LOSS_REPORT_MS));
    await Promise.race([this.device.lost, patience]);
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
    const { module, pipelineLayout } = this.moduleOf(name);
    const compute = { module, entryPoint: 'main', constants: { ...constants } };
    return { label: pipelineKey(name, constants), layout: pipelineLayout, compute };
  }

  private moduleOf(name: string): KernelModule {
    let known = this.modules.get(name);
    if (!known) {
      const kernel = kernelReflection(name);
      const module = this.device.createShaderModule({ label: name, code: shaderText(name) });
      const layout = this.device.createBindGroupLayout({ label: name, entries: layoutEntries(kernel) });
      const pipelineLayout = this.device.createPipelineLayout({ label: name, bindGroupLayouts: [layout] });
      known = { module, layout, pipelineLayout };
      this.modules.set(name, known);
      this.counters.shaderModules++;
    }
    return known;
  }

  private async shaderProblem(name: string, key: string, error: unknown): Promise<string> {
    const report = await this.moduleOf(name).module.getCompilationInfo();
    const first = report.messages.find((m) => m.type === 'error');
    if (first) return `${shaderLocation(name, first.lineNum)}: ${firstLine(first.message)}`;
    return `pipeline ${key} did not compile: ${firstLine(String(error))}`;
  }
}

/** How Dawn reports a kernel's text that is recorded without having been compiled ahead; null for anything else. */
function parseProblem(message: string): string | null {
  const found = /while parsing WGSL: :(\d+):\d+ error: ([^\n]*)[^]*ShaderModuleDescriptor ""?(\w+)/.exec(
    message,
  );
  if (!found) return null;
  const [, line, problem, name] = found as unknown as [string, string, string, string];
  return `${shaderLocation(name, Number(line))}: ${firstLine(problem)}`;
}

function layoutEntries(kernel: KernelReflection): GPUBindGroupLayoutEntry[] {
  const types = { uniform: 'uniform', read: 'read-only-storage', read_write: 'storage' } as const;
  return kernel.bindings.map(({ index, kind }) => ({
    binding: index,
    visibility: GPUShaderStage.COMPUTE,
    buffer: { type: types[kind] },
  }));
}

/** What the device reports of a call: memory ran out, or it was not as it should be. */
function refusal(error: GPUError): RunError {
  const problem = parseProblem(error.message);
  if (problem !== null) return new RunError(problem);
  const why = firstLine(error.message);
  const outOfMemory = error.constructor.name === 'GPUOutOfMemoryError';
  return outOfMemory
    ? new OutOfMemoryError(`the GPU has no memory left: ${why}; use smaller batches or networks`)
    : new RunError(`the GPU refused a call: ${why}`);
}

const align = (bytes: number, to: number): number => Math.ceil(bytes / to) * to;

const firstLine = (text: string): string => text.split('\n', 1)[0]!.slice(0, 300);

/** Bindings are whole multiples of 16 bytes, so that a shader may view any region as vec4. */
const bufferBinding = (r: Region): GPUBufferBinding => ({
  buffer: asGpu(r.buffer),
  offset: r.offset,
  size: Math.min(align(r.bytes, 16), r.buffer.bytes - r.offset),
});
