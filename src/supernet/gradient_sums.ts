// Weight gradients that come in parts (ops/conv/conv_family.ts) are not added up one by one: a piece leaves its parts in
// the memory of its place, and one kernel call at the end of a backward pass adds up those of all pieces on the
// path. Which these are is a table that the host writes before.
import type { Command, Engine, Region, Runner } from '../../runtime/engine/engine.ts';
import type { PartialSums } from '../core/tape.ts';
import { numel, type Tensor, tensorAt } from '../core/tensor.ts';

/** Words of a tile in the table, and elements that it covers (shaders/optim/sum_segments.wgsl). */
const TILE_WORDS = 5;
const TILE = 64;

/** Workgroups in a row of the grid. */
const ROW = 1024;

/** What pieces at one place need at most: they share its memory, since only one of them runs in a step. */
interface Place {
  /** In floats from the start of the memory. */
  readonly offset: number;
  floats: number;
  tiles: number;
}

const align = (floats: number): number => 64 * Math.ceil(floats / 64);

/** Rows of the table for one piece. */
export type SumRows = readonly number[];

export class GradientSums {
  private readonly places = new Map<string, Place>();
  private readonly partials: Region;
  private readonly table: Region;
  private readonly planning: boolean;
  /** Adds up what the table lists. */
  readonly command: Command;

  /**
   * @param grads the gradients of all weights
   * @param plan what learnt the sizes while pieces were recorded on an engine that only counts
   */
  constructor(
    engine: Engine,
    private readonly grads: Region,
    plan?: GradientSums,
  ) {
    this.planning = plan === undefined;
    for (const [name, place] of plan?.places ?? []) this.places.set(name, { ...place });
    let offset = 0;
    for (const [name, place] of this.places) {
      this.places.set(name, { ...place, offset });
      offset += align(place.floats);
    }
    const make = (label: string, bytes: number): Region => {
      const buffer = plan ? engine.createBuffer(label, bytes) : { label, bytes };
      return { buffer, offset: 0, bytes };
    };
    this.partials = make('parts of weight gradients', this.partialsBytes);
    this.table = make('table of weight gradients', this.tableBytes);
    this.command = engine.record({
      kernel: 'sum_segments',
      bind: { table: this.table, partials: this.partials, grads },
      params: { row: ROW },
      threads: [ROW * TILE, Math.ceil(this.tiles / ROW)],
    });
  }

  /** Bytes of the parts and the table, after planning. */
  get plannedBytes(): number {
    return this.partialsBytes + this.tableBytes;
  }

  /** Memory for the parts of one piece at a place, and the rows that its gradients take in the table. */
  begin(name: string): PartialSums & { readonly rows: SumRows } {
    const place = this.placeOf(name);
    const rows: number[] = [];
    const known = new Set<number>();
    let used = 0;
    let tiles = 0;
    const partialsFor = (grad: Tensor, parts: number): Tensor | null => {
      if (grad.buffer !== this.grads.buffer || known.has(grad.offset)) return null;
      known.add(grad.offset);
      const n = numel(grad.shape);
      const at = place.offset + used;
      for (let first = 0; first < n; first += TILE, tiles++) rows.push(grad.offset / 4, at, n, parts, first);
      used += align(parts * n);
      this.check(name, place, used, tiles);
      return tensorAt(this.partials.buffer, 4 * at, [parts, n]);
    };
    return { partialsFor, rows };
  }

  /** Says which pieces the next backward pass consists of. */
  write(engine: Pick<Runner, 'write'>, pieces: readonly { readonly rows: SumRows }[]): void {
    const words = pieces.reduce((sum, { rows }) => sum + rows.length, 1);
    const data = new Uint32Array(words);
    data[0] = (words - 1) / TILE_WORDS;
    let at = 1;
    for (const { rows } of pieces) {
      data.set(rows, at);
      at += rows.length;
    }
    engine.write(this.table, data);
  }

  private placeOf(name: string): Place {
    let place = this.places.get(name);
    if (!place) this.places.set(name, (place = { offset: 0, floats: 0, tiles: 0 }));
    return place;
  }

  private check(name: string, place: Place, floats: number, tiles: number): void {
    if (this.planning) {
      place.floats = Math.max(place.floats, floats);
      place.tiles = Math.max(place.tiles, tiles);
    } else if (floats > place.floats || tiles > place.tiles) {
      throw new Error(`internal: ${name}: parts of weight gradients need more memory than was planned`);
    }
  }

  private get tiles(): number {
    return Math.max(
      1,
      this.total((place) => place.tiles),
    );
  }

  private get partialsBytes(): number {
    return Math.max(16, 4 * this.total((place) => align(place.floats)));
  }

  /** In whole groups of 16, as buffers are made. */
  private get tableBytes(): number {
    return 16 * Math.ceil((1 + TILE_WORDS * this.tiles) / 4);
  }

  private total(of: (place: Place) => number): number {
    return [...this.places.values()].reduce((sum, place) => sum + of(place), 0);
  }
}
