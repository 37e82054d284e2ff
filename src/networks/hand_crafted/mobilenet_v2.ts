// MobileNetV2 (Sandler et al., "Inverted residuals and linear bottlenecks"). Every block is a MobileNetV2Block cell,
// a reduction cell where it halves the image: a 1x1 expansion, a depthwise 3x3 and a 1x1 projection. The cell's
// sep_conv_3x3 stands for the depthwise convolution, and its skip connection only connects where the shape is kept.
// For CIFAR-10 it is the variant of 2.3 M parameters that the field, and the paper, compare with: strides of 1 in the
// stem and the second stage, a 1x1 convolution also where the expansion is 1, and a projecting shortcut where a block
// of stride 1 changes the channels.
import type { SettingName } from '../macro_setting.ts';
import { type BlockPlan, convPlan, type NetworkPlan } from './plan.ts';

/** Expansion, output channels, blocks, stride of the first block. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const STEM_CHANNELS = 32;
const TAIL_CHANNELS = 1280;

function blocks(setting: SettingName): BlockPlan[] {
  const onCifar10 = setting === 'cifar10';
  let inputs = STEM_CHANNELS;
  return STAGES.flatMap(([expansion, channels, count, firstStride], s) =>
    Array.from({ length: count }, (_, i): BlockPlan => {
      const stride = i > 0 || (onCifar10 && s === 1) ? 1 : firstStride;
      const expand = onCifar10 || expansion > 1 ? [convPlan(1, expansion * inputs, 'relu6')] : [];
      inputs = channels;
      return {
        kind: stride === 2 ? 'reduce' : 'normal',
        operations: [expand, [convPlan(3, 'same', 'relu6', stride)], [convPlan(1, channels)]],
        shortcut: onCifar10 && stride === 1 ? 'projection' : 'none',
      };
    }),
  );
}

const mobileNetV2 = (setting: SettingName): NetworkPlan => ({
  name: 'MobileNetV2',
  setting,
  cell: 'MobileNetV2Block',
  otherGraphs: [],
  stem: [convPlan(3, STEM_CHANNELS, 'relu6', setting === 'cifar10' ? 1 : 2)],
  blocks: blocks(setting),
  tail: [convPlan(1, TAIL_CHANNELS, 'relu6')],
  head: { features: 'average', hidden: [], dropout: 0.2 },
});

export const MOBILENETS: readonly NetworkPlan[] = [mobileNetV2('cifar10'), mobileNetV2('imagenet')];
