// Weight gradients that come in parts (ops/conv/conv_family.ts) are not added up one by one: a piece leaves its parts in
// the memory of its place, and one kernel call at the end of a backward pass adds up those of all pieces on the
// path. Which these are is a table that is written before. Both edges of a node may be the same operation on the same
// node, with the same weights: one workgroup adds up the parts of both, since two would each miss what the other adds.
import { kernelForm } from '../../runtime/engine/adapter_info.ts';
import type { Command, Region } from '../../runtime/engine/engine.ts';
import type { PlannedEngine } from '../core/planned_engine.ts';
import type { PlannedSizes } from '../core/planned_sizes.ts';
import type { PartialSums } from '../core/recorder.ts';
import type { Step } from '../core/step.ts';
import { numel, type Tensor, tensorAt } from '../core/tensor.ts';

/** Words of a tile in the table, and elements that it covers (shaders/optim/sum_segments.wgsl). */
const TILE_WORDS = 5;
const TILE = 64;

/** Workgroups in a row of the grid. */
const ROW = 1024;

const align = (floats: number): number => 64 * Math.ceil(floats / 64);

/** In whole groups of 16, as buffers are made. */
const tableBytes = (tiles: PlannedSizes): number => 16 * Math.ceil((1 + TILE_WORDS * countTiles(tiles)) / 4);

const partialsBytes = (floats: PlannedSizes): number => Math.max(16, 4 * floats.sum(align));

const countTiles = (tiles: PlannedSizes): number => Math.max(1, tiles.sum());

/** Rows of the table for one piece. */
export type SumRows = readonly number[];

export class GradientSums {
  /** Pieces at one place share its memory, since only one of them runs in a step. */
  private readonly floats: PlannedSizes;
  private readonly tiles: PlannedSizes;
  /** By place, in floats from the start of the memory; known where sizes are. */
  private readonly offsets = new Map<string, number>();
  private readonly partials: Region;
  private readonly table: Region;
  /** Adds up what the table lists. */
  private readonly command: Command;

  /** @param grads the gradients of all weights */
  constructor(
    engine: PlannedEngine,
    private readonly grads: Region,
  ) {
    this.floats = engine.sizes('parts of weight gradients', partialsBytes);
    this.tiles = engine.sizes('table of weight gradients', tableBytes);
    let offset = 0;
    for (const [place, floats] of this.floats.entries()) {
      this.offsets.set(place, offset);
      offset += align(floats);
    }
    const make = (label: string, bytes: number): Region => {
      const buffer = this.floats.learning ? { label, bytes } : engine.createBuffer(label, bytes);
      return { buffer, offset: 0, bytes };
    };
    this.partials = make('parts of weight gradients', this.floats.bytes);
    this.table = make('table of weight gradients', this.tiles.bytes);
    this.command = engine.record({
      kernel: 'sum_segments',
      bind: { table: this.table, partials: this.partials, grads },
      params: { row: ROW },
      ...(kernelForm(engine.kind) === 'tiled' ? { constants: { AHEAD: 1 } } : {}),
      threads: [ROW * TILE, Math.ceil(countTiles(this.tiles) / ROW)],
    });
  }

  /** Memory for the parts of one piece at a place, and the rows that its gradients take in the table. */
  begin(place: string): PartialSums & { readonly rows: SumRows } {
    const offset = this.offsets.get(place) ?? 0;
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
      used += align(parts * n);
      this.floats.need(place, used);
      this.tiles.need(place, tiles);
      return tensorAt(this.partials.buffer, 4 * at, [parts, n]);
    };
    return { partialsFor, rows };
  }

  /** Adds up what the backward of these pieces has left: the parts of one gradient in the order of the pieces. */
  step(pieces: readonly { readonly rows: SumRows }[]): Step {
    const words = pieces.reduce((sum, { rows }) => sum + rows.length, 1);
    const data = new Uint32Array(words);
    data[0] = (words - 1) / TILE_WORDS;
    let at = 1;
    for (const [rows, ...others] of byGradients(pieces)) {
      if (others.length === 0) {
        data.set(rows, at);
        at += rows.length;
        continue;
      }
      for (let tile = 0; tile < rows.length; tile += TILE_WORDS) {
        for (const each of [rows, ...others]) {
          data.set(each.slice(tile, tile + TILE_WORDS), at);
          at += TILE_WORDS;
        }
      }
    }
    return { writes: [{ region: this.table, data }], commands: [[this.command]] };
  }
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
