// The operations that an edge of a cell can carry, and the lists that a supernet chooses from. A primitive is known by
// its name in a genotype; `kind` and `kernel` say what to build. Names are the field's own. The spatially factorised
// convolutions are named by the order in which they run: conv_1x7_7x1 is a 1x7, then a 7x1 convolution (NAO's
// "1x7-7x1"); DARTS spells the same operation conv_7x1_1x7, and no operation at all `none`; NNI has conv_3x1_1x3.
import { UserError } from '../../runtime/errors.ts';

/** What the operations of a kind share, whatever their window. */
interface KindSpec {
  /** In the short notation of cells, before the window: 'sep' of sep3. */
  readonly short: string;
  /** NAT++: an operation may stay on its level or go to a later one; null for one that moves by NAT's rule alone. */
  readonly level: number | null;
}

export const PRIMITIVE_KINDS = {
  max_pool: { short: 'max', level: 3 },
  avg_pool: { short: 'avg', level: 3 },
  skip_connect: { short: 'skip', level: null },
  sep_conv: { short: 'sep', level: 1 },
  dil_conv: { short: 'dil', level: 2 },
  conv: { short: 'conv', level: 0 },
  factorized_conv: { short: 'conv1x', level: null },
  null: { short: 'null', level: null },
  // what a program defined
  own: { short: 'own', level: null },
} as const satisfies Record<string, KindSpec>;

export type PrimitiveKind = keyof typeof PRIMITIVE_KINDS;

export interface PrimitiveSpec {
  /** Of an operation that a program defined: its name. */
  readonly own?: Primitive;
  readonly kind: PrimitiveKind;
  /** K of a KxK window (of 1xK and Kx1 for factorized_conv); 0 where there is no window. */
  readonly kernel: number;
}

export const PRIMITIVES = {
  max_pool_2x2: { kind: 'max_pool', kernel: 2 },
  max_pool_3x3: { kind: 'max_pool', kernel: 3 },
  max_pool_5x5: { kind: 'max_pool', kernel: 5 },
  avg_pool_2x2: { kind: 'avg_pool', kernel: 2 },
  avg_pool_3x3: { kind: 'avg_pool', kernel: 3 },
  avg_pool_5x5: { kind: 'avg_pool', kernel: 5 },
  skip_connect: { kind: 'skip_connect', kernel: 0 },
  sep_conv_3x3: { kind: 'sep_conv', kernel: 3 },
  sep_conv_5x5: { kind: 'sep_conv', kernel: 5 },
  sep_conv_7x7: { kind: 'sep_conv', kernel: 7 },
  dil_conv_3x3: { kind: 'dil_conv', kernel: 3 },
  dil_conv_5x5: { kind: 'dil_conv', kernel: 5 },
  conv_1x1: { kind: 'conv', kernel: 1 },
  conv_3x3: { kind: 'conv', kernel: 3 },
  conv_5x5: { kind: 'conv', kernel: 5 },
  conv_1x3_3x1: { kind: 'factorized_conv', kernel: 3 },
  conv_1x7_7x1: { kind: 'factorized_conv', kernel: 7 },
  null: { kind: 'null', kernel: 0 },
} as const satisfies Record<string, PrimitiveSpec>;

/** The name of an operation that may stand on an edge: `sep_conv_3x3`, `skip_connect`, `null` ... */
export type Primitive = keyof typeof PRIMITIVES;

/** All of them, in the order in which they are defined. */
export const PRIMITIVE_NAMES = Object.keys(PRIMITIVES) as readonly Primitive[];

const OWN = new Map<Primitive, PrimitiveSpec>();

/** What an operation is, also one that a program defined. */
export const specOf = (op: Primitive): PrimitiveSpec => OWN.get(op) ?? PRIMITIVES[op];

/** Makes a name known as an operation of a program's own. Throws UserError for one that is taken or has odd characters. */
export function definePrimitive(name: string): Primitive {
  const op = name as Primitive;
  if (findPrimitive(name)) throw new UserError(`operation '${name}' is there already; choose another name`);
  if (!/^[a-z]\w*$/.test(name)) {
    throw new UserError(
      `operation '${name}': expected a name of small letters, digits and _, a letter first`,
    );
  }
  OWN.set(op, { kind: 'own', kernel: 0, own: op });
  return op;
}

/** Other spellings that genotypes of the field use, read as the operation on the right. */
const SPELLINGS: ReadonlyMap<string, Primitive> = new Map([
  ['none', 'null'],
  ['conv_3x1_1x3', 'conv_1x3_3x1'],
  ['conv_7x1_1x7', 'conv_1x7_7x1'],
]);

/** The primitive of that name, by any spelling, or undefined. */
export function findPrimitive(name: string): Primitive | undefined {
  const known = Object.hasOwn(PRIMITIVES, name) || OWN.has(name as Primitive);
  return known ? (name as Primitive) : SPELLINGS.get(name);
}

/** What NAT calls an operation (Figure 2c): O computes, S is the skip connection, N is the null operation. */
export type TransitionClass = 'O' | 'S' | 'N';

export function transitionClass(op: Primitive): TransitionClass {
  if (op === 'skip_connect') return 'S';
  return op === 'null' ? 'N' : 'O';
}

/** The supernet's list where a cell concatenates all its nodes; an op's index in it is its number in golden data. */
export const FULLY_CONCAT_PRIMITIVES: readonly Primitive[] = [
  'max_pool_3x3',
  'avg_pool_3x3',
  'skip_connect',
  'sep_conv_3x3',
  'sep_conv_5x5',
  'dil_conv_3x3',
  'dil_conv_5x5',
  'conv_3x3',
  'null',
];

/** The supernet's list where a cell concatenates the nodes that no edge leaves. */
export const LOOSE_END_PRIMITIVES: readonly Primitive[] = [
  'max_pool_3x3',
  'avg_pool_3x3',
  'skip_connect',
  'sep_conv_3x3',
  'sep_conv_5x5',
  'conv_1x1',
  'conv_3x3',
  'conv_5x5',
  'null',
];

/** The operations of NAONet (Luo et al., "NAO"), whose cells also concatenate the nodes that no edge leaves. */
const NAO_PRIMITIVES: readonly Primitive[] = [
  'max_pool_2x2',
  'max_pool_3x3',
  'avg_pool_2x2',
  'avg_pool_3x3',
  'avg_pool_5x5',
  'skip_connect',
  'conv_1x1',
  'conv_3x3',
  'conv_1x3_3x1',
  'conv_1x7_7x1',
  'null',
];

/** A supernet by NAT's transitions: those of NAT++ and of a user's table name its operations themselves. */
interface SupernetList {
  readonly primitives: readonly Primitive[];
  /** Whether a cell concatenates the nodes that no edge leaves, or all of its nodes. */
  readonly looseEnd: boolean;
}

/** By the name that `--primitives` takes. */
export const SUPERNET_LISTS = {
  'fully-concat': { primitives: FULLY_CONCAT_PRIMITIVES, looseEnd: false },
  'loose-end': { primitives: LOOSE_END_PRIMITIVES, looseEnd: true },
  nao: { primitives: NAO_PRIMITIVES, looseEnd: true },
} as const satisfies Record<string, SupernetList>;

export const SUPERNET_LIST_NAMES = Object.keys(SUPERNET_LISTS) as readonly (keyof typeof SUPERNET_LISTS)[];

/** The 13 operations of NAT++ in its index order; the supernet's list and the policy's actions alike. */
export const NAT_PLUS_PLUS_PRIMITIVES: readonly Primitive[] = [
  'max_pool_3x3',
  'max_pool_5x5',
  'avg_pool_3x3',
  'avg_pool_5x5',
  'skip_connect',
  'sep_conv_3x3',
  'sep_conv_5x5',
  'dil_conv_3x3',
  'dil_conv_5x5',
  'conv_1x1',
  'conv_3x3',
  'conv_5x5',
  'null',
];
