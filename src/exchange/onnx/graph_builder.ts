// Makes the ONNX graph of a recorded network, from the logits back: each tensor's nodes are added when it is first
// read, so nodes come in an order in which they can run, and what nobody reads is left out.
import { UserError } from '../../../runtime/errors.ts';
import type { Inputs, Op } from '../../core/op.ts';
import { numel, showShape, type Tensor } from '../../core/tensor.ts';
import type { TensorData, Tensors } from '../../io/safetensors.ts';
import type { Parameter, ParameterPart } from '../../nn/parameters.ts';
import { BATCH, type GraphNetwork, type RecordedNetwork, recordNetwork } from './graph_tape.ts';
import type { AttributeValue, OnnxGraph, OnnxNode } from './model.ts';

/** The nodes of an op: adds them to the graph, and returns the name of the op's output. */
export type OnnxRule<I = Inputs, A = unknown> = (
  graph: GraphBuilder,
  inputs: I,
  attrs: A,
  output: Tensor,
) => string;

/** An op and its nodes, whose types the compiler compares. */
export const onnxRule = <I extends Inputs, D extends string, A, S>(
  op: Op<I, D, A, S>,
  rule: OnnxRule<I, A>,
): readonly [object, OnnxRule] => [op, rule as OnnxRule];

const IMAGES = 'images';
const LOGITS = 'logits';

/** The graph as rules see it: they ask for the names of the values that they read, and add nodes. */
export class GraphBuilder {
  private readonly nodes: OnnxNode[] = [];
  private readonly initializers = new Map<string, TensorData>();
  private readonly names = new Set<string>([IMAGES, LOGITS]);
  /** Tensors that have nodes. */
  private readonly values = new Map<Tensor, string>();
  private readonly parameters: ReadonlyMap<Tensor, Parameter>;
  private readonly rectified = new Map<string, string>();
  private readonly recorded: RecordedNetwork;

  /** @param tensors the values of parameters by the names of their parts, as in weight files */
  constructor(
    { weights, statistics, ...network }: GraphNetwork,
    private readonly tensors: Tensors,
    private readonly rules: ReadonlyMap<object, OnnxRule>,
  ) {
    this.recorded = recordNetwork({ ...network, weights, statistics });
    this.parameters = new Map([...weights.parameters, ...statistics.parameters].map((p) => [p.tensor, p]));
  }

  /** The whole graph. Throws UserError for an op that has no rule, or a parameter without values. */
  build(name: string): OnnxGraph {
    const { images, logits } = this.recorded;
    this.values.set(images, IMAGES);
    const last = this.value(logits);
    this.nodes.push({ name: LOGITS, type: 'Identity', inputs: [last], outputs: [LOGITS], attributes: {} });
    return {
      name,
      nodes: this.nodes,
      initializers: this.initializers,
      inputs: [{ name: IMAGES, shape: ['N', ...images.shape.slice(1)] }],
      outputs: [{ name: LOGITS, shape: ['N', ...logits.shape.slice(1)] }],
    };
  }

  /** The name of a tensor's value; the nodes that make it are added if nobody has read it yet. */
  value(x: Tensor): string {
    const known = this.values.get(x);
    if (known !== undefined) return known;
    const name = this.make(x);
    this.values.set(x, name);
    return name;
  }

  private make(x: Tensor): string {
    const parameter = this.parameters.get(x);
    if (parameter) return this.parameter(x);
    const producer = this.recorded.producers.get(x);
    switch (producer?.kind) {
      case 'op': {
        const rule = this.rules.get(producer.op);
        if (!rule)
          throw new UserError(`ONNX: there is no rule for op '${producer.op.name}'; give one (onnxRule)`);
        return rule(this, producer.inputs, producer.attrs, x);
      }
      case 'reshape':
        return this.reshape(producer.x, x);
      case 'zeros':
        return this.node('ConstantOfShape', [this.shapeOf(x)]);
      case undefined:
        throw new UserError(
          `ONNX: a tensor of shape ${showShape(x.shape)} is made by no op of the recording`,
        );
    }
  }

  /** Adds a node with one output; returns its name. @param near what it is called after: a parameter, say */
  node(
    type: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    near = '',
  ): string {
    const name = this.unique(near === '' ? type : `${near}/${type}`);
    this.nodes.push({ name, type, inputs, outputs: [name], attributes });
    return name;
  }

  /** A tensor that is part of the model. */
  constant(name: string, tensor: TensorData): string {
    const unique = this.unique(name);
    this.initializers.set(unique, tensor);
    return unique;
  }

  /** Whole numbers as a vector: shapes, starts, pads. */
  whole(values: readonly number[]): string {
    const name = `[${values.join(',')}]`;
    if (!this.initializers.has(name)) {
      const data = BigInt64Array.from(values, (value) => BigInt(value));
      this.initializers.set(name, { dtype: 'I64', shape: [values.length], data });
    }
    return name;
  }

  /** A number. */
  scalar(value: number): string {
    const name = String(value);
    if (!this.initializers.has(name)) {
      this.initializers.set(name, { dtype: 'F32', shape: [], data: Float32Array.of(value) });
    }
    return name;
  }

  /** A parameter of the network, under the name that weight files have for it. */
  parameter(x: Tensor): string {
    const { parts, name } = this.parameterOf(x);
    if (parts.length !== 1) throw new Error(`internal: ${name} has ${parts.length} parts`);
    return this.part(parts[0]!);
  }

  /** What stands in front of '.weight' in a parameter's name. */
  nameOf(x: Tensor): string {
    return this.parameterOf(x).name.replace(/\.\w+$/, '');
  }

  parameterOf(x: Tensor): Parameter {
    const parameter = this.parameters.get(x);
    if (!parameter)
      throw new UserError(`ONNX: a weight of shape ${showShape(x.shape)} is no parameter of the network`);
    return parameter;
  }

  /** A part of a parameter. Throws UserError where its values are missing or have another shape. */
  part({ name, shape }: ParameterPart): string {
    if (this.initializers.has(name)) return name;
    const found = this.tensors[name];
    if (!found) throw new UserError(`ONNX: there is no tensor '${name}'; expected ${showShape(shape)}`);
    if (found.dtype !== 'F32' || showShape(found.shape) !== showShape(shape)) {
      const got = `${found.dtype} ${showShape(found.shape)}`;
      throw new UserError(`ONNX: tensor '${name}' is ${got}, expected F32 ${showShape(shape)}`);
    }
    this.names.add(name);
    this.initializers.set(name, found);
    return name;
  }

  /** The ReLU of a value: one node, however many read it. */
  relu(value: string): string {
    const known = this.rectified.get(value);
    if (known !== undefined) return known;
    const name = this.node('Relu', [value]);
    this.rectified.set(value, name);
    return name;
  }

  private reshape(x: Tensor, y: Tensor): string {
    if (x.shape[0] !== BATCH || y.shape[0] !== BATCH) {
      throw new UserError(
        `ONNX: reshape, got ${showShape(x.shape)} to ${showShape(y.shape)}, expected images to stay in the first place`,
      );
    }
    // 0: as many as there are
    return this.node('Reshape', [this.value(x), this.whole([0, ...y.shape.slice(1)])]);
  }

  /** The shape of a tensor of as many images as there are. */
  shapeOf(x: Tensor): string {
    const images = this.node('Shape', [IMAGES], { start: 0, end: 1 });
    return this.node('Concat', [images, this.whole(x.shape.slice(1))], { axis: 0 });
  }

  private unique(name: string): string {
    let unique = name;
    for (let k = 2; this.names.has(unique); k++) unique = `${name}_${k}`;
    this.names.add(unique);
    return unique;
  }
}

/** Elements of all initializers, for reports. */
export const weightCount = ({ initializers }: OnnxGraph): number =>
  [...initializers.values()].reduce((sum, { dtype, shape }) => sum + (dtype === 'F32' ? numel(shape) : 0), 0);
