// What the benchmark's networks cost: a 3x3 convolution to 16 channels; three stages of five cells with 16, 32 and 64
// channels; a residual block of stride 2 before the second and the third; batch norm, global average pooling and a
// classifier of 10 classes. Convolutions have no bias; all but that of a block's shortcut have a batch norm.
import type { Cost } from '../networks/cost.ts';
import { CELL_COUNT, operationsOf } from './space.ts';

const STAGES = [
  { channels: 16, size: 32 },
  { channels: 32, size: 16 },
  { channels: 64, size: 8 },
] as const;
const CELLS_PER_STAGE = 5;
const CLASSES = 10;

const sum = (costs: readonly Cost[]): Cost =>
  costs.reduce((a, b) => ({ params: a.params + b.params, madds: a.madds + b.madds }), {
    params: 0,
    madds: 0,
  });

/** A KxK convolution without bias. @param size height and width of its output */
function convolution(kernel: number, inputs: number, outputs: number, size: number): Cost {
  const params = kernel * kernel * inputs * outputs;
  return { params, madds: params * size * size };
}

/** Scale and shift; multiply-adds are counted for convolutions and the classifier alone, as everywhere here. */
const batchNorm = (channels: number): Cost => ({ params: 2 * channels, madds: 0 });

/** Two 3x3 convolutions; the shortcut is an average pooling and a 1x1 convolution. */
const residualBlock = (inputs: number, outputs: number, size: number): Cost =>
  sum([
    convolution(3, inputs, outputs, size),
    batchNorm(outputs),
    convolution(3, outputs, outputs, size),
    batchNorm(outputs),
    convolution(1, inputs, outputs, size),
  ]);

function fixedPart(): Cost {
  const [first, second, third] = STAGES;
  return sum([
    convolution(3, 3, first.channels, first.size),
    batchNorm(first.channels),
    residualBlock(first.channels, second.channels, second.size),
    residualBlock(second.channels, third.channels, third.size),
    batchNorm(third.channels),
    { params: third.channels * CLASSES + CLASSES, madds: third.channels * CLASSES },
  ]);
}

/** What a convolution on one edge of the cell adds, over all cells of the network. */
const convolutionEdge = (kernel: number): Cost =>
  sum(
    STAGES.flatMap(({ channels, size }) =>
      Array.from({ length: CELLS_PER_STAGE }, () =>
        sum([convolution(kernel, channels, channels, size), batchNorm(channels)]),
      ),
    ),
  );

const FREE: Cost = { params: 0, madds: 0 };

/** By the cell's number: the network of that cell on CIFAR-10, for one image. Operations that reach no output count. */
export function networkCosts(): readonly Cost[] {
  const fixed = fixedPart();
  const edges = [FREE, FREE, convolutionEdge(1), convolutionEdge(3), FREE];
  return Array.from({ length: CELL_COUNT }, (_, cell) =>
    sum([fixed, ...operationsOf(cell).map((operation) => edges[operation]!)]),
  );
}
