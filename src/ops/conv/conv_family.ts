// What a family of convolution kernels offers, and the two-stage sum that their weight gradients share.
import { kernelForm } from '../../../runtime/engine/adapter_info.ts';
import type { GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { numel, type Tensor, type Uncombined } from '../../core/tensor.ts';
import type { ConvGeometry } from './conv_geometry.ts';

/** Inputs of a convolution's gradient kernels. */
export interface ConvTensors {
  readonly x: Tensor;
  readonly weight: Tensor;
  readonly gradOutput: Tensor;
}

/** Kernels for one kind of convolution. They record dispatches; shapes are checked before. */
export interface ConvFamily {
  /** Whether these kernels can compute it. */
  fits(geometry: ConvGeometry): boolean;
  /** @param moments where the moments of y's tile chunks go, if they are asked for */
  forward(
    tape: Recorder,
    geometry: ConvGeometry,
    x: Tensor,
    weight: Tensor,
    y: Tensor,
    moments: Tensor | null,
  ): void;
  /** The same where x's pending batch norm is not combined yet, which is then done too, if there is such a kernel. */
  forwardCombining?(
    tape: Recorder,
    geometry: ConvGeometry,
    x: Tensor,
    uncombined: Uncombined,
    weight: Tensor,
    y: Tensor,
  ): void;
  /** Whether the forward kernel can leave the moments of y's tile chunks (batch_chunks.ts), where there are such. */
  leavesMoments(geometry: ConvGeometry): boolean;
  gradInput(tape: Recorder, geometry: ConvGeometry, tensors: ConvTensors, target: GradTarget): void;
  gradWeight(tape: Recorder, geometry: ConvGeometry, tensors: ConvTensors, target: GradTarget): void;
  /** Both gradients in one call, where there is such a kernel. */
  gradBoth?(
    tape: Recorder,
    geometry: ConvGeometry,
    tensors: ConvTensors,
    x: GradTarget,
    weight: GradTarget,
  ): void;
}

/** x's pending batch norm as a kernel binds it; a kernel without one never reads it, so x itself stands in. */
export const affineOf = (x: Tensor): Tensor => x.affine ?? x;

/**
 * A sum in two stages without atomics: `record` fills `parts` partial sums, each of the target's size, and they are
 * then added in order, at once or together with others (tape.sums). A single part goes straight into the target.
 */
export function sumInParts(
  tape: Recorder,
  { grad, accumulate }: GradTarget,
  parts: number,
  record: (partials: Tensor, accumulate: boolean) => void,
): void {
  if (parts === 1) return record(grad, accumulate);
  const later = accumulate ? tape.sums?.partialsFor(grad, parts) : null;
  if (later) return record(later, false);
  const n = numel(grad.shape);
  const partials = tape.scratch('partial sums', [parts, n]);
  record(partials, false);
  tape.dispatch('sum_partials', {
    bind: { partials, y: grad },
    params: { n, parts, accumulate: accumulate ? 1 : 0 },
    ...(kernelForm(tape.engine.kind) === 'tiled' ? { constants: { AHEAD: 1 } } : {}),
    threads: [n],
  });
  tape.release(partials);
}

/** Output channels of a group. */
export const groupOut = (g: ConvGeometry): number => g.outChannels / g.groups;

/** Blocks of up to so many output channels of one group. */
export const outBlocks = (g: ConvGeometry, channels: number): number =>
  g.groups * Math.ceil(groupOut(g) / channels);

/** Blocks of up to so many input channels that the same groups read. */
export const inBlocks = (g: ConvGeometry, channels: number): number =>
  (g.inChannels / g.groupIn) * Math.ceil(g.groupIn / channels);

/** Channels of an invocation (shaders/lib/channel_tile.wgsl): 8 or 10, whichever leaves fewer places empty. */
export const tileChannels = (channels: number): number =>
  Math.ceil(channels / 10) * 10 <= Math.ceil(channels / 8) * 8 ? 10 : 8;

/**
 * How many pieces to cut `size` into, so that about `total` invocations run where `others` would run with one piece.
 * 1024 are enough to occupy the lanes of a software adapter, and few enough partial sums. Returns the size of a piece.
 */
export function chunkSize(size: number, others: number, least = 1, total = 1024): number {
  const wanted = Math.max(1, Math.ceil(total / others));
  return Math.min(size, Math.max(least, Math.ceil(size / wanted)));
}

/** Cores of a large GPU, of which each wants a workgroup or two. */
export const CORES = 132;

/** Bytes of workgroup memory that every adapter has. */
export const WORKGROUP_MEMORY = 16384;

/** Channels of a tile on a GPU, in blocks of `block`: at most `most`, and in no tile many fewer than in the others. */
export function evenTile(channels: number, block: number, most: number): number {
  const tiles = Math.ceil(channels / most);
  return block * Math.ceil(channels / tiles / block);
}

/** The largest power of 2 that does not exceed n, and at least 1. */
export function powerOfTwoUpTo(n: number): number {
  let power = 1;
  while (2 * power <= n) power *= 2;
  return power;
}
