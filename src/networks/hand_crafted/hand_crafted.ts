// Builds a hand-crafted network from its plan and an architecture: its own cell, or a transformed one in its place.
import { UserError } from '../../../runtime/errors.ts';
import { CELL_KINDS, type CellKind, type Genotype } from '../../arch/genotype.ts';
import { type Builder, dense } from '../../nn/layers.ts';
import type { Network, NetworkOutput, TrainingContext } from '../../nn/network.ts';
import { ParameterStore } from '../../nn/parameters.ts';
import { globalAvgPool } from '../../ops/pool/global_avg_pool.ts';
import { relu } from '../../ops/elementwise/unary.ts';
import type { Tape } from '../../core/tape.ts';
import type { Tensor } from '../../core/tensor.ts';
import { buildBlock } from './block.ts';
import { type BlockFrame, computingEdges, frameBlock } from './frame.ts';
import { activationOf, buildLayers, type NodeShape, shapeAfter } from './layers.ts';
import { placeGenotype } from './placement.ts';
import type { LayerPlan, NetworkPlan } from './plan.ts';
import { activated } from './value.ts';
import { type Value, valueOf } from '../../nn/value.ts';

export interface HandCraftedOptions {
  /** The network's own cells. */
  readonly own: Genotype;
  /** What takes their place; a cell that is the same leaves the network as its authors have it. */
  readonly genotype: Genotype;
  readonly classes: number;
  readonly imageSize: number;
  /** Of the images: 3 unless given, or 1. */
  readonly imageChannels?: number;
}

export interface HandCraftedNetwork extends Network {
  /** The shapes that the plan and the network's own cells fix, block by block. */
  readonly frames: readonly BlockFrame[];
}

/** Declares the network's parameters. Throws UserError where the architecture does not fit. */
export function buildHandCrafted(plan: NetworkPlan, options: HandCraftedOptions): HandCraftedNetwork {
  const { own, classes, imageSize, imageChannels = 3 } = options;
  checkOwnCells(plan, own);
  const genotype = placeGenotype(options.genotype, own, plan.name);
  const weights = new ParameterStore('weights', true);
  const statistics = new ParameterStore('running statistics', false);
  const b: Builder = { weights, statistics, affine: true };
  const images = { channels: imageChannels, size: imageSize };
  const stem = buildActivated(b, 'stem', plan.stem, images);
  let [before, previous] = [stem.shape, stem.shape];
  const frames = plan.blocks.map((block) => {
    const frame = frameBlock(block, own[block.kind], outputNode(own, block.kind), [before, previous]);
    [before, previous] = [previous, frame.nodes[frame.output]!];
    return frame;
  });
  const blocks = frames.map((frame, i) => buildBlock(b, `cells.${i}`, frame, genotype[frame.plan.kind]));
  const tail = buildActivated(b, 'tail', plan.tail, previous);
  const head = buildHead(b, plan.head, tail.shape, classes);

  function forward(tape: Tape, x: Tensor, context: TrainingContext = {}): NetworkOutput {
    const first = stem.run(tape, valueOf(x));
    let pair: [Value, Value] = [first, first];
    for (const block of blocks) pair = [pair[1], block(tape, pair)];
    return { logits: head(tape, tail.run(tape, pair[1]).plain(tape), context), auxiliary: null };
  }
  return { imageChannels, imageSize, classes, weights, statistics, frames, forward };
}

/** The network's own cells must have one output node, and as many computing edges as the plan has operations. */
function checkOwnCells(plan: NetworkPlan, own: Genotype): void {
  for (const kind of CELL_KINDS) {
    const blocks = plan.blocks.filter((block) => block.kind === kind);
    if (blocks.length === 0) continue;
    const [edges, operations] = [computingEdges(own[kind]), blocks[0]!.operations.length];
    const outputs = kind === 'normal' ? own.normalConcat : own.reduceConcat;
    if (edges !== operations || outputs.length !== 1) {
      throw new UserError(
        `${own.name ?? 'the architecture'} cannot stand for the blocks of ${plan.name}; its ${kind} cell has ` +
          `${edges} computing edges and ${outputs.length} output nodes, expected ${operations} and 1`,
      );
    }
  }
}

const outputNode = (own: Genotype, kind: CellKind): number =>
  (kind === 'normal' ? own.normalConcat : own.reduceConcat)[0]!;

/** Layers with the last one's activation; nothing where there are none. */
function buildActivated(
  b: Builder,
  name: string,
  plans: readonly LayerPlan[],
  input: NodeShape,
): { readonly shape: NodeShape; run(tape: Tape, value: Value): Value } {
  if (plans.length === 0) return { shape: input, run: (_, value) => value };
  const layers = buildLayers(b, name, plans, input);
  const activation = activationOf(plans.at(-1));
  return {
    shape: plans.reduce(shapeAfter, input),
    run: (tape, value) => activated(tape, layers(tape, value), activation),
  };
}

type Head = (tape: Tape, x: Tensor, context: TrainingContext) => Tensor;

function buildHead(
  b: Builder,
  { features, hidden, dropout }: NetworkPlan['head'],
  { channels, size }: NodeShape,
  classes: number,
): Head {
  const inputs = features === 'average' ? channels : channels * size * size;
  const layers = hidden.map((m, i) => dense(b, `hidden.${i}`, hidden[i - 1] ?? inputs, m));
  const classifier = dense(b, 'classifier', hidden.at(-1) ?? inputs, classes);
  return (tape, x, context) => {
    const drop = (y: Tensor): Tensor => (dropout > 0 && context.dropout?.(tape, y, dropout)) || y;
    let y =
      features === 'average' ? tape.apply(globalAvgPool, { x }) : tape.reshape(x, [x.shape[0]!, inputs]);
    layers.forEach((layer, i) => {
      y = tape.apply(relu, { x: layer(tape, i === 0 ? y : drop(y)) });
    });
    return classifier(tape, drop(y));
  };
}
