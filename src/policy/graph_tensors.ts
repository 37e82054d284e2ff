// The policy's graph on the GPU. What changes with the architecture lies in one buffer and is written in one go.
import type { GpuEngine } from '../../runtime/gpu_engine.ts';
import type { Engine, Region } from '../../runtime/engine.ts';
import type { Cell } from '../nas/genotype.ts';
import type { Primitive } from '../nas/primitives.ts';
import { packTensors } from '../packed.ts';
import type { Tensor } from '../tensor.ts';
import type { GraphTensors } from './gcn_policy.ts';
import { edgesOf, fillGraph, type GraphArrays, type GraphSize, rowPointers, verticesOf } from './graph.ts';

export interface GraphMemory {
  readonly size: GraphSize;
  readonly tensors: GraphTensors;
  /** Action taken on every edge, i32; written before an update. */
  readonly actions: Tensor;
  readonly changing: Region;
  /** The host's image of `changing`, and the arrays that lie in it. */
  readonly image: Int32Array<ArrayBuffer>;
  readonly arrays: GraphArrays;
}

const asIndices = (x: Tensor): Tensor => ({ ...x, dtype: 'i32' });

export function allocateGraph(engine: Engine, size: GraphSize): GraphMemory {
  const [edges, vertices] = [edgesOf(size), verticesOf(size)];
  const changing = packTensors(engine, 'policy graph', [[edges], [edges], [vertices + 1], [edges]]);
  const fixed = packTensors(engine, 'policy graph, fixed', [
    [2 * size.graphs],
    [vertices + 1],
    [edges],
    [edges],
  ]);
  const image = new Int32Array(changing.whole.bytes / 4);
  const view = (x: Tensor): Int32Array<ArrayBuffer> =>
    image.subarray(x.offset / 4, x.offset / 4 + x.shape[0]!);
  const [operations, columns, transposedPointers, transposedColumns] = changing.tensors as [
    Tensor,
    Tensor,
    Tensor,
    Tensor,
  ];
  const [inputNodes, pointers, values, actions] = fixed.tensors as [Tensor, Tensor, Tensor, Tensor];
  return {
    size,
    tensors: {
      inputNodes: asIndices(inputNodes),
      rowPointers: asIndices(pointers),
      values,
      operations: asIndices(operations),
      columns: asIndices(columns),
      transposedPointers: asIndices(transposedPointers),
      transposedColumns: asIndices(transposedColumns),
    },
    actions: asIndices(actions),
    changing: changing.whole,
    image,
    arrays: {
      operations: view(operations),
      columns: view(columns),
      transposedPointers: view(transposedPointers),
      transposedColumns: view(transposedColumns),
    },
  };
}

/**
 * Writes what never changes: row pointers, and the entries of A, which are 1, or 1/2 each with `normalizeRows`.
 */
export function writeFixedGraph(
  engine: GpuEngine,
  { size, tensors }: GraphMemory,
  normalizeRows = false,
): void {
  engine.write(
    tensors.inputNodes,
    Int32Array.from({ length: 2 * size.graphs }, (_, i) => i % 2),
  );
  engine.write(tensors.rowPointers, rowPointers(size));
  engine.write(tensors.values, new Float32Array(edgesOf(size)).fill(normalizeRows ? 0.5 : 1));
}

/** Writes the cells that the policy reads next. */
export function writeGraph(
  engine: GpuEngine,
  memory: GraphMemory,
  cells: readonly Cell[],
  primitives: readonly Primitive[],
): void {
  fillGraph(memory.arrays, memory.size, cells, primitives);
  engine.write(memory.changing, memory.image);
}
