// Ops of one's own kernels: the text that computes the output, and for each input the text that computes its gradient.
import { UserError } from '../../runtime/errors.ts';
import type { KernelReflection } from '../../runtime/engine/wgsl_reflect.ts';
import type { GradTarget, InputSpec, InputSpecs, Inputs, Op } from './op.ts';
import { elementKernel, isKernel } from './element_kernel.ts';
import { defineKernel, reflectionOf } from './own_kernel.ts';
import type { Recorder } from './recorder.ts';
import { numel, type Shape, type Tensor } from './tensor.ts';

type Shapes<I extends string> = Readonly<Record<I, Shape>>;

/** An op of kernels of one's own: its inputs, its output's shape, and the texts that compute it and its gradients. */
export interface KernelOpDefinition<I extends string, G extends I, A> {
  /** Of the op; its kernels are called by it, too. */
  readonly name: string;
  readonly inputs: readonly I[];
  /**
   * WGSL statements that compute `y[i]` from the inputs, arrays of f32 by their names; or a whole kernel (defineKernel) that
   * writes all of `y`. Statements have `params.n` and, as f32, what `params` gives; for other types, helper functions or
   * memory of a workgroup, write the kernel.
   */
  readonly forward: string;
  /**
   * By input: what computes `grad_INPUT[i]`, or all of it, from the inputs, `y` and `grad_y`, in either form. No gradient
   * flows to inputs that have none.
   */
  readonly gradients: Readonly<Record<G, string>>;
  /** Shape of the output; that of the first input unless given. Throws where inputs do not fit together. */
  shape?(inputs: Shapes<I>, attrs: A): Shape;
  /** Values for struct Params; every kernel takes those that it names, and `n`, the elements of what it writes. */
  params?(inputs: Shapes<I>, attrs: A): Readonly<Record<string, number>>;
  /** How many elements of what a kernel writes an invocation takes; 1 unless given. */
  readonly elementsPerInvocation?: number;
}

/**
 * An op for `tape.apply`. Gradients are added up where several come together; the kernels need not know. Throws UserError
 * where a text is not of the form that a kernel has, or names a binding that is not there.
 */
export function defineKernelOp<const I extends string, const G extends I, A extends object = object>(
  definition: KernelOpDefinition<I, G, A>,
): Op<Readonly<Record<I, Tensor>>, G, A, null> {
  const { name, inputs, shape, params, elementsPerInvocation = 1 } = definition;
  const differentiable = Object.keys(definition.gradients) as G[];
  const each = elementsPerInvocation;
  const forward = kernelOf(name, definition.forward, inputs, 'y', each);
  const gradients = new Map(
    differentiable.map((input) => {
      const readable = [...inputs, 'y', 'grad_y'];
      const text = definition.gradients[input];
      return [input, kernelOf(`${name}_grad_${input}`, text, readable, `grad_${input}`, each)];
    }),
  );
  const run = (
    tape: Recorder,
    kernel: KernelReflection,
    bindings: Readonly<Record<string, Tensor>>,
    written: Tensor,
    attrs: A,
  ): void => {
    const n = numel(written.shape);
    const values: Readonly<Record<string, number>> = { n, ...params?.(shapesOf(inputs, bindings), attrs) };
    tape.dispatch(kernel.name, {
      bind: Object.fromEntries(storageOf(kernel).map((binding) => [binding.name, bindings[binding.name]!])),
      params: Object.fromEntries(
        kernel.params.map((field) => [field.name, valueOf(kernel, values, field.name)]),
      ),
      threads: [Math.ceil(n / elementsPerInvocation)],
    });
  };
  const specs = Object.fromEntries(
    inputs.map((input): [string, InputSpec] => [
      input,
      gradients.has(input as G) ? { grad: true } : { dtype: 'any' },
    ]),
  );
  const op: Op<Inputs, string, A, null> = {
    name,
    inputs: specs as unknown as InputSpecs<Inputs>,
    forward(tape, tensors, attrs, into) {
      const given = tensors as Readonly<Record<I, Tensor>>;
      const [first] = inputs;
      const outputShape = shape?.(shapesOf(inputs, given), attrs) ?? given[first!].shape;
      const output = tape.output(name, outputShape, into);
      run(tape, forward, { ...given, y: output }, output, attrs);
      return { output, saved: null };
    },
    backward(tape, { inputs: tensors, attrs, output, gradOutput }, targets) {
      for (const [input, kernel] of gradients) {
        const target = (targets as Readonly<Record<string, GradTarget | null>>)[input];
        if (!target) continue;
        const bindings = { ...(tensors as Record<string, Tensor>), y: output, grad_y: gradOutput };
        writeGradient(tape, target, (grad) =>
          run(tape, kernel, { ...bindings, [`grad_${input}`]: grad }, grad, attrs),
        );
      }
    },
  };
  return op as unknown as Op<Readonly<Record<I, Tensor>>, G, A, null>;
}

/** Lets a kernel write a gradient, which is then added to what is there where something is. */
function writeGradient(
  tape: Recorder,
  { grad, accumulate }: GradTarget,
  write: (grad: Tensor) => void,
): void {
  if (!accumulate) return write(grad);
  const part = tape.scratch('gradient', grad.shape);
  write(part);
  const n = numel(grad.shape);
  tape.dispatch('add_into', {
    bind: { x: part, y: grad },
    params: { n, accumulate: 1 },
    threads: [Math.ceil(n / 4)],
  });
  tape.release(part);
}

const storageOf = ({ bindings }: KernelReflection) => bindings.filter(({ kind }) => kind !== 'uniform');

function kernelOf(
  name: string,
  wgsl: string,
  readable: readonly string[],
  written: string,
  each: number,
): KernelReflection {
  const text = isKernel(wgsl) ? wgsl : elementKernel(wgsl, readable, written, each);
  const kernel = reflectionOf(defineKernel(name, text));
  for (const { name: binding, kind } of storageOf(kernel)) {
    if (binding !== written && !readable.includes(binding)) {
      throw new UserError(
        `kernel ${name}: got binding '${binding}', expected one of ${[...readable, written].join(', ')}`,
      );
    }
    if ((binding === written) !== (kind === 'read_write')) {
      const access = binding === written ? 'read_write' : 'read';
      throw new UserError(`kernel ${name}: got '${binding}' as var<storage, ${kind}>, expected ${access}`);
    }
  }
  if (!kernel.bindings.some((binding) => binding.name === written)) {
    throw new UserError(`kernel ${name}: there is no binding '${written}', which it has to write`);
  }
  return kernel;
}

const shapesOf = <I extends string>(inputs: readonly I[], tensors: Readonly<Record<string, Tensor>>) =>
  Object.fromEntries(inputs.map((input) => [input, tensors[input]!.shape])) as unknown as Shapes<I>;

function valueOf(
  { name }: KernelReflection,
  values: Readonly<Record<string, number>>,
  field: string,
): number {
  const value = values[field];
  if (value === undefined) {
    throw new UserError(`kernel ${name}: there is no value for ${field} of Params, expected one from params`);
  }
  return value;
}
