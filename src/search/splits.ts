// Which training images train w and which train theta.
import { createRng, STREAM } from '../core/rng.ts';
import { SettingError } from '../settings/setting.ts';

export interface Splits {
  /** Indices of the images that train w. */
  readonly weights: Int32Array<ArrayBuffer>;
  /** Indices of the images that train theta and choose among candidates. */
  readonly policy: Int32Array<ArrayBuffer>;
}

/**
 * Splits `count` images at random.
 * Throws SettingError where a part is smaller than a batch.
 */
export function splitImages(count: number, fraction: number, batch: number, seed: number): Splits {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  createRng(seed, STREAM.split).shuffle(order);
  const border = Math.floor(count * fraction);
  const splits = { weights: order.slice(0, border), policy: order.slice(border) };
  for (const [name, part] of Object.entries(splits)) {
    if (part.length < batch) {
      throw new SettingError(
        'batch',
        `got ${batch}, but the ${name} part has ${part.length} of ${count} images; ` +
          `use --batch ${part.length} or less, or another --train-fraction`,
      );
    }
  }
  return splits;
}
