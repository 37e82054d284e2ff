// Networks of one's own: layers over images of one size, as what everything here trains and evaluates.
import { UserError } from '../../runtime/errors.ts';
import { createTensor, directAllocator } from '../core/allocator.ts';
import { ANY_ADAPTER, planRecording } from '../core/plan.ts';
import { Tape } from '../core/tape.ts';
import { type Shape, showShape, type Tensor } from '../core/tensor.ts';
import type { Network, TrainingContext } from '../nn/network.ts';
import { valueOf } from '../nn/value.ts';
import { Declarations } from './declarations.ts';
import { callWhole, Features, type Layer, Scope } from './layer.ts';

/** Channels, height and width of images. */
export type ImageShape = readonly [channels: number, height: number, width: number];

/** Makes a network anew, without memory yet: every model has one of its own. */
export type NetworkBuilder = () => Network;

/** A network that says itself which images it takes. */
interface LayeredNetwork extends Network {
  readonly input: ImageShape;
}

/** The images that a network takes. */
export const inputOf = (network: Network & { readonly input?: ImageShape }): ImageShape =>
  network.input ?? [network.imageChannels, network.imageSize, network.imageSize];

/**
 * A network of layers over images of the shape `input`: (N,C,H,W) -> logits (N,classes). Throws UserError that names the
 * layer where two do not fit together, or where the last one does not give one value for each class.
 */
export function network(input: ImageShape, whole: Layer): NetworkBuilder {
  if (input.length !== 3 || !input.every((extent) => Number.isInteger(extent) && extent > 0)) {
    throw new UserError(
      `network: got images of shape ${showShape(input)}, expected channels, height and width`,
    );
  }
  const build = (): LayeredNetwork => declare(input, whole);
  build();
  return build;
}

function declare(input: ImageShape, whole: Layer): LayeredNetwork {
  const declarations = new Declarations();
  const run = (tape: Tape, images: Tensor, training: TrainingContext = {}): Tensor =>
    callWhole(whole, new Features(tape, valueOf(images), new Scope(declarations, '', '', training))).tensor();
  const output = shapeOf((tape, images) => run(tape, images), input);
  declarations.close();
  const [, classes] = output;
  if (output.length !== 2) {
    throw new UserError(
      `network: the last layer gives images of ${showShape(output.slice(1))}, expected one value for each class; end with dense(classes)`,
    );
  }
  const [channels, height] = input;
  return {
    ...{ input, imageChannels: channels, imageSize: height, classes: classes! },
    weights: declarations.weights,
    statistics: declarations.statistics,
    forward: (tape, images, context) => ({ logits: run(tape, images, context), auxiliary: null }),
  };
}

/** Records on an engine that only counts; the shape of the result for one image. */
function shapeOf(record: (tape: Tape, images: Tensor) => Tensor, input: ImageShape): Shape {
  const { draft } = planRecording(ANY_ADAPTER, (engine) => {
    const memory = directAllocator(engine);
    const tape = new Tape({ engine, activations: memory, scratch: memory, training: false });
    return record(tape, createTensor(engine, 'images', [1, ...input])).shape;
  });
  return draft;
}
