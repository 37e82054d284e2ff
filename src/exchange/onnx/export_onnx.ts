// A network as an ONNX model: its graph, with the weights inside.
import type { Tensors } from '../../io/safetensors.ts';
import { GraphBuilder, type OnnxRule } from './graph_builder.ts';
import type { GraphNetwork } from './graph_tape.ts';
import { type OnnxGraph, serializeOnnx } from './model.ts';
import { ONNX_RULES } from './rules.ts';

/** How a network is exported. */
export interface OnnxOptions {
  /** Of the graph; 'network' unless given. */
  readonly name?: string;
  /** Nodes of ops of your own, or other ones than ours: `[onnxRule(op, (graph, inputs, attrs) => ...)]`. */
  readonly rules?: Iterable<readonly [object, OnnxRule]>;
}

/** The graph of a network. Throws as `exportOnnx` does. */
export const onnxGraph = (
  network: GraphNetwork,
  tensors: Tensors,
  { name = 'network', rules = [] }: OnnxOptions = {},
): OnnxGraph => new GraphBuilder(network, tensors, new Map([...ONNX_RULES, ...rules])).build(name);

/**
 * The bytes of an ONNX file (opset 17): input `images` (N,3,H,W), output `logits` (N, classes), N free. Nothing runs: the
 * network is recorded without a device.
 * @param tensors weights and running statistics by name, as `exportParameters` reads them or a weight file holds them
 * Throws UserError where a tensor is missing or has another shape, and for an op without a rule.
 */
export const exportOnnx = (
  network: GraphNetwork,
  tensors: Tensors,
  options: OnnxOptions = {},
): Uint8Array<ArrayBuffer> => serializeOnnx(onnxGraph(network, tensors, options));
