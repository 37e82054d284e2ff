// Shapes of 2-D pooling, shared by the maximum and the average.
import { ShapeError } from '../../../runtime/errors.ts';
import { type KernelForm, kernelForm } from '../../../runtime/engine/adapter_info.ts';
import type { Recorder } from '../../core/recorder.ts';
import { imageShape, showShape, type Tensor } from '../../core/tensor.ts';

export interface PoolAttrs {
  /** Height and width of a window. */
  readonly kernel: number;
  /** Pixels from one window to the next; the size of one unless given. */
  readonly stride?: number;
  /** Rows and columns at the top and left that no pixel fills; 0 unless given. */
  readonly padding?: number;
  /** The same at the bottom and right, where it differs. */
  readonly padEnd?: number;
}

export interface PoolGeometry {
  readonly outputShape: readonly [number, number, number, number];
  /** Invocations of the forward kernel: one for 4 outputs of a row. */
  readonly forwardThreads: number[];
  /** Invocations of the gradient kernel: one for 4 pixels of a row. */
  readonly backwardThreads: number[];
  /** Groups of 4 outputs in a row. */
  readonly quads: number;
  /** Channels of a batch norm that is pending on the input, 0 if none is. */
  readonly affineChannels: number;
  /** Where the kernels for 3x3 windows apply: those of the search spaces, on even sizes. */
  readonly strips: PoolStrips | null;
  /** What every pooling kernel needs to know. */
  readonly params: Readonly<
    Record<'planes' | 'h' | 'w' | 'oh' | 'ow' | 'kernel' | 'stride' | 'padding', number>
  >;
}

/** Strips of outputs (shaders/pool/lib/pool_strips.wgsl). */
export interface PoolStrips {
  readonly stride: number;
  /** Strips side by side. */
  readonly columns: number;
  /** Of a forward pass. */
  readonly params: Readonly<
    Record<'planes' | 'h' | 'quads' | 'strip_rows' | 'affine_channels' | 'accumulate' | 'backward', number>
  >;
  readonly threads: number[];
}

/** Rows of a strip: many save loads, which software adapters need; few make more invocations, which GPUs need. */
const STRIP_ROWS: Readonly<Record<KernelForm, number>> = { registers: 16, tiled: 2 };

/** Checks the input of a pooling and works out its sizes. */
export function poolGeometry(tape: Recorder, op: string, x: Tensor, attrs: PoolAttrs): PoolGeometry {
  const { kernel, stride = kernel, padding = 0, padEnd = padding } = attrs;
  const [n, c, h, w] = imageShape(op, x);
  const most = kernel / 2;
  const paddings = [...new Set([padding, padEnd])].join(' and ');
  if (!(kernel >= 1 && stride >= 1 && padding >= 0 && padding <= most && padEnd >= 0 && padEnd <= most)) {
    throw new ShapeError(
      `${op}: got kernel ${kernel}, stride ${stride}, padding ${paddings}; ` +
        'expected kernel and stride of 1 or more and at most half a kernel of padding',
    );
  }
  const windows = (extent: number) => Math.floor((extent + padding + padEnd - kernel) / stride) + 1;
  const [oh, ow] = [windows(h), windows(w)];
  if (oh < 1 || ow < 1) {
    throw new ShapeError(
      `${op}: got input ${showShape(x.shape)}, expected at least one window of ${kernel}x${kernel}`,
    );
  }
  const quads = Math.ceil(ow / 4);
  const affineChannels = x.affine ? c : 0;
  const strip_rows = STRIP_ROWS[kernelForm(tape.engine.kind)];
  // One window in the middle of every stride x stride pixels, in whole groups of 4.
  const even = kernel === 3 && padding === 1 && oh * stride === h && ow * stride === w && ow % 4 === 0;
  // Strips are 8 pixels wide.
  const columns = Math.ceil((quads * stride) / 2);
  return {
    outputShape: [n, c, oh, ow],
    forwardThreads: [n * c * oh * quads],
    backwardThreads: [n * c * h * Math.ceil(w / 4)],
    quads,
    affineChannels,
    strips:
      even && stride <= 2
        ? {
            stride,
            columns,
            params: {
              planes: n * c,
              h: oh,
              quads,
              strip_rows,
              affine_channels: affineChannels,
              accumulate: 0,
              backward: 0,
            },
            threads: [n * c * Math.ceil(oh / strip_rows) * columns],
          }
        : null,
    params: { planes: n * c, h, w, oh, ow, kernel, stride, padding },
  };
}
