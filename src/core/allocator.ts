// Where a recording's tensors live: in memory of their own, or in slots that recordings share.
import type { Buffer, Engine } from '../../runtime/engine/engine.ts';
import type { PlannedSizes } from './planned_sizes.ts';
import type { PlannedEngine } from './planned_engine.ts';
import { type DType, numel, type Shape, type Tensor, tensorAt } from './tensor.ts';

/** A tensor with memory of its own, which begins as zeros. */
export const createTensor = (engine: Engine, label: string, shape: Shape, dtype: DType = 'f32'): Tensor =>
  tensorAt(engine.createBuffer(label, 4 * numel(shape)), 0, shape, dtype);

/** Where a recording gets its memory, and who may have it when it is released. */
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
  /** Under which its size is planned. */
  readonly name: string;
  buffer: Buffer | null;
  busy: boolean;
}

/**
 * Slots that recordings share because only one of them runs at a time: the operations that can stand on one edge
 * of a cell, or the temporaries of all backward passes. A request takes the lowest free slot, so a recording
 * always gets the same slots, in whatever order the recordings are made. A slot is one buffer, as large as the most
 * that any recording asks of it.
 */
export class SlotAllocator implements Allocator {
  private readonly slots = { small: [] as Slot[], large: [] as Slot[] };
  private readonly sizes: PlannedSizes;

  /** @param label unique in the program */
  constructor(
    private readonly label: string,
    private readonly engine: PlannedEngine,
  ) {
    this.sizes = engine.sizes(label);
  }

  acquire(label: string, bytes: number): Buffer {
    const slot = this.freeSlot(bytes <= SMALL ? 'small' : 'large');
    slot.busy = true;
    this.sizes.need(slot.name, bytes);
    if (this.sizes.learning) return (slot.buffer = { label, bytes });
    return (slot.buffer ??= this.engine.createBuffer(
      `${this.label}, ${slot.name}`,
      this.sizes.of(slot.name),
    ));
  }

  release(buffer: Buffer): void {
    for (const slot of this.all()) if (slot.buffer === buffer) slot.busy = false;
  }

  /** Frees every slot: the next recording begins. */
  reset(): void {
    for (const slot of this.all()) slot.busy = false;
  }

  private freeSlot(kind: 'small' | 'large'): Slot {
    const slots = this.slots[kind];
    const free = slots.find(({ busy }) => !busy);
    if (free) return free;
    const slot = { name: `${kind} slot ${slots.length}`, buffer: null, busy: false };
    slots.push(slot);
    return slot;
  }

  private all(): Slot[] {
    return [...this.slots.small, ...this.slots.large];
  }
}
