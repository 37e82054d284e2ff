// Operations that a program defines beside the built-in ones, with layers of its own.
import { definePrimitive, type Primitive } from '../arch/primitives.ts';
import type { Builder, NormalisedLayer } from '../nn/layers.ts';
import type { ConvolutionEnds } from './operations.ts';

/**
 * Declares an operation's parameters under `name` and records it: from (N,inputs,H,W) to (N,outputs,H/stride,W/stride),
 * rounded up; a ReLU comes first where `relu` says so. The last batch norm stands apart from the rest.
 */
export type OwnLayer = (b: Builder, name: string, ends: ConvolutionEnds) => NormalisedLayer;

const layers = new Map<Primitive, OwnLayer>();

/**
 * Makes an operation known under a name of its own, to genotypes, transition tables, networks and costs alike, for as long
 * as the program runs. It moves by NAT's rule where a table does not list it. Throws UserError for a name that is taken.
 */
export function defineOperation(name: string, layer: OwnLayer): Primitive {
  const op = definePrimitive(name);
  layers.set(op, layer);
  return op;
}

export const ownLayer = (op: Primitive): OwnLayer => layers.get(op)!;
