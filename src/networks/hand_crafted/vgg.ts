// VGG16 with batch norm (Simonyan and Zisserman, "Very deep convolutional networks", configuration D). Each of its
// five stages of two or three 3x3 convolutions and a 2x2 max pooling is a reduction cell of VGG. Where a stage has
// three convolutions, the first computing edge stands for two of them.
import type { MacroSetting } from '../macro_setting.ts';
import { type BlockPlan, convPlan, type NetworkPlan } from './plan.ts';

/** Channels and convolutions of each stage. */
const STAGES = [
  [64, 2],
  [128, 2],
  [256, 3],
  [512, 3],
  [512, 3],
] as const;

function stage(channels: number, convolutions: number): BlockPlan {
  const conv = convPlan(3, channels, 'relu');
  const first = Array.from({ length: convolutions - 1 }, () => conv);
  const pool = { op: 'max_pool', kernel: 2, stride: 2 } as const;
  return { kind: 'reduce', operations: [first, [conv], [pool]], shortcut: 'identity' };
}

/** @param hidden size of the two fully connected layers */
const vgg16 = (setting: MacroSetting['name'], hidden: number): NetworkPlan => ({
  name: 'VGG16',
  setting,
  cell: 'VGG',
  otherGraphs: ['VGG_2', 'VGG_3'],
  stem: [],
  blocks: STAGES.map(([channels, convolutions]) => stage(channels, convolutions)),
  tail: [],
  head: { features: 'flatten', hidden: [hidden, hidden], dropout: 0.5 },
});

export const VGGS: readonly NetworkPlan[] = [vgg16('cifar10', 512), vgg16('imagenet', 4096)];
