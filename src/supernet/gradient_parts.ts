// Memory for weight gradients that come in parts (gradient_sums.ts). Places take turns in groups: the parts of one group
// are added up before those of the next are made, so that all groups lie in the same memory. It is as large as the
// largest group, and in as many buffers as the largest binding demands.
import type { Region } from '../../runtime/engine/engine.ts';
import { mostBindingBytes } from '../core/binding.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import type { PlannedSizes } from '../core/planned_sizes.ts';

/** Floats that a tensor begins after, as bindings must. */
const ALIGNMENT = 64;
/** More floats than any buffer has, where an adapter says no limit. */
const MOST = 2 ** 40;

/** Consecutive floats of something larger, as one binding shows them. */
export interface Window {
  /** In floats from the start of all. */
  readonly start: number;
  readonly region: Region;
}

export const alignParts = (floats: number): number => ALIGNMENT * Math.ceil(floats / ALIGNMENT);

/** What a group calls a place. */
const keyOf = (group: string, place: string): string => `${group}: ${place}`;

/** Where places lie, by key, and what is used of each window of at most `most` floats; no place lies in two. */
function layOut(places: Iterable<[key: string, floats: number]>, most: number) {
  const offsets = new Map<string, number>();
  const ends = new Map<string, number>();
  const used: number[] = [0];
  for (const [key, size] of places) {
    const group = key.slice(0, key.indexOf(':'));
    const floats = alignParts(size);
    let at = ends.get(group) ?? 0;
    const next = Math.ceil(at / most) * most;
    if (at + floats > next && at < next) at = next;
    offsets.set(key, at);
    ends.set(group, at + floats);
    const window = Math.floor(at / most);
    used[window] = Math.max(used[window] ?? 0, at - window * most + floats);
  }
  return { offsets, used };
}

export class GradientParts {
  readonly windows: readonly Window[];
  private readonly floats: PlannedSizes;
  /** By key, in floats; known where sizes are. */
  private readonly offsets: ReadonlyMap<string, number>;

  constructor(engine: PlannedEngine) {
    const most = Math.min(mostBindingBytes(engine.limits) / 4, MOST);
    const bytesOf = (floats: number): number => Math.max(16, 4 * floats);
    this.floats = engine.sizes('parts of weight gradients', (sizes) =>
      layOut(sizes.entries(), most).used.reduce((sum, floats) => sum + bytesOf(floats), 0),
    );
    const { offsets, used } = layOut(this.floats.entries(), most);
    this.offsets = offsets;
    this.windows = used.map((floats, i) => {
      const label = `parts of weight gradients${i === 0 ? '' : ` ${i + 1}`}`;
      const bytes = bytesOf(floats);
      const buffer = this.floats.learning ? { label, bytes } : engine.createBuffer(label, bytes);
      return { start: i * most, region: { buffer, offset: 0, bytes } };
    });
  }

  /** Where a place of a group begins, in floats from the start of all. */
  offsetOf(group: string, place: string): number {
    return this.offsets.get(keyOf(group, place)) ?? 0;
  }

  /** Asks for at least so many floats at a place. */
  need(group: string, place: string, floats: number): void {
    this.floats.need(keyOf(group, place), floats);
  }

  /** The window that a place of this offset lies in. */
  windowAt(offset: number): Window {
    return this.windows.findLast(({ start }) => start <= offset)!;
  }
}
