// Parameters and multiply-adds worked out on paper: closed forms for layers, summed over lists of layers that are
// written down here once more, in the words of the papers that describe the networks. Nothing of src/ is used.

export interface Counts {
  readonly params: number;
  readonly convolutions: number;
  readonly linear: number;
}

interface Counter {
  /** A KxK convolution (each output sees inputs/groups channels) with a batch norm; `size` is that of its output. */
  conv(kernel: number, inputs: number, outputs: number, size: number, groups?: number): void;
  linear(inputs: number, outputs: number): void;
}

function count(describe: (counter: Counter) => void): Counts {
  let [params, convolutions, linear] = [0, 0, 0];
  describe({
    conv(kernel, inputs, outputs, size, groups = 1) {
      const weights = (kernel * kernel * inputs * outputs) / groups;
      params += weights + 2 * outputs;
      convolutions += weights * size * size;
    },
    linear(inputs, outputs) {
      params += inputs * outputs + outputs;
      linear += inputs * outputs;
    },
  });
  return { params, convolutions, linear };
}

/** Configuration D of VGG: 3x3 convolutions of these widths, M halves the image. */
const VGG_D = [
  64,
  64,
  'M',
  128,
  128,
  'M',
  256,
  256,
  256,
  'M',
  512,
  512,
  512,
  'M',
  512,
  512,
  512,
  'M',
] as const;

export const vgg16 = (size: number, hidden: number, classes: number): Counts =>
  count(({ conv, linear }) => {
    let [inputs, pixels] = [3, size];
    for (const layer of VGG_D) {
      if (layer === 'M') pixels /= 2;
      else {
        conv(3, inputs, layer, pixels);
        inputs = layer;
      }
    }
    linear(inputs * pixels * pixels, hidden);
    linear(hidden, hidden);
    linear(hidden, classes);
  });

/** 6n + 2 layers: a first convolution, 2n at each of 16, 32 and 64 channels, a classifier. */
export const resNetCifar = (n: number): Counts =>
  count(({ conv, linear }) => {
    conv(3, 3, 16, 32);
    for (let i = 0; i < 2 * n; i++) conv(3, 16, 16, 32);
    conv(3, 16, 32, 16);
    for (let i = 1; i < 2 * n; i++) conv(3, 32, 32, 16);
    conv(3, 32, 64, 8);
    for (let i = 1; i < 2 * n; i++) conv(3, 64, 64, 8);
    linear(64, 10);
  });

export const resNet18 = (): Counts =>
  count(({ conv, linear }) => {
    conv(7, 3, 64, 112);
    for (let i = 0; i < 4; i++) conv(3, 64, 64, 56);
    for (const [channels, size] of [
      [128, 28],
      [256, 14],
      [512, 7],
    ] as const) {
      conv(3, channels / 2, channels, size);
      for (let i = 0; i < 3; i++) conv(3, channels, channels, size);
      conv(1, channels / 2, channels, size);
    }
    linear(512, 1000);
  });

/** The 3x3 convolution of a bottleneck carries the stride. */
export const resNet50 = (): Counts =>
  count(({ conv, linear }) => {
    conv(7, 3, 64, 112);
    let [inputs, size] = [64, 56];
    for (const [blocks, channels, after] of [
      [3, 64, 56],
      [4, 128, 28],
      [6, 256, 14],
      [3, 512, 7],
    ] as const) {
      for (let i = 0; i < blocks; i++) {
        conv(1, inputs, channels, size);
        conv(3, channels, channels, after);
        conv(1, channels, 4 * channels, after);
        if (i === 0) conv(1, inputs, 4 * channels, after);
        [inputs, size] = [4 * channels, after];
      }
    }
    linear(2048, 1000);
  });

/**
 * Rows: expansion, channels, blocks, size of the stage's output.
 * @param variant the one for CIFAR-10: expands by 1 as well, and projects where only the channels change
 */
export const mobileNetV2 = (
  stemSize: number,
  rows: readonly (readonly [number, number, number, number])[],
  classes: number,
  variant: boolean,
): Counts =>
  count(({ conv, linear }) => {
    conv(3, 3, 32, stemSize);
    let [inputs, size] = [32, stemSize];
    for (const [expansion, channels, blocks, after] of rows) {
      for (let i = 0; i < blocks; i++) {
        const wide = expansion * inputs;
        if (variant || expansion > 1) conv(1, inputs, wide, size);
        if (variant && size === after && inputs !== channels) conv(1, inputs, channels, after);
        conv(3, wide, wide, after, wide);
        conv(1, wide, channels, after);
        [inputs, size] = [channels, after];
      }
    }
    conv(1, inputs, 1280, size);
    linear(1280, classes);
  });

type Edge = readonly [op: string, from: number, to: number];

/** A genotype's two cells, and how many nodes each puts out. */
export interface Cells {
  readonly normal: readonly Edge[];
  readonly reduce: readonly Edge[];
  readonly outputs: { readonly normal: number; readonly reduce: number };
}

/** What an operation adds between tensors of c channels: weights with batch norm, and multiply-adds. */
function operation(op: string, c: number, stride: number, size: number): [params: number, madds: number] {
  const out = Math.ceil(size / stride);
  const p = out * out;
  const [, kind, k] = /^([a-z_]+?)_?(\d*)(?:x.*)?$/.exec(op)!;
  const K = Number(k);
  const separable = K * K * c + c * c;
  if (/^conv_1x[37]_/.test(op)) {
    const L = op.startsWith('conv_1x3') ? 3 : 7;
    return [2 * L * c * c + 2 * c, L * c * c * (size * out + p)];
  }
  if (kind === 'sep_conv') return [2 * (separable + 2 * c), 2 * p * separable];
  if (kind === 'dil_conv') return [separable + 2 * c, p * separable];
  if (kind === 'conv') return [K * K * c * c + 2 * c, p * K * K * c * c];
  if (op === 'skip_connect' && stride === 2) return [c * c + 2 * c, p * c * c];
  if (/^(?:max_pool_.*|avg_pool_.*|skip_connect|null)$/.test(op)) return [0, 0];
  throw new Error(`no closed form of ${op}`);
}

/** DARTS' network of L cells of C channels: stem, cells with their 1x1 preprocessing, classifier. */
export function cellNetwork(
  cells: Cells,
  setting: 'cifar10' | 'imagenet',
  C: number,
  L: number,
  classes: number,
): Counts {
  const onCifar = setting === 'cifar10';
  let [params, convolutions] = onCifar
    ? [27 * 3 * C + 2 * 3 * C, 27 * 3 * C * 32 * 32]
    : [
        27 * (C / 2) + C + 9 * (C / 2) * C + 2 * C + 9 * C * C + 2 * C,
        27 * (C / 2) * 112 * 112 + 9 * (C / 2) * C * 56 * 56 + 9 * C * C * 28 * 28,
      ];
  let [before, previous] = onCifar ? [3 * C, 3 * C] : [C, C];
  let [c, size] = [C, onCifar ? 32 : 28];
  for (let i = 0; i < L; i++) {
    const kind = i === Math.floor(L / 3) || i === Math.floor((2 * L) / 3) ? 'reduce' : 'normal';
    if (kind === 'reduce') c *= 2;
    params += (before + previous) * c + 4 * c;
    convolutions += (before + previous) * c * size * size;
    const after = kind === 'reduce' ? Math.ceil(size / 2) : size;
    for (const [op, from] of cells[kind]) {
      const halves = kind === 'reduce' && from < 2;
      const [p, m] = operation(op, c, halves ? 2 : 1, halves ? size : after);
      params += p;
      convolutions += m;
    }
    [before, previous, size] = [previous, c * cells.outputs[kind], after];
  }
  const linear = previous * classes;
  return { params: params + linear + classes, convolutions, linear };
}
