// The macro network around the cells: how many channels and pixels each cell sees.
// Reduction cells stand at a third and two thirds of the depth, double the channels and halve the image.
import type { Shape } from '../core/tensor.ts';

/** A cell's place in the network: its channels, and the pixels of its inputs and outputs. */
export interface CellGeometry {
  readonly index: number;
  readonly reduction: boolean;
  /** Channels inside the cell. */
  readonly channels: number;
  /** Channels of the two inputs before preprocessing: of the cell before the previous one, and the previous one. */
  readonly inputChannels: readonly [number, number];
  /** The input of the cell before the previous one is twice as large and must be reduced first. */
  readonly reduceFirst: boolean;
  /** Height and width of the cell's input nodes after preprocessing, and of its intermediate nodes. */
  readonly inputSize: number;
  readonly outputSize: number;
  /** Channels of the cell's output. */
  readonly outputChannels: number;
}

export interface MacroConfig {
  readonly channels: number;
  readonly layers: number;
  /** Height and width of the (square) input 1 of the first cell. */
  readonly imageSize: number;
  /** Channels of what enters the first cell. */
  readonly stemChannels: number;
  /** Whether the first cell's input 0 is twice as large as its input 1. */
  readonly reduceFirst?: boolean;
  /** Nodes that a cell of each kind concatenates. */
  readonly concatenated: { readonly normal: number; readonly reduce: number };
}

/** The indices of the reduction cells among `layers` cells, counted from 0. */
export const reductionLayers = (layers: number): readonly number[] => [
  Math.floor(layers / 3),
  Math.floor((2 * layers) / 3),
];

/** The cells of a network of DARTS' form, from the first to the last. */
export function cellGeometries(config: MacroConfig): CellGeometry[] {
  const reductions = reductionLayers(config.layers);
  const cells: CellGeometry[] = [];
  let channels = config.channels;
  let size = config.imageSize;
  for (let index = 0; index < config.layers; index++) {
    const reduction = reductions.includes(index);
    if (reduction) channels *= 2;
    const outputSize = reduction ? Math.ceil(size / 2) : size;
    cells.push({
      index,
      reduction,
      channels,
      inputChannels: [
        cells[index - 2]?.outputChannels ?? config.stemChannels,
        cells[index - 1]?.outputChannels ?? config.stemChannels,
      ],
      reduceFirst: index === 0 ? (config.reduceFirst ?? false) : cells[index - 1]!.reduction,
      inputSize: size,
      outputSize,
      outputChannels: channels * config.concatenated[reduction ? 'reduce' : 'normal'],
    });
    size = outputSize;
  }
  return cells;
}

/** Stages of NAS-Bench-201's network, each with twice the channels and half the pixels of the one before. */
export const STAGES = 3;

/**
 * The cells of NAS-Bench-201's network: as many in every stage, no reduction cells among them; what stands before the
 * second and the third stage halves the images.
 * @param layers all cells
 * Throws RangeError where stages cannot have equally many, or images cannot be halved twice.
 */
export function stageGeometries({
  channels: c,
  layers,
  imageSize,
}: Pick<MacroConfig, 'channels' | 'layers' | 'imageSize'>): CellGeometry[] {
  if (layers % STAGES !== 0)
    throw new RangeError(`got ${layers} cells, expected as many in each of ${STAGES} stages`);
  if (imageSize % 4 !== 0)
    throw new RangeError(`got images of ${imageSize} pixels a side, expected a multiple of 4`);
  const stageOf = (index: number): number => Math.floor((STAGES * Math.max(0, index)) / layers);
  return Array.from({ length: layers }, (_, index) => {
    const [before, channels] = [c << stageOf(index - 1), c << stageOf(index)];
    const size = imageSize >> stageOf(index);
    return {
      ...{ index, reduction: false, channels, inputChannels: [before, before], reduceFirst: false },
      ...{ inputSize: size, outputSize: size, outputChannels: channels },
    };
  });
}

export const square = (batch: number, channels: number, size: number): Shape => [batch, channels, size, size];

/** Edges that leave an input node of a reduction cell have stride 2, all others 1. */
export const edgeStride = (geometry: CellGeometry, from: number): 1 | 2 =>
  geometry.reduction && from < 2 ? 2 : 1;
