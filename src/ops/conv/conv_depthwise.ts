// Depthwise convolutions: one window per channel, groups == C == O.
import { type KernelForm, kernelForm } from '../../../runtime/engine/adapter_info.ts';
import type { KernelCall } from '../../../runtime/engine/engine.ts';
import type { GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { numel, type Tensor } from '../../core/tensor.ts';
import { type ConvFamily, type ConvTensors, affineOf, chunkSize, sumInParts } from './conv_family.ts';
import { backwardParams, type ConvGeometry, convMadds, forwardParams } from './conv_geometry.ts';
import { bindOptional } from '../optional_output.ts';

const isDepthwise = (g: ConvGeometry): boolean =>
  g.groupIn === 1 && g.groups === g.inChannels && g.groups === g.outChannels;

/** With any window and stride. */
export const depthwiseConv: ConvFamily = {
  fits: isDepthwise,

  forward(tape, g, x, weight, y) {
    tape.dispatch('depthwise_conv2d', {
      bind: { source: x, x, affine: affineOf(x), weight, result: y },
      params: forwardParams(g, x),
      threads: [Math.ceil(g.outWidth / 8) * g.outHeight * g.batch * g.outChannels],
      madds: convMadds(g),
    });
  },

  leavesMoments: () => false,

  gradInput(tape, g, { x, weight, gradOutput }, { grad, accumulate }) {
    // pixels `stride` apart see the same taps; one phase of them after the other
    const columns = Math.ceil(g.width / g.strideW);
    const rows = Math.ceil(g.height / g.strideH);
    tape.dispatch('depthwise_conv2d', {
      bind: { source: gradOutput, x, affine: affineOf(x), weight, result: grad },
      params: backwardParams(g, x, { accumulate }),
      threads: [Math.ceil(columns / 8) * rows * g.strideH * g.strideW * g.batch * g.inChannels],
    });
  },

  gradWeight(tape, g, { x, gradOutput }, target) {
    const rows = g.batch * g.outHeight;
    const taps = g.inChannels * g.kernelH * g.kernelW;
    const size = chunkSize(rows, taps);
    const chunks = Math.ceil(rows / size);
    sumInParts(tape, target, chunks, (partials, accumulate) =>
      tape.dispatch('depthwise_conv2d_grad_weight', {
        bind: { x, affine: affineOf(x), grad_output: gradOutput, partials },
        params: forwardParams(g, x, { accumulate, chunkSize: size }),
        threads: [taps * chunks],
      }),
    );
  },
};

/** Workgroups wanted for a sum on a GPU. */
const WORKGROUPS = 512;

const LANES = 128;

/** Neighbouring elements of x's gradient that a workgroup takes. */
const ELEMENTS = 512;

/** Both gradients, or that of the weight alone. */
function recordOnGpu(
  tape: Recorder,
  g: ConvGeometry,
  { x, weight, gradOutput }: ConvTensors,
  input: GradTarget | null,
  target: GradTarget,
): void {
  const taps = g.inChannels * g.kernelH * g.kernelW;
  const chunkImages = chunkSize(g.batch, taps, 1, WORKGROUPS);
  const chunks = Math.ceil(g.batch / chunkImages);
  const workgroups = taps * chunks + (input ? Math.ceil(numel(x.shape) / ELEMENTS) : 0);
  bindOptional(tape, input?.grad ?? null, (grad_input) =>
    sumInParts(tape, target, chunks, (partials, accumulate) =>
      tape.dispatch('depthwise_conv2d_workgroup_grad', {
        bind: { x, affine: affineOf(x), weight, grad_output: gradOutput, partials, grad_input },
        params: forwardParams(g, x, { accumulate: input?.accumulate ?? false, chunkImages }),
        constants: { ACCUMULATE_WEIGHT: Number(accumulate) },
        threads: [LANES * workgroups],
      }),
    ),
  );
}

/** How many taps a window reaches to either side of the pixel it belongs to; Infinity where it has no such pixel. */
function reach({ kernelH, kernelW, padH, padW, dilation }: ConvGeometry): number {
  const sides = [
    [padH / dilation, kernelH],
    [padW / dilation, kernelW],
  ].flatMap(([before = 0, taps = 0]) => [before, taps - 1 - before]);
  return sides.every(Number.isInteger) ? Math.max(...sides) : Infinity;
}

/** Rows of a strip at most: many save loads, which software adapters need; few make more invocations for GPUs. */
const MOST_ROWS: Readonly<Record<KernelForm, number>> = { registers: 16, tiled: 4 };

const constants = (g: ConvGeometry) => ({ WIDE: reach(g) > 1 ? 1 : 0 });

/** Strips of `rows` rows, as evenly as they go. */
function strips(tape: Recorder, rows: number) {
  const count = Math.ceil(rows / MOST_ROWS[kernelForm(tape.engine.kind)]);
  return { stripRows: Math.ceil(rows / count), count };
}

/** Strips of a plane: 8 columns and some rows, which are every second one if the window is dilated. */
function planeStrips(tape: Recorder, { dilation }: ConvGeometry, height: number, width: number) {
  const { stripRows, count } = strips(tape, Math.ceil(height / dilation));
  return { stripRows, count: (width / 8) * count * dilation };
}

/** The weight's gradient in parts: pieces of a row, of some images. */
function recordPieces(
  tape: Recorder,
  g: ConvGeometry,
  x: Tensor,
  target: GradTarget,
  pieces: number,
  { kernel, bind, constants }: Pick<KernelCall, 'kernel' | 'bind'> & Required<Pick<KernelCall, 'constants'>>,
): void {
  const chunkImages = chunkSize(g.batch, g.inChannels * pieces);
  const chunks = Math.ceil(g.batch / chunkImages);
  sumInParts(tape, target, chunks * pieces, (partials, accumulate) =>
    tape.dispatch(kernel, {
      bind: { ...bind, partials },
      params: forwardParams(g, x, { accumulate, chunkImages }),
      constants,
      threads: [g.inChannels * pieces * chunks],
    }),
  );
}

/** Of stride 1, with up to 2 taps, 1 or 2 pixels apart, to either side, the rows being multiples of 8 pixels. */
export const depthwiseRowsConv: ConvFamily = {
  fits: (g) =>
    isDepthwise(g) &&
    g.strideH === 1 &&
    g.strideW === 1 &&
    g.dilation <= 2 &&
    reach(g) <= 2 &&
    g.width % 8 === 0 &&
    g.outWidth % 8 === 0,

  forward(tape, g, x, weight, y) {
    const { stripRows, count } = planeStrips(tape, g, g.outHeight, g.outWidth);
    tape.dispatch('depthwise_conv2d_rows', {
      bind: { source4: x, x, affine: affineOf(x), weight, result: y },
      params: forwardParams(g, x, { stripRows }),
      constants: constants(g),
      threads: [count * g.batch * g.outChannels],
      madds: convMadds(g),
    });
  },

  leavesMoments: () => false,

  gradInput(tape, g, { x, weight, gradOutput }, { grad, accumulate }) {
    const { stripRows, count } = planeStrips(tape, g, g.height, g.width);
    tape.dispatch('depthwise_conv2d_rows', {
      bind: { source4: gradOutput, x, affine: affineOf(x), weight, result: grad },
      params: backwardParams(g, x, { accumulate, stripRows }),
      constants: constants(g),
      threads: [count * g.batch * g.inChannels],
    });
  },

  gradWeight(tape, g, { x, gradOutput }, target) {
    recordPieces(tape, g, x, target, g.outWidth / 8, {
      kernel: 'depthwise_conv2d_rows_grad_weight',
      bind: { source4: x, affine: affineOf(x), grad_output: gradOutput },
      constants: constants(g),
    });
  },
};

/** Of stride 2 with the same windows, x being twice as wide as y, whose rows are multiples of 4 pixels. */
export const depthwiseStride2Conv: ConvFamily = {
  fits: (g) =>
    isDepthwise(g) &&
    g.strideH === 2 &&
    g.strideW === 2 &&
    g.dilation <= 2 &&
    reach(g) <= 2 &&
    g.width === 2 * g.outWidth &&
    g.outWidth % 4 === 0,

  forward(tape, g, x, weight, y) {
    const { stripRows, count } = strips(tape, g.outHeight);
    tape.dispatch('depthwise_conv2d_stride2', {
      bind: { source4: x, source: x, affine: affineOf(x), weight, result: y },
      params: forwardParams(g, x, { stripRows }),
      constants: constants(g),
      threads: [(g.outWidth / 4) * count * g.batch * g.outChannels],
      madds: convMadds(g),
    });
  },

  leavesMoments: () => false,

  gradInput(tape, g, { x, weight, gradOutput }, { grad, accumulate }) {
    // every row of gradOutput makes two of x's
    const { stripRows, count } = strips(tape, Math.ceil(g.height / 2));
    tape.dispatch('depthwise_conv2d_stride2_grad_input', {
      bind: { source4: gradOutput, source: gradOutput, x, affine: affineOf(x), weight, result: grad },
      params: backwardParams(g, x, { accumulate, stripRows }),
      threads: [(g.outWidth / 4) * count * g.batch * g.inChannels],
    });
  },

  gradWeight(tape, g, { x, gradOutput }, target) {
    recordPieces(tape, g, x, target, g.outWidth / 4, {
      kernel: 'depthwise_conv2d_stride2_grad_weight',
      bind: { source4: x, source: x, affine: affineOf(x), grad_output: gradOutput },
      constants: {},
    });
  },
};

/** Lanes of the workgroups below; rows of a lane's strip, or pairs of rows at stride 2. */
const STRIP_LANES = 64;
const STRIP_ROWS = 4;

/** Strips of 4 columns in a plane, at stride 1. */
const rowStrips = ({ dilation }: ConvGeometry, height: number, width: number): number =>
  Math.ceil(Math.ceil(height / dilation) / STRIP_ROWS) * dilation * (width / 4);

/**
 * Both gradients, or that of the weight alone, by kernels that take a channel of some images.
 * @param strips of one image and channel
 */
function recordStripsOnGpu(
  tape: Recorder,
  g: ConvGeometry,
  { x, weight, gradOutput }: ConvTensors,
  input: GradTarget | null,
  target: GradTarget,
  strips: number,
  { kernel, constants }: Required<Pick<KernelCall, 'kernel' | 'constants'>>,
): void {
  const chunkImages = chunkSize(g.batch, g.inChannels, Math.ceil(STRIP_LANES / strips));
  const chunks = Math.ceil(g.batch / chunkImages);
  bindOptional(tape, input?.grad ?? null, (grad_input) =>
    sumInParts(tape, target, chunks, (partials, accumulate) =>
      tape.dispatch(kernel, {
        bind: { x, affine: affineOf(x), weight, grad_output: gradOutput, partials, grad_input },
        params: forwardParams(g, x, { accumulate: input?.accumulate ?? false, chunkImages }),
        constants: {
          ...constants,
          ROWS: STRIP_ROWS,
          INPUT: Number(input !== null),
          ACCUMULATE_WEIGHT: Number(accumulate),
        },
        threads: [STRIP_LANES * g.inChannels * chunks],
      }),
    ),
  );
}

/** ... that `depthwiseRowsConv` fits. */
const recordRowsOnGpu: RecordGrads = (tape, g, tensors, input, target) => {
  const strips = rowStrips(g, g.height, g.width);
  recordStripsOnGpu(tape, g, tensors, input, target, strips, {
    kernel: 'depthwise_conv2d_rows_workgroup_grad',
    constants: { ...constants(g), STEP: g.dilation },
  });
};

/** ... that `depthwiseStride2Conv` fits. */
const recordStride2OnGpu: RecordGrads = (tape, g, tensors, input, target) => {
  const strips = Math.ceil(Math.ceil(g.height / 2) / STRIP_ROWS) * (g.outWidth / 4);
  recordStripsOnGpu(tape, g, tensors, input, target, strips, {
    kernel: 'depthwise_conv2d_stride2_workgroup_grad',
    constants: { ...constants(g), DILATION: g.dilation },
  });
};

/** Lanes of the kernel that also combines a batch norm. */
const COMBINING_LANES = 256;

/** The forward pass of what `depthwiseRowsConv` fits, where x's batch norm is yet to be combined. */
const forwardCombining: NonNullable<ConvFamily['forwardCombining']> = (tape, g, x, uncombined, weight, y) => {
  const { chunkMoments, moments, eps } = uncombined;
  const strips = rowStrips(g, g.outHeight, g.outWidth);
  const chunkImages = chunkSize(g.batch, g.outChannels, Math.ceil(COMBINING_LANES / strips));
  tape.dispatch('depthwise_conv2d_rows_workgroup', {
    bind: { x, partials: chunkMoments, weight, affine: x.affine!, moments, result: y },
    params: forwardParams(g, x, { chunkImages, chunkSize: chunkMoments.shape[1]! }),
    constants: { ...constants(g), STEP: g.dilation, ROWS: STRIP_ROWS, EPS: eps },
    threads: [COMBINING_LANES * g.outChannels * Math.ceil(g.batch / chunkImages)],
    madds: convMadds(g),
  });
};

type RecordGrads = typeof recordOnGpu;

/** With both gradients in one call. */
const onGpu = (family: ConvFamily, record: RecordGrads): ConvFamily => ({
  ...family,
  gradWeight: (tape, g, tensors, target) => record(tape, g, tensors, null, target),
  gradBoth: record,
});

/** The same on GPUs. */
export const depthwiseOnGpu: readonly ConvFamily[] = [
  { ...onGpu(depthwiseRowsConv, recordRowsOnGpu), forwardCombining },
  onGpu(depthwiseStride2Conv, recordStride2OnGpu),
  onGpu(depthwiseConv, recordOnGpu),
];
