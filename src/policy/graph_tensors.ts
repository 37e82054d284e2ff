// The policy's graph on the GPU. What changes with the architecture lies in one buffer and is written in one go.
import type { Device, Engine } from '../../runtime/engine/engine.ts';
import type { ActionSpace } from '../arch/action_space.ts';
import type { Cell } from '../arch/genotype.ts';
import type { Primitive } from '../arch/primitives.ts';
import type { Tensor } from '../core/tensor.ts';
import type { GraphTensors } from './gcn_policy.ts';
import { edgesOf, fillGraph, type GraphArrays, type GraphSize, rowPointers, verticesOf } from './graph.ts';
import { allocateImage, type HostImage } from './host_image.ts';
import { fillMask, maskShape } from './policy.ts';

export interface GraphMemory {
  readonly size: GraphSize;
  readonly tensors: GraphTensors;
  /** Action taken on every edge, i32; written before an update. */
  readonly actions: Tensor;
  /** Which actions every edge may take; null where all may take all. */
  readonly mask: Tensor | null;
  readonly changing: HostImage<keyof GraphArrays | 'mask'>;
}

export function allocateGraph(engine: Engine, size: GraphSize, space: ActionSpace): GraphMemory {
  const [edges, vertices] = [edgesOf(size), verticesOf(size)];
  const changing = allocateImage(engine, 'policy graph', {
    operations: [edges],
    columns: [edges],
    transposedPointers: [vertices + 1],
    transposedColumns: [edges],
    mask: maskShape(space, edges),
  });
  const fixed = allocateImage(engine, 'policy graph, fixed', {
    inputNodes: [2 * size.graphs],
    rowPointers: [vertices + 1],
    values: [edges],
    actions: [edges],
  });
  const { mask, ...graph } = changing.tensors;
  const { inputNodes, rowPointers: pointers, values, actions } = fixed.tensors;
  return {
    size,
    tensors: { ...graph, inputNodes, rowPointers: pointers, values: { ...values, dtype: 'f32' } },
    actions,
    mask: space.masked ? mask : null,
    changing,
  };
}

/**
 * Writes what never changes: row pointers, and the entries of A, which are 1, or 1/2 each with `normalizeRows`.
 */
export function writeFixedGraph(engine: Device, { size, tensors }: GraphMemory, normalizeRows = false): void {
  engine.write(
    tensors.inputNodes,
    Int32Array.from({ length: 2 * size.graphs }, (_, i) => i % 2),
  );
  engine.write(tensors.rowPointers, rowPointers(size));
  engine.write(tensors.values, new Float32Array(edgesOf(size)).fill(normalizeRows ? 0.5 : 1));
}

/** Writes the cells that the policy reads next. */
export function writeGraph(
  engine: Device,
  { changing, size }: GraphMemory,
  cells: readonly Cell[],
  primitives: readonly Primitive[],
  space: ActionSpace,
): void {
  fillGraph(changing.arrays, size, cells, primitives);
  fillMask(changing.arrays.mask, cells, space);
  changing.write(engine);
}
