// Resizing of images between the four nearest pixels, (N,C,H,W) -> (N,C,height,width), as torch's interpolate with mode
// 'bilinear' and align_corners false: centres of pixels lie at halves, and edges go on beyond the image.
//   y[i,j] = sum_hw R[i,h] S[j,w] x[h,w]        grad_x[h,w] = sum_ij R[i,h] S[j,w] grad_y[i,j]
// R[i,h] = max(0, 1 - |(i + 1/2) H/height - 1/2 - h|), the place kept between 0 and H - 1; S likewise by columns.
import { ShapeError } from '../../../runtime/errors.ts';
import { defineOp, perInput } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { imageShape, numel, type Tensor } from '../../core/tensor.ts';

export interface ResizeAttrs {
  readonly height: number;
  readonly width: number;
}

export const resizeBilinear = defineOp({
  name: 'resizeBilinear',
  inputs: { x: { grad: true } },
  forward(
    tape: Recorder,
    { x }: { readonly x: Tensor },
    { height, width }: ResizeAttrs,
    into: Tensor | null,
  ) {
    const [n, c, h, w] = imageShape('resizeBilinear', x);
    if (![height, width].every((extent) => Number.isInteger(extent) && extent >= 1)) {
      throw new ShapeError(
        `resizeBilinear: got height ${height} and width ${width}, expected whole numbers of 1 or more`,
      );
    }
    const output = tape.output('resizeBilinear', [n, c, height, width], into);
    const sizes = { planes: n * c, h, w, oh: height, ow: width };
    const params = { ...sizes, scale_h: h / height, scale_w: w / width };
    tape.dispatch('resize_bilinear', { bind: { x, y: output }, params, threads: [numel(output.shape)] });
    return { output, saved: params };
  },
  backward: perInput({
    x(tape, { inputs: { x }, saved, gradOutput }, { grad, accumulate }) {
      tape.dispatch('resize_bilinear_grad', {
        bind: { grad_y: gradOutput, grad_x: grad },
        params: { ...saved, accumulate: Number(accumulate) },
        threads: [numel(x.shape)],
      });
    },
  }),
});
