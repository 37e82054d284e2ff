// Drop path (Larsson et al., FractalNet, 2017): whole images of a path are dropped, the others scaled up.
//   y[n] = factor[n] x[n]        grad_x[n] = factor[n] grad_y[n],   factor[n] = 1/keep with probability keep, else 0
// All paths of a network take their factors from rows of one tensor, filled once a step. x may have a pending batch
// norm, which is applied here.
import { ShapeError } from '../../../runtime/errors.ts';
import type { Engine } from '../../../runtime/engine/engine.ts';
import { createTensor } from '../../core/allocator.ts';
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { seedKey, STREAM } from '../../core/rng.ts';
import type { Step } from '../../core/step.ts';
import { numel, type Tensor } from '../../core/tensor.ts';
import { matrixShape } from '../shapes.ts';

export type DropPathInputs = {
  readonly x: Tensor;
  /** (paths, N). */
  readonly factors: Tensor;
};

export interface DropPathAttrs {
  /** Row of `factors` that belongs to this path. */
  readonly row: number;
}

function scale(
  tape: Recorder,
  x: Tensor,
  { factors }: DropPathInputs,
  { row }: DropPathAttrs,
  y: Tensor,
  accumulate: boolean,
): void {
  const n = numel(x.shape);
  const [images, channels = 1, ...pixels] = x.shape as [number, ...number[]];
  const plane = numel(pixels);
  tape.dispatch('drop_path', {
    bind: { x, affine: x.affine ?? x, factors, y },
    params: {
      n,
      images,
      channels,
      plane,
      row,
      has_affine: Number(x.affine !== undefined),
      accumulate: Number(accumulate),
    },
    constants: { ONE_CHANNEL: Number(plane % 4 === 0) },
    threads: [Math.ceil(n / 4)],
  });
}

export const dropPath = defineOp({
  name: 'dropPath',
  inputs: { x: { grad: true, pending: true }, factors: {} },
  forward(tape: Recorder, inputs: DropPathInputs, attrs: DropPathAttrs, into: Tensor | null) {
    const { x, factors } = inputs;
    const [paths, images] = matrixShape('dropPath', 'factors', factors);
    if (images !== x.shape[0] || !(Number.isInteger(attrs.row) && attrs.row >= 0 && attrs.row < paths)) {
      throw new ShapeError(
        `dropPath: got row ${attrs.row} of (${paths},${images}) factors, expected a row for ${x.shape[0]} images`,
      );
    }
    const output = tape.output('dropPath', x.shape, into);
    scale(tape, x, inputs, attrs, output, false);
    return { output, saved: null };
  },
  backward: perInput({
    x(tape, { inputs, attrs, gradOutput }, { grad, accumulate }) {
      scale(tape, gradOutput, inputs, attrs, grad, accumulate);
    },
  }),
});

export interface DropPathFactors {
  readonly factors: Tensor;
  /** Draws the factors of a step, counted from 0: each path is kept with the probability `keep`. */
  draw(keep: number, step: number): Step;
}

/** Records drawing the factors of `paths` paths for `images` images, from a stream that nothing else draws from. */
export function recordDropPathFactors(
  engine: Engine,
  paths: number,
  images: number,
  seed: number,
  stream: number = STREAM.dropPath,
): DropPathFactors {
  const n = paths * images;
  const factors = createTensor(engine, 'drop path factors', [paths, images]);
  const settings = createTensor(engine, 'drop path settings', [2]);
  const [keyLow, keyHigh] = seedKey(seed);
  const command = engine.record({
    kernel: 'drop_path_factors',
    bind: { settings, factors },
    params: { n, stream, key_low: keyLow, key_high: keyHigh },
    threads: [Math.ceil(n / 4)],
  });
  const draw = (keep: number, step: number): Step => {
    if (!(keep > 0 && keep <= 1))
      throw new ShapeError(`dropPath: got keep ${keep}, expected more than 0 and at most 1`);
    const data = new Uint32Array(2);
    new Float32Array(data.buffer, 0, 1)[0] = keep;
    data[1] = step;
    return { writes: [{ region: settings, data }], commands: [[command]] };
  };
  return { factors, draw };
}
