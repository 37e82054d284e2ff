// What networks of one's own are made of. A layer takes features and gives features; it is called whenever a network is
// recorded, and declares its parameters at the first call, when it sees what it is given: so nobody writes input sizes.
import { ShapeError } from '../../runtime/errors.ts';
import type { Tape } from '../core/tape.ts';
import type { Shape, Tensor } from '../core/tensor.ts';
import type { Builder } from '../nn/layers.ts';
import type { TrainingContext } from '../nn/network.ts';
import type { Init } from '../nn/parameters.ts';
import { type Value, valueOf } from '../nn/value.ts';
import type { Declarations } from './declarations.ts';

/** From features to features. Any function of this form is a layer, too: what it calls gets weights of its own. */
export type Layer = (x: Features) => Features;

/** Images or vectors inside a network that is being recorded. */
export class Features {
  constructor(
    readonly tape: Tape,
    readonly value: Value,
    /** Where the layers that are called on them find their parameters. */
    readonly scope: Scope,
  ) {}

  /** (N,C,H,W) or (N,K). */
  get shape(): Shape {
    return this.value.shape;
  }

  /** The tensor, with batch norm and ReLU applied where they are pending. */
  tensor(): Tensor {
    return this.value.plain(this.tape);
  }

  /** Other features of the same recording. */
  with(x: Tensor, relu = false): Features {
    return this.of(valueOf(x, relu));
  }

  /** The same with what is pending on them. */
  of(value: Value): Features {
    return new Features(this.tape, value, this.scope);
  }

  /** The same for the layers of another scope. */
  within(scope: Scope): Features {
    return new Features(this.tape, this.value, scope);
  }
}

/** A place in a network: names of parameters begin with it. */
export class Scope {
  private called = 0;

  constructor(
    private readonly declarations: Declarations,
    private readonly parent: string,
    private readonly part: string,
    /** What a training step does besides; empty in evaluation. */
    readonly training: TrainingContext,
    /** Whether a batch norm comes next. */
    readonly normalised = false,
  ) {}

  /** '3.0', or '' for the network as a whole. */
  get name(): string {
    return this.parent === '' ? this.part : `${this.parent}.${this.part}`;
  }

  inside(part: string, normalised = false): Scope {
    return new Scope(this.declarations, this.name, part, this.training, normalised);
  }

  /** The same place under another name. */
  renamed(part: string): Scope {
    return new Scope(this.declarations, this.parent, part, this.training, this.normalised);
  }

  /** The place of the next layer that a function calls: they are numbered. */
  next(): Scope {
    return this.inside(String(this.called++));
  }

  /** What `declare` makes in the first recording; the same in all others. */
  once<T>(x: Features, declare: (b: Builder) => T): T {
    return this.declarations.once(this.name, x.tape.engine, declare);
  }

  /** A weight of this place: declared in the first recording, found in all others. */
  parameter(x: Features, name: string, shape: Shape, init: Init): Tensor {
    return this.declarations.once(`${this.name}.${name}`, x.tape.engine, ({ weights }) =>
      weights.declare(`${this.name}.${name}`, shape, init),
    ).tensor;
  }
}

type Body = (x: Features, scope: Scope) => Features;

interface Kind {
  readonly kind: string;
  readonly body: Body;
}

/** What of layers is known besides how they are called: where it is missing, a layer is somebody's function. */
const kinds = new WeakMap<Layer, Kind>();

/** Makes a layer. @param kind what errors call it */
export function makeLayer(kind: string, body: Body): Layer {
  const layer: Layer = (x) => callIn(layer, x, x.scope.next());
  kinds.set(layer, { kind, body });
  return layer;
}

/** Calls a layer in a place of its own; the result belongs where `x` does. */
function callIn(layer: Layer, x: Features, scope: Scope): Features {
  const known = kinds.get(layer);
  try {
    return (known ? known.body(x, scope) : layer(x.within(scope))).within(x.scope);
  } catch (error) {
    throw refusedBy(error, scope.name, known?.kind ?? 'function');
  }
}

/** How the message of an error begins that names a layer. */
const NETWORK = 'network: ';

/** What an op refuses is the doing of whoever put the layers together: the innermost layer is named. */
function refusedBy(error: unknown, name: string, kind: string): unknown {
  if (!(error instanceof ShapeError) || error.message.startsWith(NETWORK)) return error;
  const where = name === '' ? '' : `layer ${name} (${kind}): `;
  return new ShapeError(`${NETWORK}${where}${error.message}`, { cause: error });
}

/**
 * Layers one after the other. Their parameters are called as those of torch.nn.Sequential: '0.weight' is the weight of
 * the first layer.
 */
export function sequence(...layers: readonly Layer[]): Layer {
  return makeLayer('sequence', (x, scope) =>
    layers.reduce((features, layer, i) => {
      const next = layers[i + 1];
      const normalised = next !== undefined && kinds.get(next)?.kind === 'norm';
      return callIn(layer, features, scope.inside(String(i), normalised));
    }, x),
  );
}

/** A layer whose parameters have a name instead of a number: named('stem', conv(16)) has 'stem.weight'. */
export const named = (name: string, layer: Layer): Layer =>
  makeLayer('named', (x, scope) => callIn(layer, x, scope.renamed(name)));

/** Declares a weight at the first recording and finds it at every other: its name, shape and first values. */
export type ParameterOf = (name: string, shape: Shape, init: Init) => Tensor;

/**
 * A layer from ops: `record` gets the tape, the tensor (N,...) that the layer is applied to, and a function that gives
 * it weights of its own.
 */
export const layer = (record: (tape: Tape, x: Tensor, parameter: ParameterOf) => Tensor): Layer =>
  makeLayer('layer', (x, scope) =>
    x.with(record(x.tape, x.tensor(), (name, shape, init) => scope.parameter(x, name, shape, init))),
  );

/** Calls the layer that is a whole network. */
export function callWhole(whole: Layer, x: Features): Features {
  const kind = kinds.get(whole)?.kind;
  return callIn(whole, x, kind === 'sequence' || kind === undefined ? x.scope : x.scope.next());
}
