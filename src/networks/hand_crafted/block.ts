// One block of a hand-crafted network: a cell built into its frame. An edge that keeps the operation of the network's
// own cell is what the network has there; any other operation maps the shape of its source to that of its target. A
// skip connection that the network does not have costs nothing, neither weights nor arithmetic.
import type { Cell } from '../../arch/genotype.ts';
import { convolutionLayer, type ConvolutionSpec, poolLayer } from '../operations.ts';
import { type Primitive, specOf } from '../../arch/primitives.ts';
import { type Builder, whole } from '../../nn/layers.ts';
import type { Tape } from '../../core/tape.ts';
import type { BlockFrame, EdgeFrame, NodeFrame } from './frame.ts';
import {
  buildConvNorm,
  buildLayers,
  identityLayer,
  sameShape,
  strideBetween,
  type ValueLayer,
} from './layers.ts';
import type { BlockPlan } from './plan.ts';
import { summed } from './value.ts';
import { type Value, valueOf } from '../../nn/value.ts';

/** Records the block on the outputs of the block before the previous one and of the previous one. */
export type Block = (tape: Tape, inputs: readonly [Value, Value]) => Value;

/** @param cell edges in the order of the frame's */
export function buildBlock(b: Builder, name: string, frame: BlockFrame, cell: Cell): Block {
  const { nodes, output, plan } = frame;
  const layers = frame.edges.map((edge, i) => {
    const ends = [nodes[edge.from]!, nodes[edge.to]!] as const;
    return buildEdge(b, `${name}._ops.${i}`, edge, cell[i]![0], ends, plan);
  });
  return (tape, inputs) => {
    const values: Value[] = [...inputs];
    const batch = inputs[1].x.shape[0]!;
    nodes.slice(2).forEach(({ channels, size, activation }, i) => {
      const terms = [2 * i, 2 * i + 1].flatMap((e) => {
        const layer = layers[e];
        return layer ? [layer(tape, values[frame.edges[e]!.from]!)] : [];
      });
      values.push(summed(tape, terms, activation, [batch, channels, size, size]));
    });
    return values[output]!;
  };
}

function buildEdge(
  b: Builder,
  name: string,
  { op: own, layers }: EdgeFrame,
  op: Primitive,
  [input, output]: readonly [NodeFrame, NodeFrame],
  { shortcut }: BlockPlan,
): ValueLayer | null {
  const stride = strideBetween(input, output);
  const { channels } = output;
  if (op === 'null') return null;
  if (op === own && layers.length > 0) return buildLayers(b, name, layers, input);
  if (op === 'skip_connect' && op === own && !sameShape(input, output)) {
    if (shortcut === 'none') return null;
    if (shortcut === 'projection') {
      return buildConvNorm(b, `${name}.0`, { kernel: 1, stride, inputs: input.channels, outputs: channels });
    }
  }
  if (op === 'skip_connect' || op === own) return identityLayer(input, output);
  const spec = specOf(op);
  if (spec.kind === 'max_pool' || spec.kind === 'avg_pool') {
    const pool = poolLayer(spec.kind, spec.kernel, stride);
    const match = identityLayer({ channels: input.channels, size: output.size }, output);
    return (tape, value) => match(tape, valueOf(pool(tape, value.plain(tape))));
  }
  const ends = { inputs: input.channels, outputs: channels, stride, relu: false };
  const convolution = whole(convolutionLayer(b, name, spec as ConvolutionSpec, ends));
  return (tape, value) => convolution(tape, value.plain(tape));
}
