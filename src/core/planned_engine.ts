// The engine that a program is recorded on, in a plan as on a device: an engine that also knows the sizes of memory
// which recordings share, and which part of the program it is used for.
import type { AdapterKind } from '../../runtime/engine/adapter_info.ts';
import type {
  Buffer,
  Command,
  Engine,
  EngineLimits,
  KernelCall,
  Region,
} from '../../runtime/engine/engine.ts';
import type { PlannedSizes } from './planned_sizes.ts';

type SizesOf = (name: string, bytesOf: (sizes: PlannedSizes) => number) => PlannedSizes;

/** The engine that a program is recorded on, first in a plan and then on a device. */
export class PlannedEngine implements Engine {
  readonly kind: AdapterKind;
  readonly limits: EngineLimits;

  constructor(
    private readonly engine: Engine,
    private readonly sizesOf: SizesOf,
    private readonly part?: string,
  ) {
    this.kind = engine.kind;
    this.limits = engine.limits;
  }

  createBuffer(label: string, bytes: number): Buffer {
    return this.engine.createBuffer(label, bytes, this.part);
  }

  record(call: KernelCall): Command {
    return this.engine.record(this.part === undefined ? call : { ...call, part: this.part });
  }

  recordClear(region: Region): Command {
    return this.engine.recordClear(region);
  }

  /**
   * This engine for a part of the program: buffers and kernel calls carry the part's name, so that its memory and its
   * dispatches can be told (`nat plan`).
   */
  inPart(part: string): PlannedEngine {
    return new PlannedEngine(this.engine, this.sizesOf, part);
  }

  /**
   * The sizes of memory that recordings share: learnt in a plan, fixed on a device.
   * @param name unique in the program
   * @param bytesOf what all of it takes; the sum of its sizes unless given
   */
  sizes(name: string, bytesOf: (sizes: PlannedSizes) => number = (sizes) => sizes.sum()): PlannedSizes {
    return this.sizesOf(name, bytesOf);
  }
}
