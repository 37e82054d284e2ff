// @ts-nocheck: runs beside libraries that are installed elsewhere
// What the three programs share, so that none of it is counted: the images, and what becomes of times and losses.
const CLASSES = 10;
const COUNT = 64;
const SIZE = 32;
/** The first one compiles and is not timed. */
export const epochs = 4;
export const batch = 8;

let random = 1;
const noise = () => (random = (Math.imul(random, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1;

/** Stripes of a direction for each class, under noise. (N) */
export const labels = Int32Array.from({ length: COUNT }, (_, n) => n % CLASSES);
/** (N,C,H,W), each number from -2 to 2. */
export const images = Float32Array.from({ length: COUNT * 3 * SIZE * SIZE }, (_, i) => {
  const [x, y] = [i % SIZE, Math.floor(i / SIZE) % SIZE];
  const angle = (Math.PI * labels[Math.floor(i / (3 * SIZE * SIZE))]) / CLASSES;
  return Math.sin(0.8 * (x * Math.cos(angle) + y * Math.sin(angle))) + noise();
});
/** (N,H,W,C) */
export const channelsLast = Float32Array.from(images, (_, i) => {
  const [channel, pixel, n] = [i % 3, Math.floor(i / 3) % (SIZE * SIZE), Math.floor(i / (3 * SIZE * SIZE))];
  return images[(3 * n + channel) * SIZE * SIZE + pixel];
});

const losses = [];
const times = [];

/** To be called at the end of each epoch, when its loss is there. */
export function epochDone(loss) {
  losses.push(loss);
  times.push(performance.now());
}

/** Prints milliseconds of a step in the fastest epoch, seconds of the process, the losses of epochs, and the accuracy. */
export function finish(accuracy) {
  const steps = Math.floor(COUNT / batch);
  const took = times.slice(1).map((time, i) => (time - times[i]) / steps);
  const seconds = performance.now() / 1000;
  console.log(JSON.stringify({ ms: Math.min(...took), seconds, losses, accuracy }));
  process.exit(0);
}
