// The sum of a node's two edges on GPUs: one call combines the statistics of what is normalised, applies them and adds.
//   y = (a - mean(a)) / sqrt(var(a) + eps) + (b - mean(b)) / sqrt(var(b) + eps)
// or, in the place of the second term, another tensor, or nothing. Batch norms without gamma and beta.
import type { Engine } from '../../../runtime/engine/engine.ts';
import type { Recorder } from '../../core/recorder.ts';
import { imageShape, numel, type Tensor, tensorAt } from '../../core/tensor.ts';
import { chunkSize } from '../conv/conv_family.ts';
import { areEqual, areWhole, type Chunks, evenChunks, inQuads, tileChunks } from './batch_chunks.ts';
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
 * besides a single one, which may have a batch norm pending. Batches that come with the moments of their chunks, or
 * are small, need no call before.
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
  const pixels = height * width;
  const { kind } = tape.engine;
  const wholes = x.map((each) => !each.chunkMoments && areWhole(kind, each));
  const own = recordMissing(
    tape,
    x.filter(({ chunkMoments }, i) => !chunkMoments && !wholes[i]),
  );
  const parts = x.map((each, i): Part => {
    if (wholes[i]) return { split: NO_CHUNKS, equal: true, moments: null };
    const split = each.chunkMoments ? tileChunks(kind, each)! : evenChunks(kind, each);
    return { split, equal: areEqual(split), moments: each.chunkMoments ?? own.shift()! };
  });
  const [ofA, ofB = ofA] = parts as [Part, Part?];
  const scales = spanOf(affine);
  const chunkImages = chunkSize(batch, channels, 1, WORKGROUPS);
  const bKind = x.length === 2 ? 'normalised' : !b ? 'absent' : b.affine ? 'pending' : 'plain';
  tape.dispatch('batch_norm_sum', {
    bind: {
      a,
      partials_of_a: ofA.moments ?? a,
      b: b ?? a,
      partials_of_b: ofB.moments ?? a,
      affine_of_b: b?.affine ?? a,
      affine: scales.region,
      moments: spanOf(moments).region,
      y,
    },
    params: {
      ...{ batch, channels, pixels, eps },
      chunk_images: chunkImages,
      ...splitParams('a', ofA.split),
      ...splitParams('b', ofB.split),
      b_kind: B_KIND[bKind],
      moments_stride: scales.stride,
    },
    constants: {
      EQUAL: Number(parts.every(({ equal }) => equal)),
      A_WHOLE: Number(wholes[0]),
      B_WHOLE: Number(wholes[1] ?? false),
    },
    threads: [LANES * channels * Math.ceil(batch / chunkImages)],
  });
  tape.release(...parts.flatMap((part) => part.moments ?? []));
}

/** How a channel is cut into chunks, and the moments of these; null where nothing is cut. */
interface Part {
  readonly split: Pick<Chunks, 'chunks' | 'parts' | 'chunk_images' | 'part_pixels'>;
  readonly equal: boolean;
  readonly moments: Tensor | null;
}

const NO_CHUNKS = { chunks: 0, parts: 1, chunk_images: 1, part_pixels: 1 };

/** Records the moments of the chunks of one tensor or two, in one call; returns where they are. */
function recordMissing(tape: Recorder, missing: readonly Tensor[]): Tensor[] {
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
const splitParams = (of: 'a' | 'b', { chunks, parts, chunk_images, part_pixels }: Part['split']) => ({
  [`${of}_chunks`]: chunks,
  [`${of}_parts`]: parts,
  [`${of}_images`]: chunk_images,
  [`${of}_part_pixels`]: part_pixels,
});
