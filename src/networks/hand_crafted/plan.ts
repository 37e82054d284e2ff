// A hand-crafted network as data: what stands before its blocks, the blocks, and what follows them. The blocks are
// instances of a cell of the zoo (section 4.2 of the paper), so that a transformed cell can take their place.
import type { CellKind } from '../../arch/genotype.ts';
import type { SettingName } from '../macro_setting.ts';

export type Activation = 'relu' | 'relu6';

/** A layer as the network's authors have it: a convolution with batch norm and, perhaps, an activation; or a pooling. */
export type LayerPlan =
  | {
      readonly op: 'conv';
      readonly kernel: number;
      /** Output channels; 'same' is a depthwise convolution. */
      readonly channels: number | 'same';
      readonly stride?: number;
      readonly activation?: Activation;
    }
  | { readonly op: 'max_pool'; readonly kernel: number; readonly stride: number };

export interface BlockPlan {
  /** Which cell of the genotype it is an instance of: 'reduce' where it halves the image. */
  readonly kind: CellKind;
  /**
   * What the cell's computing operations stand for here, in the order of its edges: layers, one after the other.
   * None means that the network has nothing there, and the edge hands its input on.
   */
  readonly operations: readonly (readonly LayerPlan[])[];
  /**
   * What the cell's skip connections stand for between nodes of different shapes: the identity shortcut (every other
   * pixel, new channels zero), a 1x1 convolution with batch norm, or no connection at all.
   */
  readonly shortcut: 'identity' | 'projection' | 'none';
  /** Activation of the block's output. */
  readonly activation?: Activation;
}

export interface NetworkPlan {
  readonly name: string;
  readonly setting: SettingName;
  /** The cell of the zoo that its blocks are: the one that the published transformations start from. */
  readonly cell: string;
  /** Cells that are the same blocks as other graphs; no two of a network's cells have one graph. */
  readonly otherGraphs: readonly string[];
  readonly stem: readonly LayerPlan[];
  readonly blocks: readonly BlockPlan[];
  /** Between the last block and the pooling. */
  readonly tail: readonly LayerPlan[];
  readonly head: {
    /** The mean of each channel, or all pixels of all channels. */
    readonly features: 'average' | 'flatten';
    /** Sizes of fully connected layers with ReLU before the classifier. */
    readonly hidden: readonly number[];
    /** Probability of dropping an input of the classifier, and of hidden layers after the first. */
    readonly dropout: number;
  };
}

/** A KxK convolution with batch norm. */
export const convPlan = (
  kernel: number,
  channels: number | 'same',
  activation: Activation | null = null,
  stride = 1,
): LayerPlan => ({ op: 'conv', kernel, channels, stride, ...(activation ? { activation } : {}) });
