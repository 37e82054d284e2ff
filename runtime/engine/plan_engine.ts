// An engine that runs nothing: it counts the memory, the pipelines, the dispatches and the arithmetic that a
// recording would need. Recording on it first tells all of that before a run, and without a device.
import { LimitError } from '../errors.ts';
import type { AdapterKind } from './adapter_info.ts';
import {
  type Buffer,
  type Command,
  type Engine,
  type EngineLimits,
  type KernelCall,
  type KernelVariant,
  type Region,
  kernelReflection,
  pipelineKey,
  UNLIMITED,
  workgroups,
} from './engine.ts';
import { paramChunkBytes, paramKey } from './param_chunks.ts';
import { stagingBytes } from './staging.ts';
import { packParams } from './wgsl_reflect.ts';

export class PlanEngine implements Engine {
  /** Bytes of all buffers asked for so far. */
  bufferBytes = 0;
  /** Pipelines met, by key. */
  readonly pipelines = new Map<string, KernelVariant>();
  private readonly variants = new WeakMap<Command, KernelVariant>();
  /** Kernel parameters met: commands with the same ones share them. */
  private readonly params = new Set<string>();
  /** Multiply-adds recorded so far. */
  madds = 0;
  /** Those of fully connected layers. */
  linearMadds = 0;

  constructor(
    readonly kind: AdapterKind,
    readonly limits: EngineLimits = UNLIMITED,
  ) {}

  createBuffer(label: string, bytes: number): Buffer {
    if (bytes > this.limits.maxBufferBytes)
      throw tooLarge(label, bytes, this.limits.maxBufferBytes, 'buffer');
    this.bufferBytes += bytes;
    return { label, bytes };
  }

  record(call: KernelCall): Command {
    const kernel = kernelReflection(call.kernel);
    const constants = call.constants ?? {};
    for (const region of Object.values(call.bind)) {
      const { maxBindingBytes } = this.limits;
      if (region.bytes > maxBindingBytes) {
        throw tooLarge(region.buffer.label, region.bytes, maxBindingBytes, `binding of ${call.kernel}`);
      }
    }
    this.params.add(paramKey(packParams(kernel, call.params ?? {})));
    workgroups(kernel, constants, call.threads);
    const key = pipelineKey(call.kernel, constants);
    const variant = this.pipelines.get(key) ?? { kernel: call.kernel, constants };
    this.pipelines.set(key, variant);
    this.madds += call.madds ?? 0;
    if (call.layer === 'linear') this.linearMadds += call.madds ?? 0;
    const command: Command = { kernel: call.kernel };
    this.variants.set(command, variant);
    return command;
  }

  /** The pipelines of commands recorded here. */
  pipelinesOf(commands: readonly Command[]): Set<KernelVariant> {
    return new Set(commands.flatMap((command) => this.variants.get(command) ?? []));
  }

  /**
   * Bytes that a GpuEngine needs besides the buffers asked for: kernel parameters of everything recorded, and the
   * staging buffer of the largest readback.
   */
  overheadBytes(largestReadback: number): number {
    return paramChunkBytes(this.params.size) + stagingBytes(largestReadback);
  }

  recordClear(_region: Region): Command {
    return { kernel: 'clear' };
  }
}

const tooLarge = (label: string, bytes: number, allowed: number, what: string): LimitError =>
  new LimitError(`'${label}' needs ${bytes} bytes, but the adapter allows ${allowed} in one ${what}`, label);
