// Concatenation along axis 1. Inputs are named x0, x1, ...; those that `mask` switches off count as 0.
//   y[n, begin_k + c, ...] = x_k[n, c, ...]     grad_x_k = its part of grad_y, or zero
// One dispatch moves up to 6 inputs, forward and backward, in groups of 4 elements. Where an input's elements per
// image are not a multiple of 4, each input is copied by a dispatch of its own.
import { ShapeError } from '../../../runtime/errors.ts';
import { defineOp, type Inputs } from '../../core/op.ts';
import type { Recorder } from '../../core/recorder.ts';
import { numel, showShape, type Tensor } from '../../core/tensor.ts';

export interface ConcatAttrs {
  /** False for an input that counts as 0; all are kept where left out. */
  readonly mask?: readonly boolean[];
  /** Other tensors of the batch that the backward pass sets to zero in the same call: gradients that begin here. */
  readonly alsoZero?: readonly Tensor[];
}

/** Gradients of a cell's nodes and of its two inputs. */
const PER_DISPATCH = 6;

/** One input's place in the concatenation, in elements per image. */
interface Part {
  /** The input, or its gradient. */
  readonly tensor: Tensor;
  readonly begin: number;
  readonly size: number;
  readonly kept: boolean;
  readonly accumulate: boolean;
}

/** x0, x1, ... in order; throws where one is missing. */
export function listInputs(inputs: Inputs): Tensor[] {
  const count = Object.keys(inputs).length;
  if (count === 0) throw new ShapeError('concat: got no inputs, expected one or more');
  return Array.from({ length: count }, (_, k) => {
    const x = inputs[`x${k}`];
    if (!x) throw new ShapeError(`concat: input x${k} is missing, expected x0 to x${count - 1}`);
    return x;
  });
}

function placeInputs(inputs: Inputs, { mask }: ConcatAttrs): Part[] {
  let begin = 0;
  return listInputs(inputs).map((tensor, k) => {
    const size = numel(tensor.shape.slice(1));
    const part = { tensor, begin, size, kept: mask?.[k] ?? true, accumulate: false };
    begin += size;
    return part;
  });
}

/** What becomes zero in a backward pass. */
const zeroed = (tensor: Tensor): Part => ({
  tensor,
  begin: 0,
  size: numel(tensor.shape.slice(1)),
  kept: false,
  accumulate: false,
});

function checkInputs(parts: readonly Part[], { mask }: ConcatAttrs): void {
  const { shape } = parts[0]!.tensor;
  const others = ([n, , ...rest]: readonly number[]): string => showShape([n!, ...rest]);
  for (const [k, { tensor }] of parts.entries()) {
    if (others(tensor.shape) !== others(shape)) {
      throw new ShapeError(
        `concat: got x${k} of shape ${showShape(tensor.shape)}, expected ${showShape(shape)} but for axis 1`,
      );
    }
  }
  if (mask && mask.length !== parts.length) {
    throw new ShapeError(`concat: got a mask of ${mask.length} entries, expected ${parts.length}`);
  }
}

/** Groups of inputs that one dispatch can move: at most 6, no tensor twice, and all of them added or none. */
function group(parts: readonly Part[]): Part[][] {
  const groups: Part[][] = [];
  const same = (a: Tensor, b: Tensor) => a.buffer === b.buffer && a.offset === b.offset;
  const together = (some: readonly Part[], part: Part) =>
    some.length < PER_DISPATCH &&
    some.every((p) => p.accumulate === part.accumulate && !same(p.tensor, part.tensor));
  for (const part of [...parts.filter((p) => !p.accumulate), ...parts.filter((p) => p.accumulate)]) {
    const last = groups.at(-1);
    if (last && together(last, part)) last.push(part);
    else groups.push([part]);
  }
  return groups;
}

/** Records the copies between the inputs (or their gradients) and the concatenation (or its gradient). */
function move(
  tape: Recorder,
  direction: 'forward' | 'backward',
  parts: readonly Part[],
  whole: Tensor,
): void {
  if (parts.every(({ size, begin }) => size % 4 === 0 && begin % 4 === 0)) {
    for (const some of group(parts)) moveTogether(tape, direction, some, whole);
  } else for (const part of parts) moveAlone(tape, direction, part, whole);
}

function moveTogether(
  tape: Recorder,
  direction: 'forward' | 'backward',
  parts: readonly Part[],
  whole: Tensor,
): void {
  const forward = direction === 'forward';
  const name = forward ? 'x' : 'grad';
  const bind: Record<string, Tensor> = forward ? { y: whole } : { grad_y: whole };
  const params: Record<string, number> = { total: numel(whole.shape.slice(1)) / 4, kept: 0 };
  // A binding without an input needs memory all the same; two that are written must not be the same.
  const unused: Tensor[] = [];
  for (let k = 0; k < PER_DISPATCH; k++) {
    const part = parts[k];
    if (!part) unused.push(tape.scratch('unused', [4]));
    bind[`${name}${k}`] = part?.tensor ?? unused.at(-1)!;
    params[`begin${k}`] = (part?.begin ?? 0) / 4;
    params[`size${k}`] = (part?.size ?? 0) / 4;
    if (part?.kept) params['kept']! |= 1 << k;
  }
  const groups = Math.max(...parts.map(({ size }) => size / 4));
  const threads = [Math.ceil(groups / 4), whole.shape[0]!, parts.length];
  if (forward) tape.dispatch('concat', { bind, params, threads });
  else {
    const constants = { ACCUMULATE: Number(parts[0]!.accumulate) };
    tape.dispatch('concat_grad', { bind, params, constants, threads });
  }
  tape.release(...unused);
}

function moveAlone(tape: Recorder, direction: 'forward' | 'backward', part: Part, whole: Tensor): void {
  const { tensor, begin, size, kept, accumulate } = part;
  const total = numel(whole.shape.slice(1));
  const forward = direction === 'forward';
  tape.dispatch('copy_rows', {
    bind: forward ? { x: tensor, y: whole } : { x: whole, y: tensor },
    params: {
      size,
      x_begin: forward ? 0 : begin,
      x_stride: forward ? size : total,
      y_begin: forward ? begin : 0,
      y_stride: forward ? total : size,
      kept: Number(kept),
      accumulate: Number(accumulate),
    },
    threads: [size, whole.shape[0]!],
  });
}

export const concat = defineOp({
  name: 'concat',
  inputs: { '*': { grad: true } },
  forward(tape: Recorder, inputs: Inputs, attrs: ConcatAttrs, into: Tensor | null) {
    const parts = placeInputs(inputs, attrs);
    checkInputs(parts, attrs);
    const channels = parts.reduce((sum, { tensor }) => sum + tensor.shape[1]!, 0);
    const [n, , ...rest] = parts[0]!.tensor.shape;
    const y = tape.output('concat', [n!, channels, ...rest], into);
    move(tape, 'forward', parts, y);
    return { output: y, saved: null };
  },
  backward(tape, { inputs, attrs, gradOutput }, targets) {
    const parts = placeInputs(inputs, attrs).flatMap((part, k) => {
      const target = targets[`x${k}`];
      return target ? [{ ...part, tensor: target.grad, accumulate: target.accumulate }] : [];
    });
    move(tape, 'backward', [...parts, ...(attrs.alsoZero ?? []).map(zeroed)], gradOutput);
  },
});

/** Records a concatenation of tensors of these shapes into `y`, which is no op: nothing is remembered for backward. */
export const recordConcat = (
  tape: Recorder,
  tensors: readonly Tensor[],
  attrs: ConcatAttrs,
  y: Tensor,
): void =>
  move(tape, 'forward', placeInputs(Object.fromEntries(tensors.map((x, k) => [`x${k}`, x])), attrs), y);

/**
 * Records setting tensors of one batch to zero, in as few calls as a backward pass does: nothing is remembered.
 * @param other any tensor of the batch that is not among them
 */
export const recordZeros = (tape: Recorder, tensors: readonly Tensor[], other: Tensor): void =>
  move(tape, 'backward', tensors.map(zeroed), other);
