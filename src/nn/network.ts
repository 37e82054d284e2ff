// What every network here is, whether its cells were found by search or its blocks designed by hand: parameters
// under names, and a forward pass that can be recorded.
import { Tape, type TapeOptions } from '../core/tape.ts';
import type { Tensor } from '../core/tensor.ts';
import type { ParameterStore } from './parameters.ts';

/** What a training step does to the network besides running it. */
export interface TrainingContext {
  /** Drops whole images of a path: called on the result of every edge but identities and null ones, as in DARTS. */
  dropPath?(tape: Tape, x: Tensor): Tensor;
  /** Drops single features of (N,K) before a linear layer, each with the given probability, and scales the others up. */
  dropout?(tape: Tape, x: Tensor, probability: number): Tensor;
}

/** What a network says of its images. */
export interface NetworkOutput {
  /** (N, classes). */
  readonly logits: Tensor;
  /** Those of the auxiliary head, or null where the network has none. */
  readonly auxiliary: Tensor | null;
}

/** A network that can be recorded: its weights, and its forward pass. */
export interface Network {
  /** Of the images that it takes: 3, or 1 for grey ones. */
  readonly imageChannels: number;
  /** Their height and width. */
  readonly imageSize: number;
  readonly classes: number;
  /** The tape for a training step on images (N,C,H,W), where that is not always a plain one. */
  trainingTape?(images: Tensor, options: TapeOptions): Tape;
  readonly weights: ParameterStore<true>;
  /** Running means and variances. */
  readonly statistics: ParameterStore<false>;
  /** Records the network on images (N,imageChannels,imageSize,imageSize). */
  forward(tape: Tape, images: Tensor, context?: TrainingContext): NetworkOutput;
}

/** The tape for a network's training step on these images. */
export const trainingTape = (network: Network, images: Tensor, options: TapeOptions): Tape =>
  network.trainingTape?.(images, options) ?? new Tape(options);
