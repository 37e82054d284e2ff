// What tiled kernels of the forward pass and of x's gradient have in common (shaders/conv/lib/result_tile.wgsl).
import type { GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import type { Tensor } from '../../core/tensor.ts';
import { bindOptional } from '../optional_output.ts';
import { affineOf, type ConvTensors } from './conv_family.ts';
import { backwardParams, type ConvGeometry, convMadds, forwardParams } from './conv_geometry.ts';

/** A kernel, and how its work is laid out. */
export interface ResultCall {
  readonly kernel: string;
  readonly constants: Readonly<Record<string, number>>;
  readonly threads: readonly [number];
}

/** Source and result channels of the forward pass, or of x's gradient. */
export const channelsOf = (g: ConvGeometry, turned: boolean): readonly [sources: number, results: number] =>
  turned ? [g.outChannels, g.inChannels] : [g.inChannels, g.outChannels];

/** Records y, and the moments of its chunks where they are asked for. */
export function recordResult(
  tape: Recorder,
  g: ConvGeometry,
  { x, weight, y }: { readonly x: Tensor; readonly weight: Tensor; readonly y: Tensor },
  moments: Tensor | null,
  { kernel, constants, threads }: ResultCall,
): void {
  bindOptional(tape, moments, (bound) =>
    tape.dispatch(kernel, {
      bind: { source: x, x, affine: affineOf(x), weight, result: y, moments: bound },
      params: forwardParams(g, x, { moments: moments !== null }),
      constants: {
        ...{ SOURCES: g.inChannels, RESULTS: g.outChannels, TURNED: 0, ACCUMULATE: 0 },
        ...{ AFFINE: Number(x.affine !== undefined), RELU: Number(g.relu) },
        ...constants,
      },
      threads,
      madds: convMadds(g),
    }),
  );
}

/** Constants of the gradient of x. */
export const turnedConstants = (g: ConvGeometry, { affine }: Tensor, { accumulate }: GradTarget) => ({
  ...{ SOURCES: g.outChannels, RESULTS: g.inChannels, TURNED: 1, ACCUMULATE: Number(accumulate) },
  ...{ AFFINE: Number(g.relu && affine !== undefined), RELU: Number(g.relu) },
});

/** Records the gradient of x. */
export function recordTurned(
  tape: Recorder,
  g: ConvGeometry,
  { x, weight, gradOutput }: ConvTensors,
  target: GradTarget,
  { kernel, constants, threads }: ResultCall,
): void {
  bindOptional(tape, null, (moments) =>
    tape.dispatch(kernel, {
      bind: { source: gradOutput, x, affine: affineOf(x), weight, result: target.grad, moments },
      params: backwardParams(g, x, { accumulate: target.accumulate }),
      constants: { ...turnedConstants(g, x, target), ...constants },
      threads,
    }),
  );
}
