// What a family of convolution kernels offers, and the two-stage sum that their weight gradients share.
import type { GradTarget } from '../op.ts';
import type { Tape } from '../tape.ts';
import { numel, type Tensor } from '../tensor.ts';
import type { ConvGeometry } from './conv_geometry.ts';

/** Inputs of a convolution's gradient kernels. */
export interface ConvTensors {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly gradOutput: Tensor;
}

/** Kernels for a kind of convolution. Geometry G is checked; they record dispatches and nothing else. */
export interface ConvFamily<G = ConvGeometry> {
  forward(tape: Tape, geometry: G, x: Tensor, weight: Tensor, y: Tensor): void;
  gradInput(tape: Tape, geometry: G, tensors: ConvTensors, target: GradTarget): void;
  gradWeight(tape: Tape, geometry: G, tensors: ConvTensors, target: GradTarget): void;
}

/** x's pending batch norm as a kernel binds it: kernels without one never read it, so x itself stands in. */
export const affineOf = (x: Tensor): Tensor => x.affine ?? x;

/**
 * A sum in two stages without atomics: `record` fills `chunks` partial sums, each of the target's size, and they
 * are then added in order. One chunk goes straight into the target.
 */
export function sumInChunks(
  tape: Tape,
  { grad, accumulate }: GradTarget,
  chunks: number,
  record: (partials: Tensor, accumulate: boolean) => void,
): void {
  if (chunks === 1) return record(grad, accumulate);
  const n = numel(grad.shape);
  const partials = tape.scratch('partial sums', [chunks, n]);
  record(partials, false);
  tape.dispatch('sum_partials', {
    bind: { partials, y: grad },
    params: { n, parts: chunks, accumulate: accumulate ? 1 : 0 },
    threads: [n],
  });
  tape.release(partials);
}
