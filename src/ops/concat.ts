// Concatenation along axis 1. Inputs are named x0, x1, ...; those that `mask` switches off count as zero.
//   y[n, begin_k + c, ...] = x_k[n, c, ...]     grad_x_k = its part of grad_y, or zero
// One dispatch moves up to 6 inputs, forward and backward.
import { type BackwardContext, defineOp, type GradTarget, type Inputs } from '../op.ts';
import type { Tape } from '../tape.ts';
import { numel, showShape, type Tensor } from '../tensor.ts';
import { plainInput } from './shapes.ts';

export interface ConcatAttrs {
  /** False for an input that is multiplied by 0; all are kept where left out. */
  readonly mask?: readonly boolean[];
}

interface Saved {
  /** Filled by the gradient rules, by input. */
  readonly targets: Map<number, GradTarget>;
}

type Context = BackwardContext<Inputs, ConcatAttrs, Saved>;

const PER_DISPATCH = 6;
const MAX_INPUTS = 32;

/** One tensor's place in the concatenation. */
interface Part {
  readonly tensor: Tensor;
  readonly begin: number;
  readonly size: number;
  readonly kept: boolean;
  readonly accumulate: boolean;
}

function listInputs(inputs: Inputs): Tensor[] {
  const count = Object.keys(inputs).length;
  if (count < 1 || count > MAX_INPUTS)
    throw new Error(`concat: got ${count} inputs, expected 1 to ${MAX_INPUTS}`);
  return Array.from({ length: count }, (_, k) => {
    const x = inputs[`x${k}`];
    if (!x) throw new Error(`concat: input x${k} is missing, expected x0 to x${count - 1}`);
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

function move(
  tape: Tape,
  kernel: 'concat' | 'concat_grad',
  parts: readonly Part[],
  total: number,
  bind: Readonly<Record<string, Tensor>>,
): void {
  const slots = Array.from({ length: PER_DISPATCH }, (_, k) => k);
  const bits = (on: (part: Part) => boolean) => parts.reduce((sum, p, k) => sum + (on(p) ? 1 << k : 0), 0);
  tape.dispatch(kernel, {
    bind,
    params: {
      total,
      kept: bits((part) => part.kept),
      accumulate: bits((part) => part.accumulate),
      ...Object.fromEntries(slots.map((k) => [`begin${k}`, parts[k]?.begin ?? 0])),
      ...Object.fromEntries(slots.map((k) => [`size${k}`, parts[k]?.size ?? 0])),
    },
    threads: [Math.ceil(Math.max(...parts.map((p) => p.size)) / 4), parts[0]!.tensor.shape[0]!, parts.length],
  });
}

function forward(tape: Tape, inputs: Inputs, attrs: ConcatAttrs) {
  const parts = placeInputs(inputs, attrs);
  const [n, , ...rest] = parts[0]!.tensor.shape;
  for (const [k, { tensor }] of parts.entries()) {
    plainInput('concat', `x${k}`, tensor);
    const [m, , ...other] = tensor.shape;
    if (m !== n || showShape(other) !== showShape(rest)) {
      const first = showShape(parts[0]!.tensor.shape);
      throw new Error(
        `concat: got x${k} of shape ${showShape(tensor.shape)}, expected ${first} but for axis 1`,
      );
    }
  }
  if (attrs.mask && attrs.mask.length !== parts.length) {
    throw new Error(`concat: got a mask of ${attrs.mask.length} entries, expected ${parts.length}`);
  }
  const channels = parts.reduce((sum, { tensor }) => sum + tensor.shape[1]!, 0);
  const y = tape.output('concat', [n!, channels, ...rest]);
  for (let first = 0; first < parts.length; first += PER_DISPATCH) {
    const group = parts.slice(first, first + PER_DISPATCH);
    const bind: Record<string, Tensor> = { y };
    for (let k = 0; k < PER_DISPATCH; k++) bind[`x${k}`] = (group[k] ?? group[0]!).tensor;
    move(tape, 'concat', group, channels * numel(rest), bind);
  }
  const saved: Saved = { targets: new Map() };
  return { output: y, saved };
}

/** Gradients whose memory is known, in groups of which none holds the same tensor twice. */
function groupTargets({ inputs, attrs, saved }: Context): Part[][] {
  const groups: Part[][] = [];
  for (const [k, part] of placeInputs(inputs, attrs).entries()) {
    const target = saved.targets.get(k);
    if (!target) continue;
    const { grad, accumulate } = target;
    const fits = (group: readonly Part[]) =>
      group.length < PER_DISPATCH &&
      group.every(({ tensor }) => tensor.buffer !== grad.buffer || tensor.offset !== grad.offset);
    const last = groups.at(-1);
    const placed = { ...part, tensor: grad, accumulate };
    if (last && fits(last)) last.push(placed);
    else groups.push([placed]);
  }
  return groups;
}

/** All gradients in one dispatch for each group; bindings without a gradient get memory that nothing reads. */
function finish(tape: Tape, context: Context): void {
  const { gradOutput } = context;
  for (const group of groupTargets(context)) {
    const bind: Record<string, Tensor> = { grad_y: gradOutput };
    const unused: Tensor[] = [];
    for (let k = 0; k < PER_DISPATCH; k++) {
      const part = group[k];
      if (!part) unused.push(tape.scratch('unused', [1]));
      bind[`grad${k}`] = part?.tensor ?? unused.at(-1)!;
    }
    move(tape, 'concat_grad', group, numel(gradOutput.shape.slice(1)), bind);
    tape.release(...unused);
  }
  context.saved.targets.clear();
}

type Rule = (tape: Tape, context: Context, target: GradTarget) => void;

export const concat = defineOp<Inputs, string, ConcatAttrs, Saved>({
  name: 'concat',
  forward,
  backward: Object.fromEntries(
    Array.from({ length: MAX_INPUTS }, (_, k): [string, Rule] => [
      `x${k}`,
      (_tape, { saved }, target) => void saved.targets.set(k, target),
    ]),
  ),
  finish,
});
