// The gradients of one recording: where the gradient of every tensor lies, and whether the next one is written there or
// added. A gradient that is handed on unchanged is borrowed, and copied only when something must be added to it.
import { ShapeError } from '../../runtime/errors.ts';
import type { Buffer } from '../../runtime/engine/engine.ts';
import type { GradTarget } from './op.ts';
import type { Recorder } from './recorder.ts';
import { numel, showShape, type Tensor } from './tensor.ts';

interface GradSlot {
  readonly grad: Tensor;
  /** True while the slot only borrows another tensor's gradient. */
  readonly borrowed: boolean;
}

function expectSize(x: Tensor, grad: Tensor): void {
  if (numel(grad.shape) !== numel(x.shape)) {
    throw new ShapeError(`got a gradient of shape ${showShape(grad.shape)}, expected ${showShape(x.shape)}`);
  }
}

export class Gradients {
  private readonly slots = new Map<Tensor, GradSlot>();
  private readonly directed = new Map<Tensor, Tensor>();
  /** How many slots use a gradient's scratch buffer; at zero it is given back. */
  private readonly users = new Map<Buffer, number>();

  constructor(private readonly tape: Recorder) {}

  /** Says that the gradient of `x` is exactly `grad`, computed elsewhere. Throws where it is of another size. */
  seed(x: Tensor, grad: Tensor): void {
    expectSize(x, grad);
    this.slots.set(x, { grad, borrowed: true });
  }

  /** Lets the gradient of `x` go into `grad`, whose old contents are overwritten. Throws where it is of another size. */
  direct(x: Tensor, grad: Tensor): void {
    expectSize(x, grad);
    this.directed.set(x, grad);
  }

  /** The gradient of `x` so far. */
  of(x: Tensor): Tensor | undefined {
    return this.slots.get(x)?.grad ?? x.grad;
  }

  /** Where the next gradient of `x` goes. */
  target(x: Tensor): GradTarget {
    if (x.grad) return { grad: x.grad, accumulate: true };
    const slot = this.slots.get(x);
    if (slot && !slot.borrowed) return { grad: slot.grad, accumulate: true };
    const directed = this.directed.get(x);
    const grad = directed ?? this.tape.scratch('gradient', x.shape);
    if (!directed) this.users.set(grad.buffer, 1);
    this.slots.set(x, { grad, borrowed: false });
    if (!slot) return { grad, accumulate: false };
    this.add(slot.grad, { grad, accumulate: false });
    this.leave(slot.grad);
    return { grad, accumulate: true };
  }

  /** Adds `g`, an existing gradient, to that of `x`; the first one is borrowed. Throws where it is of another size. */
  pass(x: Tensor, g: Tensor): void {
    expectSize(x, g);
    if (x.grad || this.slots.has(x) || this.directed.has(x)) {
      this.add(g, this.target(x));
      return;
    }
    this.slots.set(x, { grad: g, borrowed: true });
    const users = this.users.get(g.buffer);
    if (users !== undefined) this.users.set(g.buffer, users + 1);
  }

  /** The gradient of `x` has been handed on and is needed no more. */
  drop(x: Tensor): void {
    const slot = this.slots.get(x);
    if (slot) this.leave(slot.grad);
    this.slots.delete(x);
  }

  private leave(grad: Tensor): void {
    const users = this.users.get(grad.buffer);
    if (users === undefined) return;
    if (users > 1) this.users.set(grad.buffer, users - 1);
    else {
      this.users.delete(grad.buffer);
      this.tape.release(grad);
    }
  }

  private add(source: Tensor, { grad, accumulate }: GradTarget): void {
    const n = numel(source.shape);
    this.tape.dispatch('add_into', {
      bind: { x: source, y: grad },
      params: { n, accumulate: Number(accumulate) },
      threads: [Math.ceil(n / 4)],
    });
  }
}
