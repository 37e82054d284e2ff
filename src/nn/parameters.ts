// All weights of a model lie in one buffer and their gradients in another, so that an optimizer step, a checkpoint
// and clearing the gradients are one operation each. A model first declares its parameters, then memory is made.
import type { Engine, Region } from '../../runtime/engine/engine.ts';
import { ShapeError, UserError } from '../../runtime/errors.ts';
import { packTensors } from '../core/packed.ts';
import { numel, type Shape, showShape, type Tensor } from '../core/tensor.ts';

/** How a parameter begins. Uniform in [-bound, bound), normal with mean 0, or one value throughout. */
export type Init =
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly std: number }
  | { readonly kind: 'constant'; readonly value: number };

/** A part of a parameter that has a name of its own in weight files (consecutive, in order). */
export interface ParameterPart {
  readonly name: string;
  readonly shape: Shape;
}

/** A weight or a running statistic: name, shape, first values and, once allocated, memory. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  readonly init: Init;
  readonly parts: readonly ParameterPart[];
  /** Memory, with `grad` if trainable. Set by `ParameterStore.allocate`. */
  tensor: Tensor;
}

/** PyTorch's default for convolutions and linear layers: uniform in +-1/sqrt(fanIn). */
export const fanInUniform = (fanIn: number): Init => ({ kind: 'uniform', bound: 1 / Math.sqrt(fanIn) });

/** He et al., "Delving deep into rectifiers": normal, for convolutions that ReLUs follow. */
export const heNormal = (fanIn: number): Init => ({ kind: 'normal', std: Math.sqrt(2 / fanIn) });

/** Zeros throughout. */
export const zeros: Init = { kind: 'constant', value: 0 };

/** Ones throughout. */
export const ones: Init = { kind: 'constant', value: 1 };

/** Parameters that share one buffer. `trainable` ones have gradients; the others are running statistics. */
export class ParameterStore<Trainable extends boolean = boolean> {
  readonly parameters: Parameter[] = [];
  private readonly names = new Set<string>();
  /** The whole store; set by `allocate`. */
  values!: Region;
  /** Gradients, laid out like `values`, null for a store that is not trainable; set by `allocate`. */
  grads!: Trainable extends true ? Region : null;

  constructor(
    readonly label: string,
    readonly trainable: Trainable,
  ) {}

  /** Throws UserError for a name that another has, ShapeError for a shape without elements. */
  declare(
    name: string,
    shape: Shape,
    init: Init,
    parts: readonly ParameterPart[] = [{ name, shape }],
  ): Parameter {
    if (!shape.every((extent) => Number.isInteger(extent) && extent > 0)) {
      throw new ShapeError(
        `parameter ${name}: got shape ${showShape(shape)}, expected whole numbers of 1 or more`,
      );
    }
    for (const part of parts) {
      if (this.names.has(part.name))
        throw new UserError(
          `parameter ${part.name} is declared twice in ${this.label}; give it another name`,
        );
      this.names.add(part.name);
    }
    const parameter: Parameter = { name, shape, init, parts, tensor: undefined as unknown as Tensor };
    this.parameters.push(parameter);
    return parameter;
  }

  /** Number of scalars. */
  get count(): number {
    return this.parameters.reduce((sum, p) => sum + numel(p.shape), 0);
  }

  /** Makes the memory. Values are undefined until initialised or loaded; gradients are zero. */
  allocate(engine: Engine): void {
    const shapes = this.parameters.map((p) => p.shape);
    const values = packTensors(engine, this.label, shapes);
    const grads = this.trainable ? packTensors(engine, `${this.label} gradients`, shapes) : null;
    this.values = values.whole;
    this.grads = (grads?.whole ?? null) as typeof this.grads;
    this.parameters.forEach((p, i) => {
      const tensor = values.tensors[i]!;
      p.tensor = grads ? { ...tensor, grad: grads.tensors[i]! } : tensor;
    });
  }
}
