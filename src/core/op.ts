// The contract of an operation: which inputs it has, its forward, and beneath it one backward for all gradients that are
// wanted. Inputs are declared by name, every one of them, or the op does not compile.
import type { Recorder } from './recorder.ts';
import type { DType, Tensor } from './tensor.ts';

/** Named inputs of an op; a missing optional input is null. */
export type Inputs = Readonly<Record<string, Tensor | null>>;

export interface InputSpec {
  /** Whether gradients flow to it. */
  readonly grad?: boolean;
  /** Whether it may have a batch norm pending, which the op then applies on the load; the tape refuses it elsewhere. */
  readonly pending?: boolean;
  /** The type of its elements, which the tape holds it to; f32 unless given. */
  readonly dtype?: DType | 'any';
  /** Whether the op combines such a batch norm, where that is not done yet; the tape refuses it elsewhere. */
  readonly uncombined?: boolean;
}

/** One for every input; '*' stands for all inputs of an op that takes any number of them. */
export type InputSpecs<I> = string extends keyof I
  ? { readonly '*': InputSpec }
  : { readonly [K in keyof I]-?: InputSpec };

/** Names of the inputs that gradients flow to. */
type Differentiable<P> = {
  [K in keyof P]: P[K] extends { readonly grad: true } ? (K extends '*' ? string : K) : never;
}[keyof P] &
  string;

export interface Forward<S> {
  readonly output: Tensor;
  /** What backward needs besides inputs and output. */
  readonly saved: S;
}

/** What an op's forward has left. */
export interface Applied<I, A, S> {
  readonly inputs: I;
  readonly attrs: A;
  readonly output: Tensor;
  readonly saved: S;
}

/** What an op's backward sees. */
export interface BackwardContext<I, D, A, S> extends Applied<I, A, S> {
  readonly gradOutput: Tensor;
  /** Says that the gradient of an input is gradOutput itself: it is handed on, and nothing is computed. */
  pass(input: D): void;
}

/** Where a gradient goes: `accumulate` says to add to what is there instead of writing it. */
export interface GradTarget {
  readonly grad: Tensor;
  readonly accumulate: boolean;
}

/** By input; null where no gradient is wanted. */
export type GradTargets<D extends string> = { readonly [K in D]: GradTarget | null };

export interface Backward<I, D extends string, A, S> {
  (tape: Recorder, context: BackwardContext<I, D, A, S>, targets: GradTargets<D>): void;
  /** Never there: it makes the compiler compare the names of the inputs exactly. */
  readonly names?: (names: D) => D;
}

/**
 * An operation: its inputs by name, the recording of its forward pass, and that of its gradients. Made by `defineOp`.
 */
export interface Op<I extends Inputs, D extends string, A, S> {
  readonly name: string;
  readonly inputs: InputSpecs<I>;
  /**
   * Checks shapes, allocates the output and records the kernels that fill it.
   * @param into memory that the output should lie in, for `tape.output`
   */
  forward(tape: Recorder, inputs: I, attrs: A, into: Tensor | null): Forward<S>;
  /** Records the kernels that compute the gradients that are wanted, at least one of them, into their targets. */
  readonly backward: Backward<I, D, A, S>;
}

/** Types an op's definition. */
export function defineOp<
  I extends Inputs,
  const P extends Readonly<Record<string, InputSpec>>,
  A extends object,
  S,
>(
  op: Omit<Op<I, Differentiable<P>, A, S>, 'inputs'> & { readonly inputs: P & InputSpecs<I> },
): Op<I, Differentiable<P>, A, S> {
  return op;
}

/** A backward made of one rule per differentiable input; one that is forgotten does not compile. */
export function perInput<I, D extends string, A, S>(rules: {
  readonly [K in D]: (tape: Recorder, context: BackwardContext<I, D, A, S>, target: GradTarget) => void;
}): Backward<I, D, A, S> {
  return (tape, context, targets) => {
    for (const name of Object.keys(rules) as D[]) {
      const target = targets[name];
      if (target) rules[name](tape, context, target);
    }
  };
}

/** How an op declares one of its inputs. */
export const specOf = <I>(specs: InputSpecs<I>, name: string): InputSpec => {
  const all = specs as Readonly<Record<string, InputSpec>>;
  return all['*'] ?? all[name]!;
};
