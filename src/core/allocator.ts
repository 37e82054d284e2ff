// Where a recording's tensors live. Every recording is made twice: first on a PlanEngine, where the slots learn
// the sizes they need, then on the GPU, where each slot is one buffer of that size.
import type { Buffer, Engine } from '../../runtime/engine/engine.ts';

export interface Allocator {
  acquire(label: string, bytes: number): Buffer;
  release(buffer: Buffer): void;
}

/** Gives every request a buffer of its own: for tensors that live as long as the program, and for tests. */
export function directAllocator(engine: Engine): Allocator {
  return { acquire: (label, bytes) => engine.createBuffer(label, bytes), release: () => {} };
}

/** Requests up to this size take slots of their own, so that per-channel statistics do not occupy image slots. */
const SMALL = 64 * 1024;

interface Slot {
  /** The most that any recording asked of this slot, in bytes. */
  planned: number;
  buffer: Buffer | null;
  busy: boolean;
}

/**
 * Slots that recordings share because only one of them runs at a time: the operations that can stand on one edge
 * of a cell, or the temporaries of all backward passes. A request takes the lowest free slot, so a recording
 * always gets the same slots, in whatever order the recordings are made.
 */
export class SlotAllocator implements Allocator {
  private readonly small: Slot[] = [];
  private readonly large: Slot[] = [];

  constructor(
    private readonly label: string,
    private readonly engine: Engine,
    plan?: SlotAllocator,
  ) {
    for (const kind of ['small', 'large'] as const) {
      for (const { planned } of plan?.[kind] ?? []) this[kind].push({ planned, buffer: null, busy: false });
    }
    this.planning = plan === undefined;
  }

  private readonly planning: boolean;

  acquire(label: string, bytes: number): Buffer {
    const slots = bytes <= SMALL ? this.small : this.large;
    let i = slots.findIndex((slot) => !slot.busy);
    if (i < 0) i = slots.push({ planned: 0, buffer: null, busy: false }) - 1;
    const slot = slots[i]!;
    slot.busy = true;
    if (this.planning) {
      slot.planned = Math.max(slot.planned, bytes);
      return (slot.buffer = { label, bytes });
    }
    if (bytes > slot.planned) {
      throw new Error(
        `internal: ${label} needs ${bytes} bytes of ${this.label}[${i}], planned ${slot.planned}`,
      );
    }
    slot.buffer ??= this.engine.createBuffer(`${this.label}[${i}]`, slot.planned);
    return slot.buffer;
  }

  release(buffer: Buffer): void {
    for (const slot of [...this.small, ...this.large]) if (slot.buffer === buffer) slot.busy = false;
  }

  /** Frees every slot: the next recording begins. */
  reset(): void {
    for (const slot of [...this.small, ...this.large]) slot.busy = false;
  }

  /** Bytes of all slots together. */
  get plannedBytes(): number {
    return [...this.small, ...this.large].reduce((sum, slot) => sum + slot.planned, 0);
  }
}
