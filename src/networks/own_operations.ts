// Operations that a program defines beside the built-in ones, with layers of its own.
import { definePrimitive, type Primitive } from '../arch/primitives.ts';
import {
  type Builder,
  conv,
  type ConvOptions,
  type Layer,
  norm,
  type NormalisedLayer,
  sequence,
} from '../nn/layers.ts';
import type { ConvolutionEnds } from './operations.ts';

/** What an operation is made of; parameters are named in the order of the calls. */
export interface OperationLayers {
  /** A convolution without bias, padded so that stride 1 keeps the size. (N,inputs,H,W) -> (N,outputs,H/stride,W/stride). */
  conv(inputs: number, outputs: number, options: ConvOptions): Layer;
  /** Batch norm of every channel. */
  norm(channels: number): Layer;
  sequence(...layers: readonly Layer[]): Layer;
}

/**
 * An operation from (N,inputs,H,W) to (N,outputs,H/stride,W/stride), rounded up; a ReLU comes first where `relu` says so.
 * The last batch norm stands apart from the rest, which may be any function that records on a tape.
 */
export type OwnLayer = (layers: OperationLayers, ends: ConvolutionEnds) => NormalisedLayer;

const OWN = new Map<Primitive, OwnLayer>();

/**
 * Makes an operation known under a name of its own, to genotypes, transition tables, networks and costs alike, for as long
 * as the program runs. It moves by NAT's rule where a table does not list it. Throws UserError for a name that is taken.
 */
export function defineOperation(name: string, layer: OwnLayer): Primitive {
  const op = definePrimitive(name);
  OWN.set(op, layer);
  return op;
}

/** Declares such an operation. */
export function buildOwnOperation(
  b: Builder,
  name: string,
  op: Primitive,
  ends: ConvolutionEnds,
): NormalisedLayer {
  let parts = 0;
  const next = (): string => `${name}.op.${++parts}`;
  const layers: OperationLayers = {
    conv: (inputs, outputs, options) => conv(b, next(), inputs, outputs, options),
    norm: (channels) => norm(b, next(), channels),
    sequence,
  };
  return OWN.get(op)!(layers, ends);
}
