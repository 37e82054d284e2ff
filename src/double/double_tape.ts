// Forward passes to twice the precision of f32, for networks that magnify the rounding of their activations, with so
// few values that the cost is nothing. A tensor may have a low part here and then means stored + low: behind every op
// that can carry this on, its result is computed again (refine.ts). Gradients read what is stored, as always.
import type { Forward, Inputs, Op } from '../core/op.ts';
import { Tape, type TapeOptions } from '../core/tape.ts';
import type { Shape, Tensor } from '../core/tensor.ts';
import { refinementOf } from './refine.ts';

export class DoubleTape extends Tape {
  private readonly lows = new Map<Tensor, Tensor>();

  /** The low part of a tensor, of its shape; undefined where it has none. */
  lowOf(x: Tensor): Tensor | undefined {
    return this.lows.get(x);
  }

  /** Says that `x` means x + low. */
  setLow(x: Tensor, low: Tensor): void {
    this.lows.set(x, low);
  }

  /** Says that `x` is exact: its low part is zero. */
  exact(x: Tensor): void {
    const low = this.alloc('low part', x.shape);
    this.clear(low);
    this.setLow(x, low);
  }

  override zeros(label: string, shape: Shape): Tensor {
    const x = super.zeros(label, shape);
    this.exact(x);
    return x;
  }

  protected override forward<I extends Inputs, D extends string, A, S>(
    op: Op<I, D, A, S>,
    inputs: I,
    attrs: A,
    into: Tensor | null,
  ): Forward<S> {
    const { output, saved } = super.forward(op, inputs, attrs, into);
    const hasLow = Object.values(inputs).some((x) => x && this.lows.has(x));
    const refined =
      hasLow && refinementOf(op)?.(this, { inputs, attrs, output, saved }, (x) => this.lowOf(x));
    if (!refined) return { output, saved };
    this.setLow(refined.output, refined.low);
    return { output: refined.output, saved };
  }
}

/** A tape for a step on these images, which are exact. */
export function doubleTape(images: Tensor, options: TapeOptions): Tape {
  const tape = new DoubleTape(options);
  tape.exact(images);
  return tape;
}
