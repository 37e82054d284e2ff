// Golden files: `STEM.safetensors` holds the tensors, `STEM.json` says what they are (form described in
// test/golden/README.md). Results of the authors' modules in float64, to which this engine is compared.
import { UserError } from '../../runtime/errors.ts';
import type { TensorData, Tensors } from '../io/safetensors.ts';

/** Role (x, weight, ...) or parameter name -> tensor name. */
export type Names = Readonly<Record<string, string>>;

export interface GoldenOp {
  readonly name: string;
  readonly op: string;
  readonly attrs: Readonly<Record<string, unknown>>;
  readonly inputs: Names;
  readonly outputs: Names;
  readonly grad_output?: string;
  readonly grads?: Names;
}

export interface GoldenOptimizer {
  readonly name: string;
  readonly attrs: Readonly<Record<string, number | readonly number[]>>;
  readonly start: string;
  readonly steps: readonly { readonly grad: string; readonly param: string }[];
}

export interface GoldenCosine {
  readonly lr: number;
  readonly eta_min: number;
  readonly epochs: number;
  readonly values: readonly number[];
}

export type GoldenEdges = readonly (readonly [op: number, from: number, to: number])[];

export interface GoldenSupernet {
  readonly name: string;
  readonly channels: number;
  readonly layers: number;
  readonly nodes: number;
  readonly primitives: string;
  readonly loose_end: boolean;
  readonly classes: number;
  readonly weights: Names;
  readonly x: string;
  readonly target: string;
  readonly cases: readonly {
    readonly normal: GoldenEdges;
    readonly reduce: GoldenEdges;
    readonly logits: string;
    readonly loss: number;
    readonly top1: number;
    readonly grads: Names;
  }[];
}

export interface GoldenPolicy {
  readonly name: string;
  readonly nodes: number;
  readonly primitives: string;
  readonly weights: Names;
  readonly cases: readonly {
    readonly arch: GoldenEdges;
    readonly actions_taken: readonly number[];
    readonly transformed: GoldenEdges;
    readonly log_prob: number;
    readonly entropy: number;
    readonly reward: number;
    readonly entropy_coeff: number;
    readonly loss: number;
    readonly grads: Names;
  }[];
}

export interface GoldenCellNetwork {
  readonly name: string;
  readonly genotype: unknown;
  readonly channels: number;
  readonly layers: number;
  readonly auxiliary: boolean;
  readonly aux_weight: number;
  readonly weights: Names;
  readonly x: string;
  readonly target: string;
  readonly logits: string;
  readonly logits_aux?: string | null;
  readonly loss: number;
  readonly grads: Names;
  readonly logits_eval_after_one_training_forward?: string;
}

export interface GoldenIndex {
  readonly ops?: readonly GoldenOp[];
  readonly optim?: readonly GoldenOptimizer[];
  readonly cosine?: GoldenCosine;
  readonly supernet?: readonly GoldenSupernet[];
  readonly policy?: readonly GoldenPolicy[];
  readonly cell_network?: readonly GoldenCellNetwork[];
}

/** One comparison: passed, or what went wrong. */
export interface GoldenResult {
  readonly name: string;
  readonly error?: string;
}

/** Relative norms allowed (test/golden/README.md). */
export const OP_TOLERANCE = 1e-5;
export const NETWORK_TOLERANCE = 1e-4;
/** Gradients whose reference norm is below this are compared absolutely. */
const SMALL_NORM = 1e-6;

/** ||got - want|| / ||want||, or ||got - want|| where the reference is as good as zero. */
export function compare(
  name: string,
  got: ArrayLike<number>,
  want: ArrayLike<number>,
  tolerance: number,
): GoldenResult {
  if (got.length !== want.length) return { name, error: `got ${got.length} values, expected ${want.length}` };
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < want.length; i++) {
    difference += (got[i]! - want[i]!) ** 2;
    norm += want[i]! ** 2;
  }
  const [d, n] = [Math.sqrt(difference), Math.sqrt(norm)];
  const [error, allowed] = n < SMALL_NORM ? [d, SMALL_NORM] : [d / n, tolerance];
  if (error <= allowed) return { name };
  return {
    name,
    error: `difference ${error.toExponential(2)} of norm ${n.toExponential(2)}, allowed ${allowed}`,
  };
}

/** Looks tensors up by name. Throws UserError for a name that the file lacks. */
export class GoldenTensors {
  constructor(private readonly tensors: Tensors) {}

  get(name: string): TensorData {
    const tensor = this.tensors[name];
    if (!tensor) throw new UserError(`golden file: there is no tensor '${name}', which the index names`);
    return tensor;
  }

  f32(name: string): Float32Array<ArrayBuffer> {
    const tensor = this.get(name);
    if (tensor.dtype !== 'F32') {
      throw new UserError(`golden file: tensor '${name}' is ${tensor.dtype}, expected F32`);
    }
    return tensor.data;
  }

  i32(name: string): Int32Array<ArrayBuffer> {
    const { dtype, data } = this.get(name);
    if (dtype === 'I32') return data;
    if (dtype === 'I64') return Int32Array.from(data, Number);
    throw new UserError(`golden file: tensor '${name}' is ${dtype}, expected I32`);
  }

  /** The tensors of `names`, by role, as [name, values]. */
  entries(names: Names): [string, Float32Array<ArrayBuffer>][] {
    return Object.entries(names).map(([role, name]) => [role, this.f32(name)]);
  }
}
