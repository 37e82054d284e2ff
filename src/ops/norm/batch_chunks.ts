// How the pixels of a channel are cut into chunks, whose sums batch norm then combines (shaders/norm/lib/batch_chunks.wgsl).
import { type AdapterKind, kernelForm } from '../../../runtime/engine/adapter_info.ts';
import { imageShape, type Tensor } from '../../core/tensor.ts';

/** As kernel parameters. */
export interface Chunks {
  readonly batch: number;
  readonly channels: number;
  readonly pixels: number;
  /** Of a channel. */
  readonly chunks: number;
  /** Of a plane. */
  readonly parts: number;
  readonly chunk_images: number;
  readonly part_pixels: number;
}

type Image = Pick<Tensor, 'shape'>;

function sizes(x: Image): { batch: number; channels: number; pixels: number } {
  const [batch, channels, height, width] = imageShape('batchNorm: x', x as Tensor);
  return { batch, channels, pixels: height * width };
}

function cut(x: Image, chunk_images: number, part_pixels: number): Chunks {
  const { batch, channels, pixels } = sizes(x);
  const parts = Math.ceil(pixels / part_pixels);
  const chunks = Math.ceil(batch / chunk_images) * parts;
  return { batch, channels, pixels, chunks, parts, chunk_images, part_pixels };
}

/** Pixels of a chunk on GPUs, about: 4 groups of 4 for each lane of a workgroup. */
const GPU_CHUNK = 4096;

/**
 * Chunks enough to occupy every lane of a software adapter, however few the channels are; on GPUs of one size, the last
 * one aside. Where planes are not whole groups of 4, GPUs have the same chunks as software adapters.
 */
export function evenChunks(kind: AdapterKind, x: Image): Chunks {
  const { batch, channels, pixels } = sizes(x);
  if (inQuads(kind, x)) {
    const parts = Math.ceil(pixels / GPU_CHUNK);
    const images = Math.min(batch, Math.max(1, Math.floor(GPU_CHUNK / pixels)));
    return cut(x, images, 4 * Math.ceil(pixels / parts / 4));
  }
  const wanted = Math.ceil(512 / channels);
  const images = Math.max(Math.ceil(batch / wanted), Math.min(batch, Math.ceil(64 / pixels)));
  const imageChunks = Math.ceil(batch / images);
  const least = Math.max(Math.ceil((pixels * imageChunks) / wanted), Math.min(pixels, 64));
  return cut(x, images, pixels % 4 === 0 ? 4 * Math.ceil(least / 4) : least);
}

/** Of a channel with no more pixels in the batch, a workgroup of a GPU takes all of them: one call less. */
const GPU_WHOLE = 16384;

/** Whether channels are so small that GPUs do not cut them into chunks. */
export function areWhole(kind: AdapterKind, x: Image): boolean {
  const { batch, pixels } = sizes(x);
  return inQuads(kind, x) && batch * pixels <= GPU_WHOLE;
}

/** The chunks of the sums that gradients need. */
export function gradChunks(kind: AdapterKind, x: Image): Chunks {
  const { batch, pixels } = sizes(x);
  return areWhole(kind, x) ? cut(x, batch, pixels) : evenChunks(kind, x);
}

/** Whether the kernels for groups of 4 pixels that a GPU has take this batch. */
export const inQuads = (kind: AdapterKind, x: Image): boolean =>
  kernelForm(kind) === 'tiled' && sizes(x).pixels % 4 === 0;

/** Pixels of a convolution kernel's tile for which it can leave the chunk's moments. */
const TILE = { registers: 16, tiled: 64 };

/**
 * The chunks whose moments a convolution can leave while it has its tile at hand: all of one size, of neighbouring
 * pixels in the order of memory, images of few pixels being taken together. Null where the batch cannot be cut so.
 */
export function tileChunks(kind: AdapterKind, x: Image): Chunks | null {
  const form = kernelForm(kind);
  const { batch, pixels } = sizes(x);
  const tile = TILE[form];
  if (pixels % tile === 0) return cut(x, 1, tile);
  const images = tile / pixels;
  const together = form === 'tiled' && Number.isInteger(images) && batch % images === 0;
  return together ? cut(x, images, pixels) : null;
}

/** Whether all chunks have the same number of pixels. */
export const areEqual = ({ batch, chunk_images, pixels, parts, part_pixels }: Chunks): boolean =>
  batch % chunk_images === 0 && pixels === parts * part_pixels;
