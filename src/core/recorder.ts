// What an op sees of the tape that it is recorded on: memory, and kernel calls.
import type { Engine, KernelCall } from '../../runtime/engine/engine.ts';
import type { DType, Shape, Tensor } from './tensor.ts';

/** Takes over sums of weight gradients that come in parts, to add them up later. */
export interface PartialSums {
  /** Memory for `parts` parts of `grad`'s size, which will be added to it; null where they must be added at once. */
  partialsFor(grad: Tensor, parts: number): Tensor | null;
}

export interface Recorder {
  readonly engine: Engine;
  /** False where only forward passes are recorded, and nothing is kept for backward. */
  readonly training: boolean;
  /** Whether batch norms use the statistics of the batch, or the running ones. */
  readonly batchStatistics: boolean;
  /** Null where parts of a weight gradient are added up where they are computed. */
  readonly sums: PartialSums | null;
  /** A tensor that lives as long as the recording. */
  alloc(label: string, shape: Shape, dtype?: DType): Tensor;
  /** An op's output: the memory that it was asked to fill, or a tensor of its own. */
  output(label: string, shape: Shape, into: Tensor | null): Tensor;
  /** A temporary; give it back with `release`. */
  scratch(label: string, shape: Shape, dtype?: DType): Tensor;
  release(...tensors: readonly Tensor[]): void;
  /** Records one kernel call. */
  dispatch(kernel: string, call: Omit<KernelCall, 'kernel'>): void;
  /** Records zeroing of a tensor. */
  clear(x: Tensor): void;
}
