// The sum of a node's two edges on GPUs: one call combines the statistics of what is normalised, applies them and adds.
//   y = (a - mean(a)) / sqrt(var(a) + eps) + (b - mean(b)) / sqrt(var(b) + eps)
// or, in the place of the second term, another tensor, or nothing. Batch norms without gamma and beta.
import type { Engine } from '../../../runtime/engine/engine.ts';
import type { Recorder } from '../../core/recorder.ts';
import { imageShape, numel, type Tensor, tensorAt } from '../../core/tensor.ts';
import { chunkSize } from '../conv/conv_family.ts';
import { areEqual, type Chunks, evenChunks, inQuads, tileChunks } from './batch_chunks.ts';
import { type BatchNormSaved, type OneOrTwo, recordChunkMoments, spanOf } from './batch_norm_kernels.ts';

/** How params.b_kind says what b is (shaders/norm/batch_norm_sum.wgsl). */
const B_KIND = { absent: 0, normalised: 1, pending: 2, plain: 3 } as const;

const LANES = 256;

/** Workgroups wanted, each of which combines the chunks again: two for every core of a large GPU. */
const WORKGROUPS = 264;

/** Whether there is such a kernel for this adapter and batch. */
export const canSumNormalised = ({ kind }: Engine, x: Tensor): boolean => inQuads(kind, x);

/**
 * Records y = the sum of one or two tensors (N,C,H,W) normalised by the statistics of their batch, and of `other`
 * besides a single one, which may have a batch norm pending. Batches that come with the moments of their chunks need
 * no call before.
 * @param saved receives scale and shift, and moments
 */
export function recordNormalisedSum(
  tape: Recorder,
  x: OneOrTwo,
  other: Tensor | null,
  { affine, moments }: Pick<BatchNormSaved, 'affine' | 'moments'>,
  eps: number,
  y: Tensor,
): void {
  const [a, b = other] = x;
  if (x.length === 2 && other) throw new Error('internal: a sum of three tensors');
  const [batch, channels, height, width] = imageShape('sum: a', a);
  const { kind } = tape.engine;
  const own = recordMissing(tape, x);
  const parts = x.map((each) => ({
    split: each.chunkMoments ? tileChunks(kind, each)! : evenChunks(kind, each),
    moments: each.chunkMoments ?? own.shift()!,
  }));
  const [ofA, ofB = ofA] = parts as [(typeof parts)[0], (typeof parts)[0]?];
  const scales = spanOf(affine);
  const chunkImages = chunkSize(batch, channels, 1, WORKGROUPS);
  const bKind = x.length === 2 ? 'normalised' : !b ? 'absent' : b.affine ? 'pending' : 'plain';
  tape.dispatch('batch_norm_sum', {
    bind: {
      a,
      partials_of_a: ofA.moments,
      b: b ?? a,
      partials_of_b: ofB.moments,
      affine_of_b: b?.affine ?? a,
      affine: scales.region,
      moments: spanOf(moments).region,
      y,
    },
    params: {
      ...{ batch, channels, eps },
      pixels: height * width,
      chunk_images: chunkImages,
      ...splitParams('a', ofA.split),
      ...splitParams('b', ofB.split),
      b_kind: B_KIND[bKind],
      moments_stride: scales.stride,
    },
    constants: { EQUAL: Number(parts.every(({ split }) => areEqual(split))) },
    threads: [LANES * channels * Math.ceil(batch / chunkImages)],
  });
  tape.release(...parts.map((part) => part.moments));
}

/** Records the moments of the chunks of those that come without, in one call; returns where they are. */
function recordMissing(tape: Recorder, x: OneOrTwo): Tensor[] {
  const missing = x.filter(({ chunkMoments }) => !chunkMoments);
  const [first] = missing;
  if (!first) return [];
  const split = evenChunks(tape.engine.kind, first);
  const shape = [split.channels, split.chunks, 2];
  const stride = 64 * Math.ceil(numel(shape) / 64);
  const all = tape.scratch('batch norm partials', [missing.length, stride]);
  recordChunkMoments(tape, missing as unknown as OneOrTwo, split, { region: all, stride });
  return missing.map((_, i) => tensorAt(all.buffer, 4 * stride * i, shape));
}

/** How a channel was cut into chunks. */
const splitParams = (of: 'a' | 'b', { chunks, parts, chunk_images, part_pixels }: Chunks) => ({
  [`${of}_chunks`]: chunks,
  [`${of}_parts`]: parts,
  [`${of}_images`]: chunk_images,
  [`${of}_part_pixels`]: part_pixels,
});
