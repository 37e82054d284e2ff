// What stands before the cells of a network: DARTS' stems for CIFAR-10 and for ImageNet.
import { type Builder, conv, norm, sequence } from '../nn/layers.ts';
import type { Tape } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { MacroSetting } from './macro_setting.ts';

export interface Stem {
  /** Channels of both inputs of the first cell. */
  readonly channels: number;
  /** Height and width of the first cell's input 1. */
  readonly size: number;
  /** Whether input 0 is twice as large. */
  readonly reduceFirst: boolean;
  /** images (N,C,H,W) -> the first cell's inputs 0 and 1. */
  forward(tape: Tape, images: Tensor): [Tensor, Tensor];
}

/** The images that enter. */
export interface StemInput {
  readonly imageChannels: number;
  readonly imageSize: number;
}

export function buildStem(b: Builder, kind: MacroSetting['stem'], c: number, images: StemInput): Stem {
  return kind === 'one_conv' ? oneConv(b, c, images) : threeConvs(b, c, images);
}

/** conv 3x3 (to 3C), BN; it feeds both inputs. */
function oneConv(b: Builder, c: number, { imageChannels, imageSize }: StemInput): Stem {
  const stem = sequence(
    conv(b, 'stem.0', imageChannels, 3 * c, { kernel: 3, normalised: true }),
    norm(b, 'stem.1', 3 * c),
  );
  const forward = (tape: Tape, images: Tensor): [Tensor, Tensor] => {
    const x = stem(tape, images);
    return [x, x];
  };
  return { channels: 3 * c, size: imageSize, reduceFirst: false, forward };
}

/** Three 3x3 convolutions of stride 2 (to C/2, C, C), each with BN, ReLU between them; input 0 leaves after the second. */
function threeConvs(b: Builder, c: number, { imageChannels, imageSize }: StemInput): Stem {
  const half = Math.floor(c / 2);
  const stem0 = sequence(
    conv(b, 'stem0.0', imageChannels, half, { kernel: 3, stride: 2, normalised: true }),
    norm(b, 'stem0.1', half),
    conv(b, 'stem0.3', half, c, { kernel: 3, stride: 2, relu: true, normalised: true }),
    norm(b, 'stem0.4', c),
  );
  const stem1 = sequence(
    conv(b, 'stem1.1', c, c, { kernel: 3, stride: 2, relu: true, normalised: true }),
    norm(b, 'stem1.2', c),
  );
  const forward = (tape: Tape, images: Tensor): [Tensor, Tensor] => {
    const x = stem0(tape, images);
    return [x, stem1(tape, x)];
  };
  const size = [1, 2, 3].reduce((extent) => Math.ceil(extent / 2), imageSize);
  return { channels: c, size, reduceFirst: true, forward };
}
