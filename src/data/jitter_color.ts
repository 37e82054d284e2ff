// Random changes of colour, in random order: brightness, contrast, saturation and hue (torchvision's ColorJitter).
// Every change rounds to bytes, as there.
import type { Rng } from '../rng.ts';

type Image = Uint8Array;
/** A change by a factor (around 1) or, for the hue, by a part of the circle (around 0). */
type Change = (image: Image, amount: number) => void;

const toByte = (value: number): number => Math.min(255, Math.max(0, Math.floor(value + 0.5)));

/** Brightness as the eye weighs the channels (ITU-R 601). */
const grey = (r: number, g: number, b: number): number => toByte(0.299 * r + 0.587 * g + 0.114 * b);

/** Calls `change` with every pixel and stores what it returns. */
function eachPixel(image: Image, change: (r: number, g: number, b: number) => readonly number[]): void {
  const plane = image.length / 3;
  for (let i = 0; i < plane; i++) {
    const rgb = change(image[i]!, image[plane + i]!, image[2 * plane + i]!);
    for (let c = 0; c < 3; c++) image[c * plane + i] = toByte(rgb[c]!);
  }
}

const blend = (from: number, to: number, amount: number): number => from + amount * (to - from);

const brightness: Change = (image, amount) =>
  eachPixel(image, (r, g, b) => [r * amount, g * amount, b * amount]);

/** Away from, or towards, the mean grey. */
const contrast: Change = (image, amount) => {
  const plane = image.length / 3;
  let sum = 0;
  for (let i = 0; i < plane; i++) sum += grey(image[i]!, image[plane + i]!, image[2 * plane + i]!);
  const mean = Math.floor(sum / plane + 0.5);
  eachPixel(image, (r, g, b) => [blend(mean, r, amount), blend(mean, g, amount), blend(mean, b, amount)]);
};

/** Away from, or towards, the pixel's own grey. */
const saturation: Change = (image, amount) =>
  eachPixel(image, (r, g, b) => {
    const own = grey(r, g, b);
    return [blend(own, r, amount), blend(own, g, amount), blend(own, b, amount)];
  });

/** Turns the colour circle by `amount` of it; lightness and saturation stay. */
const hue: Change = (image, amount) =>
  eachPixel(image, (r, g, b) => {
    const largest = Math.max(r, g, b);
    const range = largest - Math.min(r, g, b);
    if (range === 0) return [r, g, b];
    // in sixths of the circle, from red
    const angle = largest === r ? (g - b) / range : largest === g ? 2 + (b - r) / range : 4 + (r - g) / range;
    const turned = angle + 6 * amount;
    const channel = (offset: number): number => {
      const k = turned + offset;
      const sixth = k - 6 * Math.floor(k / 6);
      return largest - range * Math.max(0, Math.min(sixth, 4 - sixth, 1));
    };
    return [channel(5), channel(3), channel(1)];
  });

const CHANGES: readonly Change[] = [brightness, contrast, saturation, hue];

/**
 * Changes an image (3,H,W) in place.
 * @param strength brightness, contrast and saturation change by up to this share, the hue by half of it; 0 for nothing
 */
export function jitterColor(image: Image, strength: number, rng: Rng): void {
  if (strength === 0) return;
  const amounts = CHANGES.map((change) => {
    const offset = strength * (2 * rng.uniform() - 1);
    return change === hue ? offset / 2 : 1 + offset;
  });
  const order = Int32Array.of(0, 1, 2, 3);
  rng.shuffle(order);
  for (const i of order) CHANGES[i]!(image, amounts[i]!);
}
