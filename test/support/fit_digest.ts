// What a training of a network of one's own leaves: equal bits give equal digests.
import type { Device } from '../../runtime/engine/engine.ts';
import { fit } from '../../src/fit/fit.ts';
import { predict } from '../../src/fit/inference.ts';
import {
  add,
  conv,
  dense,
  dropout,
  flatten,
  gelu,
  globalPool,
  groupNorm,
  maxPool,
  norm,
  relu,
} from '../../src/fit/layers.ts';
import { type Features, sequence } from '../../src/fit/layer.ts';
import { saveModel } from '../../src/fit/model.ts';
import { network } from '../../src/fit/network.ts';
import { sha256 } from '../../src/io/digest.ts';
import { SMALL_CLASSES, SMALL_SHAPE, smallImages } from './small_images.ts';

const residual = (x: Features): Features =>
  relu()(add(sequence(conv(8), groupNorm(2), gelu(), conv(8), norm())(x), x));

/** Losses of all steps, and digests of the weights and of what the network says in the end (seed 3). */
export async function fitDigest(
  engine: Device,
): Promise<{ losses: number[]; weights: string; logits: string }> {
  const losses: number[] = [];
  const body = sequence(conv(8), norm(), relu(), maxPool(), residual, globalPool(), flatten(), dropout(0.2));
  const { model } = await fit({
    ...{ engine, network: network(SMALL_SHAPE, sequence(body, dense(SMALL_CLASSES))) },
    ...{ images: smallImages(64, 2), epochs: 2, batch: 16, seed: 3 },
    augmentation: { padding: 1, flip: true, cutout: 2 },
    onStep: ({ loss }) => void losses.push(loss),
  });
  const { logits } = await predict(model, smallImages(20, 9).images);
  return {
    losses,
    weights: await sha256(await saveModel(model)),
    logits: await sha256(new Uint8Array(logits.buffer)),
  };
}
