// The auxiliary head of DARTS' networks: a second classifier that helps training, after the second reduction cell.
import { UserError } from '../../runtime/errors.ts';
import { type Builder, conv, dense, type Layer, norm, sequence } from '../nn/layers.ts';
import { add } from '../ops/elementwise/add.ts';
import { avgPool2d } from '../ops/pool/avg_pool2d.ts';
import type { MacroSetting } from './macro_setting.ts';

const POOL = 5;

/**
 * ReLU, 5x5 average pooling down to 2x2, 1x1 conv to 128, BN, ReLU, 2x2 conv to 768, BN if `secondNorm`, ReLU, linear.
 * (N,c,size,size) -> (N,classes). Throws UserError where the pooling does not end at 2x2.
 */
export function buildAuxiliaryHead(
  b: Builder,
  c: number,
  size: number,
  classes: number,
  { poolStride, secondNorm }: MacroSetting['auxiliaryHead'],
): Layer {
  const smallest = POOL + poolStride;
  if (size < smallest || size >= smallest + poolStride) {
    throw new UserError(
      `the auxiliary head needs ${smallest} to ${smallest + poolStride - 1} pixels a side after the second ` +
        `reduction cell, got ${size}; use another image size or leave the head out (--auxiliary 0)`,
    );
  }
  const name = 'auxiliary_head';
  const convolutions = [
    conv(b, `${name}.features.2`, c, 128, { kernel: 1, normalised: true }),
    norm(b, `${name}.features.3`, 128),
    conv(b, `${name}.features.5`, 128, 768, {
      kernel: 2,
      padding: [0, 0],
      relu: true,
      normalised: secondNorm,
    }),
  ];
  const features = sequence(...convolutions, ...(secondNorm ? [norm(b, `${name}.features.6`, 768)] : []));
  const classifier = dense(b, `${name}.classifier`, 768, classes);
  return (tape, x) => {
    const active = tape.apply(add, { a: x, b: null }, { relu: true });
    const pooled = tape.apply(avgPool2d, { x: active }, { kernel: POOL, stride: poolStride, padding: 0 });
    const y = tape.apply(add, { a: features(tape, pooled), b: null }, { relu: true });
    return classifier(tape, tape.reshape(y, [x.shape[0]!, 768]));
  };
}
