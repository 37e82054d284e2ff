// Residual networks (He et al., "Deep residual learning"). Every block is a ResBlock cell, a reduction cell where it
// halves the image. A bottleneck's first computing edge stands for its 1x1 and 3x3, the second for its last 1x1
// convolution; the 3x3 one carries the stride, as in the networks whose accuracy the paper compares with.
import { type BlockPlan, convPlan, type NetworkPlan } from './plan.ts';

/** A block of a stage: `stride` is 2 in the first block of a stage that halves the image. */
type BlockOf = (channels: number, stride: number) => BlockPlan['operations'];

const basic: BlockOf = (channels, stride) => [
  [convPlan(3, channels, 'relu', stride)],
  [convPlan(3, channels)],
];

const bottleneck: BlockOf = (channels, stride) => [
  [convPlan(1, channels, 'relu'), convPlan(3, channels, 'relu', stride)],
  [convPlan(1, 4 * channels)],
];

/** Stages of `depths` blocks; each stage has twice the channels of the one before. */
function stages(
  first: number,
  depths: readonly number[],
  blockOf: BlockOf,
  shortcut: BlockPlan['shortcut'],
): BlockPlan[] {
  return depths.flatMap((blocks, s) =>
    Array.from({ length: blocks }, (_, i): BlockPlan => {
      const reduces = s > 0 && i === 0;
      const operations = blockOf(first << s, reduces ? 2 : 1);
      return { kind: reduces ? 'reduce' : 'normal', operations, shortcut, activation: 'relu' };
    }),
  );
}

const average = { features: 'average', hidden: [], dropout: 0 } as const;

/** Depth 6n + 2: three stages of n blocks, identity shortcuts throughout. */
const resNetCifar10 = (depth: number): NetworkPlan => {
  const n = (depth - 2) / 6;
  return {
    name: `ResNet${depth}`,
    setting: 'cifar10',
    cell: 'ResBlock',
    otherGraphs: ['ResBlock_2', 'ResBlock_3'],
    stem: [convPlan(3, 16, 'relu')],
    blocks: stages(16, [n, n, n], basic, 'identity'),
    tail: [],
    head: average,
  };
};

/** Four stages; projections where the shape changes. */
const resNetImageNet = (name: string, depths: readonly number[], blockOf: BlockOf): NetworkPlan => ({
  name,
  setting: 'imagenet',
  cell: 'ResBlock',
  otherGraphs: ['ResBlock_2', 'ResBlock_3'],
  stem: [convPlan(7, 64, 'relu', 2), { op: 'max_pool', kernel: 3, stride: 2 }],
  blocks: stages(64, depths, blockOf, 'projection'),
  tail: [],
  head: average,
});

export const RESNETS: readonly NetworkPlan[] = [
  resNetCifar10(20),
  resNetCifar10(56),
  resNetImageNet('ResNet18', [2, 2, 2, 2], basic),
  resNetImageNet('ResNet50', [3, 4, 6, 3], bottleneck),
];
