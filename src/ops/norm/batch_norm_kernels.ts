// The kernels of batch norm, over one batch or over two of equal shape in one buffer, each normalised by its own
// statistics: a node's two edges, or a cell's two inputs, take half the calls together. Formulas in batch_norm.ts.
// The batch is summed in chunks of pixels; variances combine by Chan, Golub and LeVeque, "Updating formulae and a
// pairwise algorithm for computing sample variances" (1979).
import { kernelForm } from '../../../runtime/engine/adapter_info.ts';
import type { Engine, Region } from '../../../runtime/engine/engine.ts';
import type { GradTarget } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { type Tensor, tensorAt, type Uncombined } from '../../core/tensor.ts';
import {
  areEqual,
  areWhole,
  type Chunks,
  evenChunks,
  gradChunks,
  inQuads,
  tileChunks,
} from './batch_chunks.ts';

/** One tensor, or two of equal shape in one buffer. */
export type OneOrTwo = readonly [Tensor] | readonly [Tensor, Tensor];

export interface Statistics {
  readonly gamma: Tensor | null;
  readonly beta: Tensor | null;
  readonly runningMean: Tensor | null;
  readonly runningVar: Tensor | null;
  readonly eps: number;
  readonly momentum: number;
}

/** What the gradients of batch norm need of its forward. */
export interface BatchNormSaved {
  /** (2, C) each: scale, then shift. */
  readonly affine: OneOrTwo;
  /** (2, C) each: mean, then 1 / deviation. */
  readonly moments: OneOrTwo;
  /** (batches, C, chunks, 4): shaders/norm/lib/batch_norm_sums.wgsl; filled when gradients are computed. */
  readonly gradSums: Tensor;
}

/** The memory from the first batch to the last, and how many elements the second begins after the first. */
export function spanOf(tensors: OneOrTwo): { region: Region; stride: number } {
  const [first, second = first] = tensors;
  if (second.buffer !== first.buffer || second.offset < first.offset) {
    throw new Error('internal: batch norm of two batches that do not follow each other in one buffer');
  }
  const region = { ...first, bytes: second.offset + second.bytes - first.offset };
  return { region, stride: (second.offset - first.offset) / 4 };
}

/**
 * On GPUs a workgroup takes a chunk; software adapters, on which barriers are slow, give one to each invocation. Both
 * take groups of 4 pixels; where planes cannot be cut so, workgroups take single ones.
 */
const KERNELS = {
  partials: ['batch_norm_partials', 'batch_norm_partials_quads', 'batch_norm_partials_workgroup'],
  gradPartials: [
    'batch_norm_grad_partials',
    'batch_norm_grad_partials_quads',
    'batch_norm_grad_partials_workgroup',
  ],
  gradInput: ['batch_norm_grad_input', 'batch_norm_grad_input_quads', 'batch_norm_grad_input_workgroup'],
} as const;

/** Lanes of a workgroup that takes groups of 4 pixels, or single ones. */
const QUAD_LANES = 256;
const PIXEL_LANES = 128;

/** The kernel for this batch and its grid. */
function kernelFor(tape: Recorder, what: keyof typeof KERNELS, x: OneOrTwo, split: Chunks) {
  const units = x.length * split.channels * split.chunks;
  const [registers, quads, pixels] = KERNELS[what];
  if (split.pixels % 4 !== 0) return { kernel: pixels, threads: [PIXEL_LANES * units] };
  if (inQuads(tape.engine.kind, x[0])) return { kernel: quads, threads: [QUAD_LANES * units] };
  return { kernel: registers, threads: [units] };
}

const paramsOf = (split: Chunks, given: Readonly<Record<string, number>>): Record<string, number> => ({
  batches: 1,
  ...split,
  x_stride: 0,
  partials_stride: 0,
  grad_stride: 0,
  grad_input_stride: 0,
  moments_stride: 0,
  eps: 0,
  momentum: 0,
  has_gamma: 0,
  has_running: 0,
  training: 1,
  zero: 0,
  ...given,
});

/** Elements of the gradient sums of these batches. */
export function gradSumsShape({ kind }: Engine, x: OneOrTwo): number[] {
  const { channels, chunks } = gradChunks(kind, x[0]);
  return [x.length, channels, chunks, 4];
}

/** Shape of the moments of a batch's tile chunks, or null where it has none. */
export function chunkMomentsShape({ kind }: Engine, x: Tensor): number[] | null {
  const chunks = tileChunks(kind, x);
  return chunks && [chunks.channels, chunks.chunks, 2];
}

/** Records the moments of the chunks of one batch or two: the first stage of their statistics. */
export function recordChunkMoments(
  tape: Recorder,
  x: OneOrTwo,
  split: Chunks,
  { region, stride }: { readonly region: Region; readonly stride: number },
): void {
  const source = spanOf(x);
  const { kernel, threads } = kernelFor(tape, 'partials', x, split);
  tape.dispatch(kernel, {
    bind: { x: source.region, partials: region },
    params: paramsOf(split, {
      batches: x.length,
      x_stride: source.stride,
      partials_stride: stride / 2,
    }),
    threads,
  });
}

/**
 * Records the statistics of each batch into `affine` and `moments`, and the update of the running ones. Batches that
 * come with the moments of their chunks need only the second stage.
 * @param home memory for those moments, where of two batches only one has them
 */
export function recordStatistics(
  tape: Recorder,
  x: OneOrTwo,
  { gamma, beta, runningMean, runningVar, eps, momentum }: Statistics,
  { affine, moments }: Pick<BatchNormSaved, 'affine' | 'moments'>,
  home?: OneOrTwo,
): void {
  const haveMoments = x.some(({ chunkMoments }) => chunkMoments);
  const split = haveMoments ? tileChunks(tape.engine.kind, x[0])! : evenChunks(tape.engine.kind, x[0]);
  const { channels, chunks } = split;
  const own = haveMoments ? null : tape.scratch('batch norm partials', [x.length, channels, chunks, 2]);
  const partials = own
    ? { region: own, stride: 2 * channels * chunks }
    : spanOf(home ?? [x[0].chunkMoments!]);
  const scales = spanOf(affine);
  const params = paramsOf(split, {
    batches: x.length,
    partials_stride: partials.stride / 2,
    moments_stride: scales.stride,
  });
  const missing = [0, 1].filter((i) => x[i] && !x[i].chunkMoments);
  if (missing.length > 0) {
    const without = missing.map((i) => x[i]!) as unknown as OneOrTwo;
    const target = own ?? spanOf(missing.map((i) => home![i]!) as unknown as OneOrTwo).region;
    recordChunkMoments(tape, without, split, { region: target, stride: partials.stride });
  }
  // Absent running statistics are not written, but something must be bound: two rows that do not overlap.
  const row = 64 * Math.ceil(channels / 64);
  const spare = tape.scratch('no running statistics', [2 * row]);
  const tiled = kernelForm(tape.engine.kind) === 'tiled';
  tape.dispatch(tiled ? 'batch_norm_finalize_workgroup' : 'batch_norm_finalize', {
    bind: {
      partials: partials.region,
      gamma: gamma ?? partials.region,
      beta: beta ?? partials.region,
      affine: scales.region,
      moments: spanOf(moments).region,
      running_mean: runningMean ?? tensorAt(spare.buffer, 0, [channels]),
      running_var: runningVar ?? tensorAt(spare.buffer, 4 * row, [channels]),
    },
    params: {
      ...params,
      eps,
      momentum,
      has_gamma: Number(gamma !== null),
      has_running: Number(runningMean !== null),
    },
    constants: { EQUAL: Number(areEqual(split)) },
    threads: [x.length * channels * (tiled ? 64 : 1)],
  });
  tape.release(spare, ...(own ? [own] : x.flatMap(({ chunkMoments }) => chunkMoments ?? [])));
}

/** Whether the reader of this batch's norm may combine its statistics (BatchNormAttrs.deferred): on GPUs. */
export const canDefer = ({ kind }: Engine, x: Tensor): boolean => inQuads(kind, x);

/** Records what the reader of x was to combine, where it cannot. */
export function recordCombination(
  tape: Recorder,
  x: Tensor,
  { chunkMoments, moments, eps }: Uncombined,
): void {
  const none = { gamma: null, beta: null, runningMean: null, runningVar: null, momentum: 0 };
  const saved = { affine: [x.affine!], moments: [moments] } as const;
  recordStatistics(tape, [{ ...x, chunkMoments }], { ...none, eps }, saved);
}

export interface GradOptions {
  readonly eps: number;
  /** Whether statistics are those of the batch. */
  readonly training: boolean;
  /** Whether the gradients of gamma and beta are wanted too: `recordGradParams`. */
  readonly parameters: boolean;
}

/**
 * Records the gradients with respect to x, where they are wanted, and the sums that all gradients need.
 * @param gradOutput one for each batch, or one for both
 */
export function recordGrads(
  tape: Recorder,
  x: OneOrTwo,
  gradOutput: OneOrTwo,
  input: { readonly grads: OneOrTwo; readonly accumulate: boolean } | null,
  saved: BatchNormSaved,
  options: GradOptions,
): void {
  const split = gradChunks(tape.engine.kind, x[0]);
  const wantsSums = options.training || options.parameters;
  // a workgroup that has a whole channel makes the sums itself
  const alone = wantsSums && input !== null && areWhole(tape.engine.kind, x[0]);
  const call = gradCall(x, gradOutput, saved);
  if (wantsSums && !alone) {
    const { kernel, threads } = kernelFor(tape, 'gradPartials', x, split);
    const { affine: _, ...bind } = call.bind;
    tape.dispatch(kernel, { bind, params: paramsOf(split, call.params), threads });
  }
  if (!input) return;
  const { kernel, threads } = kernelFor(tape, 'gradInput', x, split);
  const result = spanOf(input.grads);
  const { eps, training } = options;
  tape.dispatch(kernel, {
    bind: { ...call.bind, grad_input: result.region },
    params: paramsOf(split, {
      ...call.params,
      grad_input_stride: result.stride,
      eps,
      training: Number(training),
    }),
    constants: { ACCUMULATE: Number(input.accumulate), ...(alone ? { ALONE: 1 } : {}) },
    threads,
  });
}

/** What both stages of the gradients have in common. */
function gradCall(x: OneOrTwo, gradOutput: OneOrTwo, saved: BatchNormSaved) {
  const source = spanOf(x);
  const grad = spanOf(gradOutput);
  const means = spanOf(saved.moments);
  return {
    bind: {
      x: source.region,
      grad_output: grad.region,
      affine: spanOf(saved.affine).region,
      moments: means.region,
      partials: saved.gradSums,
    },
    params: {
      batches: x.length,
      x_stride: source.stride,
      grad_stride: grad.stride,
      moments_stride: means.stride,
    },
  };
}

/** Records the gradients of one batch's gamma and beta, of which either may not be wanted, after `recordGrads`. */
export function recordGradParams(
  tape: Recorder,
  x: Tensor,
  { gamma, beta }: Readonly<Record<'gamma' | 'beta', GradTarget | null>>,
  { gradSums }: BatchNormSaved,
  training: boolean,
): void {
  const { batch, channels, pixels, chunks } = gradChunks(tape.engine.kind, x);
  const unwanted = [gamma, beta].map((target) =>
    target ? null : tape.scratch('unwanted gradient', [channels]),
  );
  tape.dispatch('batch_norm_grad_param', {
    bind: {
      partials: gradSums,
      grad_gamma: gamma?.grad ?? unwanted[0]!,
      grad_beta: beta?.grad ?? unwanted[1]!,
    },
    params: {
      channels,
      count: batch * pixels,
      chunks,
      training: Number(training),
      accumulate_gamma: Number(gamma?.accumulate ?? false),
      accumulate_beta: Number(beta?.accumulate ?? false),
      zero: 0,
    },
    threads: [channels],
  });
  tape.release(...unwanted.filter((tensor) => tensor !== null));
}
