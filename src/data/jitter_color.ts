// Random changes of colour, in random order: brightness, contrast, saturation and hue (torchvision's ColorJitter).
// Every change rounds to bytes, as there.
import type { Rng } from '../core/rng.ts';

type Image = Uint8Array;
/** A change by a factor (around 1) or, for the hue, by a part of the circle (around 0). */
type Change = (image: Image, amount: number) => void;

const toByte = (value: number): number => Math.min(255, Math.max(0, Math.floor(value + 0.5)));

/** Brightness as the eye weighs the channels (ITU-R 601). */
const grey = (r: number, g: number, b: number): number => toByte(0.299 * r + 0.587 * g + 0.114 * b);

/** What a change makes of a pixel; one for all pixels, as making one for each would cost more than the arithmetic. */
type Rgb = [number, number, number];

/** Calls `change` with every pixel and stores what it leaves in `into`. */
function eachPixel(image: Image, change: (r: number, g: number, b: number, into: Rgb) => void): void {
  const plane = image.length / 3;
  const into: Rgb = [0, 0, 0];
  for (let i = 0; i < plane; i++) {
    change(image[i]!, image[plane + i]!, image[2 * plane + i]!, into);
    image[i] = toByte(into[0]);
    image[plane + i] = toByte(into[1]);
    image[2 * plane + i] = toByte(into[2]);
  }
}

/** Moves a pixel away from grey `from`, or towards it where `amount` is less than 1. */
function blend(from: number, amount: number, r: number, g: number, b: number, into: Rgb): void {
  into[0] = from + amount * (r - from);
  into[1] = from + amount * (g - from);
  into[2] = from + amount * (b - from);
}

const brightness: Change = (image, amount) =>
  eachPixel(image, (r, g, b, into) => blend(0, amount, r, g, b, into));

/** Away from, or towards, the mean grey. */
const contrast: Change = (image, amount) => {
  const plane = image.length / 3;
  let sum = 0;
  for (let i = 0; i < plane; i++) sum += grey(image[i]!, image[plane + i]!, image[2 * plane + i]!);
  const mean = Math.floor(sum / plane + 0.5);
  eachPixel(image, (r, g, b, into) => blend(mean, amount, r, g, b, into));
};

/** Away from, or towards, the pixel's own grey. */
const saturation: Change = (image, amount) =>
  eachPixel(image, (r, g, b, into) => blend(grey(r, g, b), amount, r, g, b, into));

/** Turns the colour circle by `amount` of it; lightness and saturation stay. */
const hue: Change = (image, amount) =>
  eachPixel(image, (r, g, b, into) => {
    const largest = Math.max(r, g, b);
    const range = largest - Math.min(r, g, b);
    if (range === 0) return blend(r, 0, r, g, b, into);
    // in sixths of the circle, from red
    const angle = largest === r ? (g - b) / range : largest === g ? 2 + (b - r) / range : 4 + (r - g) / range;
    const turned = angle + 6 * amount;
    for (let c = 0; c < 3; c++) {
      const k = turned + 5 - 2 * c;
      const sixth = k - 6 * Math.floor(k / 6);
      into[c] = largest - range * Math.max(0, Math.min(sixth, 4 - sixth, 1));
    }
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
