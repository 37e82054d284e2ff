// Hand-crafted networks in plain float64, written straight from the papers' descriptions and not from the plans in
// src/: one image at a time, batch norms by their running statistics. Parameters are looked up by name.

/** (C,H,W), row-major. */
interface Image {
  readonly c: number;
  readonly h: number;
  readonly w: number;
  readonly data: Float64Array;
}

interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

export type Named = Readonly<Record<string, NamedTensor>>;

const image = (c: number, h: number, w: number): Image => ({ c, h, w, data: new Float64Array(c * h * w) });

/** Padded so that stride 1 keeps the size; each output channel sees its group of input channels. */
export function conv({ c, h, w, data }: Image, { shape, data: weight }: NamedTensor, stride: number): Image {
  const [o, group, k] = shape as [number, number, number, number];
  const half = (k - 1) / 2;
  const y = image(o, Math.ceil(h / stride), Math.ceil(w / stride));
  for (let channel = 0; channel < o; channel++) {
    const first = Math.floor((channel * c) / o / group) * group;
    for (let i = 0; i < y.h; i++) {
      for (let j = 0; j < y.w; j++) {
        let sum = 0;
        for (let g = 0; g < group; g++) {
          for (let a = 0; a < k; a++) {
            for (let b = 0; b < k; b++) {
              const [row, column] = [i * stride + a - half, j * stride + b - half];
              if (row < 0 || row >= h || column < 0 || column >= w) continue;
              sum +=
                data[((first + g) * h + row) * w + column]! *
                weight[((channel * group + g) * k + a) * k + b]!;
            }
          }
        }
        y.data[(channel * y.h + i) * y.w + j] = sum;
      }
    }
  }
  return y;
}

const map = (x: Image, f: (value: number, channel: number) => number): Image => ({
  ...x,
  data: x.data.map((value, i) => f(value, Math.floor(i / (x.h * x.w)))),
});

const relu = (x: Image): Image => map(x, (v) => Math.max(v, 0));
const relu6 = (x: Image): Image => map(x, (v) => Math.min(Math.max(v, 0), 6));

function plus(a: Image, b: Image): Image {
  if (a.c !== b.c || a.h !== b.h || a.w !== b.w) throw new Error('test: a sum of different shapes');
  return { ...a, data: a.data.map((v, i) => v + b.data[i]!) };
}

function maxPool2x2({ c, h, w, data }: Image): Image {
  const y = image(c, Math.ceil(h / 2), Math.ceil(w / 2));
  y.data.fill(-Infinity);
  for (let i = 0; i < data.length; i++) {
    const [channel, row, column] = [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w];
    const at = (channel * y.h + (row >> 1)) * y.w + (column >> 1);
    y.data[at] = Math.max(y.data[at]!, data[i]!);
  }
  return y;
}

/** Every stride-th pixel; zeros in channels that x has not, nothing of those beyond `c`. */
function shortcut(x: Image, c: number, stride: number): Image {
  const y = image(c, Math.ceil(x.h / stride), Math.ceil(x.w / stride));
  for (let i = 0; i < y.data.length; i++) {
    const channel = Math.floor(i / (y.h * y.w));
    const [row, column] = [Math.floor(i / y.w) % y.h, i % y.w];
    if (channel < x.c) y.data[i] = x.data[(channel * x.h + row * stride) * x.w + column * stride]!;
  }
  return y;
}

/** The layers of one network, by its parameters. */
function layersOf(named: Named) {
  const convNorm = (name: string, x: Image, stride = 1): Image => {
    const of = (what: string): ArrayLike<number> => named[`${name}.bn.${what}`]!.data;
    const [gamma, beta, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map(of);
    return map(conv(x, named[`${name}.conv.weight`]!, stride), (v, c) => {
      return ((v - mean![c]!) / Math.sqrt(variance![c]! + 1e-5)) * gamma![c]! + beta![c]!;
    });
  };
  const linear = (name: string, x: ArrayLike<number>): number[] => {
    const { shape, data } = named[`${name}.weight`]!;
    const [m, k] = shape as [number, number];
    return Array.from({ length: m }, (_, i) => {
      let sum = named[`${name}.bias`]!.data[i]!;
      for (let j = 0; j < k; j++) sum += data[i * k + j]! * x[j]!;
      return sum;
    });
  };
  return { convNorm, linear };
}

const means = ({ c, data }: Image): number[] =>
  Array.from({ length: c }, (_, channel) => {
    const size = data.length / c;
    return data.subarray(channel * size, (channel + 1) * size).reduce((a, b) => a + b, 0) / size;
  });

/** ResNet of three stages of n basic blocks, option A; with NAT's two connections from the block before, if asked. */
export function resNetCifar(n: number, named: Named, x: Image, nat: boolean): number[] {
  const { convNorm, linear } = layersOf(named);
  let previous = relu(convNorm('stem.0', x));
  let before = previous;
  for (let i = 0; i < 3 * n; i++) {
    const stage = Math.floor(i / n);
    const stride = stage > 0 && i % n === 0 ? 2 : 1;
    const c = 16 << stage;
    const late = nat ? (y: Image) => plus(y, shortcut(before, y.c, before.h / y.h)) : (y: Image) => y;
    const inner = relu(late(convNorm(`cells.${i}._ops.3.0`, previous, stride)));
    const outer = late(convNorm(`cells.${i}._ops.5.0`, inner));
    [before, previous] = [previous, relu(plus(outer, shortcut(previous, c, stride)))];
  }
  return linear('classifier', means(previous));
}

/** VGG16; with NAT's three connections, and its pools made skip connections, if asked. */
export function vgg16(named: Named, x: Image, nat: boolean): number[] {
  const { convNorm, linear } = layersOf(named);
  let [before, previous] = [x, x];
  [2, 2, 3, 3, 3].forEach((convolutions, stage) => {
    let y = nat ? plus(shortcut(before, previous.c, Math.ceil(before.h / previous.h)), previous) : previous;
    for (let i = 0; i < convolutions; i++) {
      const last = i === convolutions - 1;
      y = relu(convNorm(`cells.${stage}._ops.${last ? '5.0' : `3.${i}`}`, y));
    }
    const half = Math.ceil(y.h / 2);
    const output = nat
      ? plus(shortcut(before, y.c, Math.ceil(before.h / half)), shortcut(y, y.c, 2))
      : maxPool2x2(y);
    [before, previous] = [previous, output];
  });
  let features: ArrayLike<number> = previous.data;
  for (const name of ['hidden.0', 'hidden.1']) features = linear(name, features).map((v) => Math.max(v, 0));
  return linear('classifier', features);
}

/** MobileNetV2's variant for CIFAR-10; with NAT's cells, if asked. */
export function mobileNetV2(named: Named, x: Image, nat: boolean): number[] {
  const { convNorm, linear } = layersOf(named);
  const stages = [
    [1, 16, 1, 1],
    [6, 24, 2, 1],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ] as const;
  let previous = relu6(convNorm('stem.0', x));
  let before = previous;
  let cell = 0;
  for (const [expansion, c, blocks, first] of stages) {
    for (let i = 0; i < blocks; i++) {
      const stride = i === 0 ? first : 1;
      const ops = `cells.${cell++}._ops`;
      const wide = expansion * previous.c;
      let y = previous;
      const reduced = nat && stride === 2;
      y = relu6(reduced ? shortcut(previous, wide, 1) : convNorm(`${ops}.1.0`, previous));
      y = convNorm(`${ops}.3.0`, y, stride);
      if (nat && stride === 2) y = plus(y, shortcut(before, wide, before.h / y.h));
      y = convNorm(`${ops}.5.0`, relu6(y));
      if (nat && stride === 1) y = plus(y, shortcut(before, c, before.h / y.h));
      if (stride === 1) y = plus(y, previous.c === c ? previous : convNorm(`${ops}.6.0`, previous));
      [before, previous] = [previous, y];
    }
  }
  return linear('classifier', means(relu6(convNorm('tail.0', previous))));
}

/** One image of a batch (N,3,S,S). */
export const imageOf = (batch: ArrayLike<number>, n: number, size: number): Image => {
  const length = 3 * size * size;
  const data = Float64Array.from({ length }, (_, i) => batch[n * length + i]!);
  return { c: 3, h: size, w: size, data };
};
