// How DARTS, and NNI after it, spell an operation that is spelled otherwise here. Reading takes every spelling
// (arch/primitives.ts).
import type { Primitive } from '../../arch/primitives.ts';

const PUBLISHED: Readonly<Partial<Record<Primitive, string>>> = {
  null: 'none',
  conv_1x3_3x1: 'conv_3x1_1x3',
  conv_1x7_7x1: 'conv_7x1_1x7',
};

/** DARTS's name of an operation. */
export const publishedName = (op: Primitive): string => PUBLISHED[op] ?? op;
