// The tape: ops record their kernels on it, and `backward` walks them in reverse, each op recording the kernels of its
// gradients. A recording is made once and replayed ever after; nothing here runs on the GPU.
import { ShapeError } from '../../runtime/errors.ts';
import type { Command, Engine, KernelCall } from '../../runtime/engine/engine.ts';
import type { Allocator } from './allocator.ts';
import { checkInputs } from './check_inputs.ts';
import { Gradients } from './gradients.ts';
import { type BackwardContext, type Forward, type GradTargets, type Inputs, type Op, specOf } from './op.ts';
import type { PartialSums, Recorder } from './recorder.ts';
import { type DType, numel, reshape, type Shape, type Tensor, tensorAt } from './tensor.ts';

interface Node {
  readonly output: Tensor;
  backward(gradOutput: Tensor): void;
}

/** Commands that run again, in the backward pass, before the gradient of `output` is handed on. */
interface Recomputation {
  readonly output: Tensor;
  readonly again: readonly Command[];
}

/** The memory of a recording, and what it is for. */
export interface TapeOptions {
  readonly engine: Engine;
  /** Memory of outputs and of what backward needs; kept. */
  readonly activations: Allocator;
  /** Memory of temporaries and of gradients inside the recording; given back as soon as they are used. */
  readonly scratch: Allocator;
  /** False records forward only and keeps nothing for backward. */
  readonly training?: boolean;
  /** Whether batch norms use the statistics of the batch (the default), or the running ones. */
  readonly batchStatistics?: boolean;
  /** Memory of what `recompute` makes; without it everything is kept. */
  readonly recomputed?: Allocator;
  /** Without it, parts of a weight gradient are added up where they are computed. */
  readonly sums?: PartialSums;
}

/** An op's attributes, which may be left out where all of them may, and the memory that the result goes into. */
export type ApplyOptions<A> =
  Record<never, never> extends A ? [attrs?: A, into?: Tensor] : [attrs: A, into?: Tensor];

/**
 * Records ops, their kernels and, from `backward` on, those of their gradients; nothing runs before its commands are
 * submitted.
 */
export class Tape implements Recorder {
  readonly engine: Engine;
  readonly training: boolean;
  readonly batchStatistics: boolean;
  readonly sums: PartialSums | null;
  private activations: Allocator;
  private readonly recomputed: Allocator | null;
  private readonly scratchAllocator: Allocator;
  private commands: Command[] = [];
  private readonly nodes: (Node | Recomputation)[] = [];
  private readonly tracked = new Set<Tensor>();
  private readonly gradients = new Gradients(this);

  constructor(options: TapeOptions) {
    this.engine = options.engine;
    this.activations = options.activations;
    this.scratchAllocator = options.scratch;
    this.training = options.training ?? true;
    this.batchStatistics = options.batchStatistics ?? true;
    this.recomputed = options.recomputed ?? null;
    this.sums = options.sums ?? null;
  }

  alloc(label: string, shape: Shape, dtype: DType = 'f32'): Tensor {
    return tensorAt(this.activations.acquire(label, 4 * numel(shape)), 0, shape, dtype);
  }

  output(label: string, shape: Shape, into: Tensor | null): Tensor {
    if (!into) return this.alloc(label, shape);
    if (numel(into.shape) !== numel(shape)) {
      throw new ShapeError(`${label}: got an output of shape [${into.shape}], expected [${shape}]`);
    }
    const { grad: _, chunkMoments: __, ...plain } = into;
    return plain;
  }

  scratch(label: string, shape: Shape, dtype: DType = 'f32'): Tensor {
    return tensorAt(this.scratchAllocator.acquire(label, 4 * numel(shape)), 0, shape, dtype);
  }

  release(...tensors: readonly Tensor[]): void {
    for (const t of tensors) this.scratchAllocator.release(t.buffer);
  }

  dispatch(kernel: string, call: Omit<KernelCall, 'kernel'>): void {
    this.commands.push(this.engine.record({ kernel, ...call }));
  }

  clear(x: Tensor): void {
    this.commands.push(this.engine.recordClear(x));
  }

  /** A tensor of zeros, which the recording clears. */
  zeros(label: string, shape: Shape): Tensor {
    const x = this.alloc(label, shape);
    this.clear(x);
    return x;
  }

  /** Takes the commands recorded since the last call. */
  take(): Command[] {
    const commands = this.commands;
    this.commands = [];
    return commands;
  }

  /**
   * Records an op's forward and, if any of its inputs needs a gradient, remembers its backward. The result lies in the
   * memory of `into`, if given. Throws ShapeError where an input is not as the op declares it (checkInputs), or inputs do
   * not fit together.
   */
  apply<I extends Inputs, D extends string, A, S>(
    op: Op<I, D, A, S>,
    inputs: I,
    ...[given, into]: ApplyOptions<A>
  ): Tensor {
    const attrs = given ?? ({} as A);
    const names = Object.keys(inputs) as (keyof I & D)[];
    checkInputs(op, inputs);
    const { output, saved } = this.forward(op, inputs, attrs, into ?? null);
    if (into && (output.buffer !== into.buffer || output.offset !== into.offset)) {
      throw new Error(`internal: ${op.name} leaves its result elsewhere than in the memory it was given`);
    }
    const wanted = names.filter((name) => specOf(op.inputs, name).grad && this.needsGrad(inputs[name]));
    if (this.training && wanted.length > 0) {
      this.tracked.add(output);
      const backward = (gradOutput: Tensor) =>
        this.recordBackward(op, { inputs, attrs, output, saved, gradOutput }, wanted);
      this.nodes.push({ output, backward });
    }
    return output;
  }

  /** Records an op's forward; a tape that computes more than ops do overrides this. */
  protected forward<I extends Inputs, D extends string, A, S>(
    op: Op<I, D, A, S>,
    inputs: I,
    attrs: A,
    into: Tensor | null,
  ): Forward<S> {
    return op.forward(this, inputs, attrs, into);
  }

  /** Every gradient that is wanted must be computed or passed on. A target is made when the op asks for it. */
  private recordBackward<I extends Inputs, D extends string, A, S>(
    op: Op<I, D, A, S>,
    context: Omit<BackwardContext<I, D, A, S>, 'pass'>,
    wanted: readonly (keyof I & D)[],
  ): void {
    const open = new Set<D>(wanted);
    const pass = (name: D): void => {
      if (open.delete(name)) this.gradients.pass(context.inputs[name]!, context.gradOutput);
    };
    const targets: Record<string, unknown> = {};
    for (const name of Object.keys(context.inputs)) targets[name] = null;
    for (const name of wanted) {
      Object.defineProperty(targets, name, {
        get: () => {
          const target = this.gradients.target(context.inputs[name]!);
          open.delete(name);
          Object.defineProperty(targets, name, { value: target });
          return target;
        },
        configurable: true,
        enumerable: true,
      });
    }
    op.backward(this, { ...context, pass }, targets as GradTargets<D>);
    if (open.size > 0) {
      throw new Error(`internal: ${op.name} does not compute the gradient of ${[...open].join(', ')}`);
    }
  }

  /** True if gradients must flow to this tensor. */
  needsGrad(x: Tensor | null | undefined): boolean {
    return !!x && (x.grad !== undefined || this.tracked.has(x));
  }

  /**
   * `use(make())`, where the tensor between is not kept: backward computes it again (Chen et al., "Training deep nets
   * with sublinear memory cost"). `make` is one op that keeps nothing but its output, `use` one that reads it.
   */
  recompute(make: () => Tensor, use: (between: Tensor) => Tensor): Tensor {
    if (!this.recomputed) return use(make());
    const { activations } = this;
    this.activations = this.recomputed;
    const first = this.commands.length;
    const between = make();
    this.activations = activations;
    const again = this.commands.slice(first);
    const output = use(between);
    this.recomputed.release(between.buffer);
    this.nodes.push({ output, again });
    return output;
  }

  /** `x` under another shape; gradients flow through. Throws where x has a batch norm pending. */
  reshape(x: Tensor, shape: Shape): Tensor {
    if (x.affine)
      throw new ShapeError("reshape: got x with a pending batch norm, expected it applied (op 'add')");
    const { grad: _, ...y } = reshape(x, shape);
    if (this.training && this.needsGrad(x)) {
      this.tracked.add(y);
      this.nodes.push({ output: y, backward: (g) => this.gradients.pass(x, reshape(g, x.shape)) });
    }
    return y;
  }

  /** Says that the gradient of `x` is exactly `grad`, computed outside this recording. */
  seed(x: Tensor, grad: Tensor): void {
    this.gradients.seed(x, grad);
  }

  /** Lets the gradient of `x` go into `grad`, whose old contents are overwritten. */
  direct(x: Tensor, grad: Tensor): void {
    this.tracked.add(x);
    this.gradients.direct(x, grad);
  }

  /** Adds `g`, an existing gradient, to that of `x`. */
  passGrad(x: Tensor, g: Tensor): void {
    if (this.needsGrad(x)) this.gradients.pass(x, g);
  }

  /**
   * Records the gradients of everything on the tape, from outputs whose gradient is known: those passed to
   * `seed`, or tensors with a `grad` of their own.
   */
  backward(): void {
    for (const node of this.nodes.reverse()) {
      const { output } = node;
      const gradOutput = this.gradients.of(output);
      if (!gradOutput) continue;
      if ('again' in node) {
        this.commands.push(...node.again);
        continue;
      }
      node.backward(gradOutput);
      this.gradients.drop(output);
    }
    this.nodes.length = 0;
  }
}
