// Weight gradients that come in parts (ops/conv/conv_family.ts) are not added up one by one: a piece leaves its parts in
// the memory of its place, and one kernel call adds up those of a group of pieces once they are all there. Which these
// are is a table that is written before. Where a binding cannot hold all gradients, or all parts, they are seen through
// windows, with a table and a call for each pair of them. Both edges of a node may be the same operation on the same node,
// with the same weights: one workgroup adds up the parts of both, since two would each miss what the other adds.
import { kernelForm } from '../../runtime/engine/adapter_info.ts';
import type { Command, Region } from '../../runtime/engine/engine.ts';
import { mostBindingBytes } from '../core/binding.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import type { PlannedSizes } from '../core/planned_sizes.ts';
import type { PartialSums } from '../core/recorder.ts';
import type { Step } from '../core/step.ts';
import { numel, type Tensor, tensorAt } from '../core/tensor.ts';
import { alignParts, type GradientParts, type Window } from './gradient_parts.ts';

/** Words of a tile in the table, and elements that it covers (shaders/optim/sum_segments.wgsl). */
const TILE_WORDS = 5;
const TILE = 64;

/** Workgroups in a row of the grid. */
const ROW = 1024;

/** In whole groups of 16, as buffers are made. */
const tableBytes = (tiles: PlannedSizes): number => 16 * Math.ceil((1 + TILE_WORDS * countTiles(tiles)) / 4);

const countTiles = (tiles: PlannedSizes): number => Math.max(1, tiles.sum());

/** Rows of the table for one piece; gradients and parts count from the start of all. */
export type SumRows = readonly number[];

/** What adds up the parts in one window into the gradients in another. */
interface Sum {
  readonly grads: Window;
  readonly partials: Window;
  readonly table: Region;
  readonly command: Command;
}

export class GradientSums {
  private readonly tiles: PlannedSizes;
  private readonly sums: readonly Sum[];

  /**
   * @param grads the gradients of all weights
   * @param group of places whose parts these are
   */
  constructor(
    engine: PlannedEngine,
    private readonly grads: Region,
    private readonly parts: GradientParts,
    private readonly group: string,
  ) {
    this.tiles = engine.sizes(`table of weight gradients, ${group}`, tableBytes);
    const windows = windowsOf(grads, mostBindingBytes(engine.limits)).flatMap((into) =>
      parts.windows.map((partials) => ({ grads: into, partials })),
    );
    const { bytes, learning } = this.tiles;
    const apart = 256 * Math.ceil(bytes / 256);
    const label = `table of weight gradients, ${group}`;
    const size = apart * (windows.length - 1) + bytes;
    const buffer = learning ? { label, bytes: size } : engine.createBuffer(label, size);
    this.sums = windows.map((window, i) => {
      const table = { buffer, offset: apart * i, bytes };
      const command = engine.record({
        kernel: 'sum_segments',
        bind: { table, partials: window.partials.region, grads: window.grads.region },
        params: { row: ROW },
        ...(kernelForm(engine.kind) === 'tiled' ? { constants: { AHEAD: 1 } } : {}),
        threads: [ROW * TILE, Math.ceil(countTiles(this.tiles) / ROW)],
      });
      return { ...window, table, command };
    });
  }

  /** Memory for the parts of one piece at a place, and the rows that its gradients take in the table. */
  begin(place: string): PartialSums & { readonly rows: SumRows } {
    const { parts: memory, group } = this;
    const offset = memory.offsetOf(group, place);
    const rows: number[] = [];
    const known = new Set<number>();
    let used = 0;
    let tiles = 0;
    const partialsFor = (grad: Tensor, parts: number): Tensor | null => {
      if (grad.buffer !== this.grads.buffer || known.has(grad.offset)) return null;
      known.add(grad.offset);
      const n = numel(grad.shape);
      const at = offset + used;
      for (let first = 0; first < n; first += TILE, tiles++) rows.push(grad.offset / 4, at, n, parts, first);
      used += alignParts(parts * n);
      memory.need(group, place, used);
      this.tiles.need(place, tiles);
      const { start, region } = memory.windowAt(at);
      return tensorAt(region.buffer, 4 * (at - start), [parts, n]);
    };
    return { partialsFor, rows };
  }

  /** Adds up what the backward of these pieces has left: the parts of one gradient in the order of the pieces. */
  step(pieces: readonly { readonly rows: SumRows }[]): Step {
    const all = tableOf(pieces);
    const used = this.sums.flatMap((sum) => {
      const data = this.sums.length === 1 ? all : seenBy(sum, all);
      return data[0] === 0 ? [] : [{ sum, data }];
    });
    return {
      writes: used.map(({ sum, data }) => ({ region: sum.table, data })),
      commands: [used.map(({ sum }) => sum.command)],
    };
  }
}

/** A region as windows of at most so many bytes. */
function windowsOf({ buffer, offset, bytes }: Region, most: number): Window[] {
  const size = Math.min(bytes, most);
  return Array.from({ length: Math.ceil(bytes / size) }, (_, i) => ({
    start: (i * size) / 4,
    region: { buffer, offset: offset + i * size, bytes: Math.min(bytes - i * size, size) },
  }));
}

const shows = ({ start, region }: Window, float: number): boolean =>
  float >= start && float < start + region.bytes / 4;

/**
 * The table of the tiles whose gradients and parts the windows show, counted from their starts. Those of a tensor that
 * begins in a window before are negative, which the kernel's sums of whole numbers make good.
 */
function seenBy({ grads, partials }: Sum, all: Uint32Array): Uint32Array<ArrayBuffer> {
  const words: number[] = [0];
  for (let tile = 1; tile < all.length; tile += TILE_WORDS) {
    const [grad, partial, n, parts, first] = all.subarray(tile) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    if (!shows(grads, grad + first) || !shows(partials, partial)) continue;
    words.push(grad - grads.start, partial - partials.start, n, parts, first);
    words[0]!++;
  }
  return Uint32Array.from(words);
}

/** The table of pieces: how many rows, then the rows, those of the same gradients one after the other. */
function tableOf(pieces: readonly { readonly rows: SumRows }[]): Uint32Array<ArrayBuffer> {
  const words = pieces.reduce((sum, { rows }) => sum + rows.length, 1);
  const table = new Uint32Array(words);
  table[0] = (words - 1) / TILE_WORDS;
  let at = 1;
  for (const [rows, ...others] of byGradients(pieces)) {
    if (others.length === 0) {
      table.set(rows, at);
      at += rows.length;
      continue;
    }
    for (let tile = 0; tile < rows.length; tile += TILE_WORDS) {
      for (const each of [rows, ...others]) {
        table.set(each.slice(tile, tile + TILE_WORDS), at);
        at += TILE_WORDS;
      }
    }
  }
  return table;
}

/** The rows of pieces, those of equal weights together: such pieces are the same operation, so all their rows match. */
function byGradients(pieces: readonly { readonly rows: SumRows }[]): Iterable<[SumRows, ...SumRows[]]> {
  const groups = new Map<number, [SumRows, ...SumRows[]]>();
  for (const { rows } of pieces) {
    if (rows.length === 0) continue;
    const group = groups.get(rows[0]!);
    if (!group) groups.set(rows[0]!, [rows]);
    else if (group[0].length === rows.length) group.push(rows);
    else throw new Error('internal: two pieces share some of their weights, expected all or none');
  }
  return groups.values();
}
