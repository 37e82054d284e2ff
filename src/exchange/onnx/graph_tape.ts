// A tape that remembers what made every tensor: an inference recording of a network on it is the network's graph,
// whatever the network is made of.
import type { Engine } from '../../../runtime/engine/engine.ts';
import { createTensor, directAllocator } from '../../core/allocator.ts';
import type { Forward, Inputs, Op } from '../../core/op.ts';
import { ANY_ADAPTER, planRecording } from '../../core/plan.ts';
import { Tape } from '../../core/tape.ts';
import type { Shape, Tensor } from '../../core/tensor.ts';
import type { Network } from '../../nn/network.ts';

/** What made a tensor. */
export type Producer =
  | {
      readonly kind: 'op';
      readonly op: Op<Inputs, string, unknown, unknown>;
      readonly inputs: Inputs;
      readonly attrs: unknown;
    }
  | { readonly kind: 'reshape'; readonly x: Tensor }
  | { readonly kind: 'zeros' };

class GraphTape extends Tape {
  readonly producers = new Map<Tensor, Producer>();

  constructor(engine: Engine) {
    const allocator = directAllocator(engine);
    super({ engine, activations: allocator, scratch: allocator, training: false, batchStatistics: false });
  }

  override clear(x: Tensor): void {
    super.clear(x);
    this.producers.set(x, { kind: 'zeros' });
  }

  override reshape(x: Tensor, shape: Shape): Tensor {
    const y = super.reshape(x, shape);
    this.producers.set(y, { kind: 'reshape', x });
    return y;
  }

  protected override forward<I extends Inputs, D extends string, A, S>(
    op: Op<I, D, A, S>,
    inputs: I,
    attrs: A,
    into: Tensor | null,
  ): Forward<S> {
    const result = super.forward(op, inputs, attrs, into);
    const plain = op as unknown as Op<Inputs, string, unknown, unknown>;
    this.producers.set(result.output, { kind: 'op', op: plain, inputs, attrs });
    return result;
  }
}

/** Images of the recording; more than one, so that the extent of the batch is not taken for another. */
export const BATCH = 2;

/** A recorded network. */
export interface RecordedNetwork {
  readonly images: Tensor;
  readonly logits: Tensor;
  /** What made every tensor but the images and the parameters. */
  readonly producers: ReadonlyMap<Tensor, Producer>;
}

/** Records a network as it is evaluated, without a device. Parameters that have no memory yet get some of a plan's. */
export function recordNetwork(network: GraphNetwork): RecordedNetwork {
  const { weights, statistics, imageChannels, imageSize } = network;
  const { input = [imageChannels, imageSize, imageSize] } = network;
  const { draft } = planRecording(ANY_ADAPTER, (engine): RecordedNetwork => {
    for (const store of [weights, statistics]) {
      if (store.parameters.some(({ tensor }) => tensor === undefined)) store.allocate(engine);
    }
    const tape = new GraphTape(engine);
    const images = createTensor(engine, 'images', [BATCH, ...input]);
    const { logits } = network.forward(tape, images);
    return { images, logits, producers: tape.producers };
  });
  return draft;
}

/** What a graph needs of a network. */
export interface GraphNetwork extends Pick<
  Network,
  'weights' | 'statistics' | 'imageChannels' | 'imageSize' | 'forward'
> {
  /** Channels, height and width of its images, where they are no squares. */
  readonly input?: Shape;
}
