// The tape: ops record their kernels on it, and `backward` walks them in reverse, each op's gradient rules
// recording more kernels. A recording is made once and replayed ever after; nothing here runs on the GPU.
import type { Buffer, Command, Engine, KernelCall } from '../../runtime/engine/engine.ts';
import type { Allocator } from './allocator.ts';
import type { BackwardContext, GradTarget, Inputs, Op } from './op.ts';
import { type DType, numel, reshape, type Shape, type Tensor, tensorAt } from './tensor.ts';

interface Node {
  readonly output: Tensor;
  readonly name: string;
  backward(gradOutput: Tensor): void;
}

/** Commands that run again, in the backward pass, before the gradient of `output` is handed on. */
interface Recomputation {
  readonly output: Tensor;
  readonly again: readonly Command[];
}

interface GradSlot {
  grad: Tensor;
  /** True while the slot only borrows another tensor's gradient; it is copied before anything is added to it. */
  borrowed: boolean;
}

const dropGrad = ({ grad: _, ...rest }: Tensor): Tensor => rest;

/** Takes over sums of weight gradients that come in parts, to add them up later. */
export interface PartialSums {
  /** Memory for `parts` parts of `grad`'s size, which will be added to it; null where they must be added at once. */
  partialsFor(grad: Tensor, parts: number): Tensor | null;
}

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

export class Tape {
  readonly engine: Engine;
  readonly training: boolean;
  readonly batchStatistics: boolean;
  readonly sums: PartialSums | null;
  private activations: Allocator;
  private readonly recomputed: Allocator | null;
  private readonly scratchAllocator: Allocator;
  private commands: Command[] = [];
  private into: Tensor | null = null;
  private readonly nodes: (Node | Recomputation)[] = [];
  private readonly tracked = new Set<Tensor>();
  private readonly grads = new Map<Tensor, GradSlot>();
  private readonly directed = new Map<Tensor, Tensor>();
  /** How many slots use a gradient's scratch buffer; at zero it is given back. */
  private readonly users = new Map<Buffer, number>();

  constructor(options: TapeOptions) {
    this.engine = options.engine;
    this.activations = options.activations;
    this.scratchAllocator = options.scratch;
    this.training = options.training ?? true;
    this.batchStatistics = options.batchStatistics ?? true;
    this.recomputed = options.recomputed ?? null;
    this.sums = options.sums ?? null;
  }

  /** A tensor that lives as long as the recording. */
  alloc(label: string, shape: Shape, dtype: DType = 'f32'): Tensor {
    return tensorAt(this.activations.acquire(label, 4 * numel(shape)), 0, shape, dtype);
  }

  /**
   * An op's output: a tensor of its own, or the one that `apply` was asked to fill.
   * @param counts whether the op may leave chunk moments; if so, memory for them may come with the tensor
   */
  output(label: string, shape: Shape, counts = false): Tensor {
    const into = this.into;
    this.into = null;
    if (!into) return this.alloc(label, shape);
    if (numel(into.shape) !== numel(shape)) {
      throw new Error(`${label}: got an output of shape [${into.shape}], expected [${shape}]`);
    }
    const { chunkMoments, ...plain } = into;
    return counts && chunkMoments ? { ...plain, chunkMoments } : plain;
  }

  /** A temporary; give it back with `release`. */
  scratch(label: string, shape: Shape, dtype: DType = 'f32'): Tensor {
    return tensorAt(this.scratchAllocator.acquire(label, 4 * numel(shape)), 0, shape, dtype);
  }

  release(...tensors: readonly Tensor[]): void {
    for (const t of tensors) this.scratchAllocator.release(t.buffer);
  }

  /** Records one kernel call. */
  dispatch(kernel: string, call: Omit<KernelCall, 'kernel'>): void {
    this.commands.push(this.engine.record({ kernel, ...call }));
  }

  /** Records zeroing of a tensor. */
  clear(x: Tensor): void {
    this.commands.push(this.engine.recordClear(x));
  }

  /** Takes the commands recorded since the last call. */
  take(): Command[] {
    const commands = this.commands;
    this.commands = [];
    return commands;
  }

  /**
   * Records an op's forward and, if any of its inputs needs a gradient, remembers its backward. The result goes
   * into the tensor `into`, if given.
   */
  apply<I extends Inputs, D extends keyof I & string, A, S>(
    op: Op<I, D, A, S>,
    inputs: I,
    attrs: A,
    into: Tensor | null = null,
  ): Tensor {
    this.into = into && dropGrad(into);
    const { output: first, saved } = op.forward(this, inputs, attrs);
    this.into = null;
    const refined = op.refine && this.training && Object.values(inputs).some((x) => x?.low);
    const output = refined ? op.refine!(this, { inputs, attrs, output: first, saved }) : first;
    const wanted = (Object.keys(op.backward) as D[]).filter((key) => this.needsGrad(inputs[key]));
    if (this.training && wanted.length > 0) {
      this.tracked.add(output);
      const backward = (gradOutput: Tensor) => {
        const context: BackwardContext<I, A, S> = { inputs, attrs, output, saved, gradOutput };
        if (op.passes?.(attrs)) {
          for (const key of wanted) this.passGrad(inputs[key]!, gradOutput);
          return;
        }
        op.prepare?.(this, context);
        for (const key of wanted) op.backward[key](this, context, this.gradTarget(inputs[key]!));
        op.finish?.(this, context);
      };
      this.nodes.push({ output, name: op.name, backward });
    }
    return output;
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

  /** `x` under another shape; gradients flow through. */
  reshape(x: Tensor, shape: Shape): Tensor {
    const y = dropGrad(reshape(x, shape));
    if (this.training && this.needsGrad(x)) {
      this.tracked.add(y);
      const backward = (g: Tensor) => this.passGrad(x, reshape(g, x.shape));
      this.nodes.push({ output: y, name: 'reshape', backward });
    }
    return y;
  }

  /** Says that the gradient of `x` is exactly `grad`, computed outside this recording. */
  seed(x: Tensor, grad: Tensor): void {
    this.grads.set(x, { grad, borrowed: true });
  }

  /** Lets the gradient of `x` go into `grad`, whose old contents are overwritten. */
  direct(x: Tensor, grad: Tensor): void {
    this.tracked.add(x);
    this.directed.set(x, grad);
  }

  /** Where the gradient of `x` goes, and whether to add. Ops call this through their rules. */
  gradTarget(x: Tensor): GradTarget {
    if (x.grad) return { grad: x.grad, accumulate: true };
    const slot = this.grads.get(x);
    if (slot && !slot.borrowed) return { grad: slot.grad, accumulate: true };
    const directed = this.directed.get(x);
    const grad = directed ?? this.scratch('gradient', x.shape);
    if (!directed) this.users.set(grad.buffer, 1);
    this.grads.set(x, { grad, borrowed: false });
    if (!slot) return { grad, accumulate: false };
    this.addInto(slot.grad, { grad, accumulate: false });
    this.leave(slot.grad);
    return { grad, accumulate: true };
  }

  /** Adds `g`, an existing gradient, to that of `x`; the first one is borrowed instead of copied. */
  passGrad(x: Tensor, g: Tensor): void {
    if (!this.needsGrad(x)) return;
    if (!x.grad && !this.grads.has(x) && !this.directed.has(x)) {
      this.grads.set(x, { grad: g, borrowed: true });
      const users = this.users.get(g.buffer);
      if (users !== undefined) this.users.set(g.buffer, users + 1);
    } else this.addInto(g, this.gradTarget(x));
  }

  /** One slot less uses this gradient. */
  private leave(grad: Tensor): void {
    const users = this.users.get(grad.buffer);
    if (users === undefined) return;
    if (users > 1) this.users.set(grad.buffer, users - 1);
    else {
      this.users.delete(grad.buffer);
      this.release(grad);
    }
  }

  private addInto(source: Tensor, { grad, accumulate }: GradTarget): void {
    const n = numel(source.shape);
    this.dispatch('add_into', {
      bind: { x: source, y: grad },
      params: { n, accumulate: accumulate ? 1 : 0 },
      threads: [Math.ceil(n / 4)],
    });
  }

  /**
   * Records the gradients of everything on the tape, from outputs whose gradient is known: those passed to
   * `seed`, or tensors with a `grad` of their own.
   */
  backward(): void {
    for (const node of this.nodes.reverse()) {
      const { output } = node;
      const slot = this.grads.get(output);
      const gradOutput = slot?.grad ?? output.grad;
      if (!gradOutput) continue;
      if ('again' in node) {
        this.commands.push(...node.again);
        continue;
      }
      node.backward(gradOutput);
      if (slot) this.leave(slot.grad);
      this.grads.delete(output);
    }
    this.nodes.length = 0;
  }
}
