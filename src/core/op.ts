// The contract of an operation: its forward, and beneath it one gradient rule per differentiable input. The
// rules are a record typed by the input names, so a forgotten one does not compile.
import type { Tape } from './tape.ts';
import type { Tensor } from './tensor.ts';

/** Named inputs of an op; a missing optional input is null. */
export type Inputs = Readonly<Record<string, Tensor | null>>;

export interface Forward<S> {
  readonly output: Tensor;
  /** What the gradient rules need besides inputs and output. */
  readonly saved: S;
}

/** What a gradient rule sees. */
export interface BackwardContext<I extends Inputs, A, S> {
  readonly inputs: I;
  readonly attrs: A;
  readonly output: Tensor;
  readonly saved: S;
  readonly gradOutput: Tensor;
}

/** Where a rule puts its gradient: `accumulate` says to add to what is there instead of writing it. */
export interface GradTarget {
  readonly grad: Tensor;
  readonly accumulate: boolean;
}

export interface Op<I extends Inputs, D extends keyof I, A, S> {
  readonly name: string;
  /** Checks shapes, allocates the output and records the kernels that fill it. */
  forward(tape: Tape, inputs: I, attrs: A): Forward<S>;
  /**
   * Runs after forward where an input has a low part: computes the result again to twice the precision of f32 and
   * returns it with a low part of its own (ops/refine.ts). Behind an op without this rule the low parts end.
   */
  refine?(tape: Tape, context: Omit<BackwardContext<I, A, S>, 'gradOutput'>): Tensor;
  /** Work that several gradient rules share; runs once, before them. */
  prepare?(tape: Tape, context: BackwardContext<I, A, S>): void;
  /** Records the kernels that compute the gradient of one input into `target`. */
  readonly backward: {
    readonly [K in D]: (tape: Tape, context: BackwardContext<I, A, S>, target: GradTarget) => void;
  };
  /** True where the gradient of every input is gradOutput itself: it is handed on, and no rule runs. */
  passes?(attrs: A): boolean;
  /** Work after the rules: gives back what `prepare` took, or computes several gradients at once. */
  finish?(tape: Tape, context: BackwardContext<I, A, S>): void;
}

/** Types an op's definition; `differentiable` lists the inputs that must have a rule. */
export function defineOp<I extends Inputs, D extends keyof I, A, S>(op: Op<I, D, A, S>): Op<I, D, A, S> {
  return op;
}
