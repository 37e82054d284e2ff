// ONNX models: a graph of nodes as the rest of this folder sees it, and the file form, protocol buffers of onnx.proto.
// Fields that nothing here needs are left out of the tables.
import { UserError } from '../../../runtime/errors.ts';
import { elementCount, type TensorData } from '../../io/safetensors.ts';
import { decodeMessage, encodeMessage, many, type Message, one } from '../protobuf.ts';

/** Version of the operators: the oldest with everything that is used, so that many programs can read the files. */
export const OPSET = 17;
const IR_VERSION = 8;

/** What an attribute of a node holds. */
export type AttributeValue = number | readonly number[] | string | TensorData;

/** One operator, by its ONNX name. */
export interface OnnxNode {
  readonly name: string;
  readonly type: string;
  /** Names of values; '' for an optional one that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Numbers are whole ones, and lists of them, unless `floats` names them. */
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** An input or output of a graph. */
export interface OnnxValue {
  readonly name: string;
  /** A name stands for an extent that is free. */
  readonly shape: readonly (number | string)[];
}

/** Nodes in an order in which they can run; every value has one name. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, TensorData>;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const FLOAT = 1;
const INT64 = 7;
/** AttributeProto.AttributeType. */
const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, ints: 7 } as const;

const TENSOR = {
  dims: many(1, 'int'),
  dataType: one(2, 'int'),
  floatData: many(4, 'float'),
  int64Data: many(7, 'int'),
  name: one(8, 'string'),
  rawData: one(9, 'bytes'),
  dataLocation: one(14, 'int'),
};
const ATTRIBUTE_FIELDS = {
  name: one(1, 'string'),
  f: one(2, 'float'),
  i: one(3, 'int'),
  s: one(4, 'bytes'),
  t: one(5, TENSOR),
  ints: many(8, 'int'),
  type: one(20, 'int'),
};
const NODE = {
  input: many(1, 'string'),
  output: many(2, 'string'),
  name: one(3, 'string'),
  opType: one(4, 'string'),
  attribute: many(5, ATTRIBUTE_FIELDS),
  domain: one(7, 'string'),
};
const DIMENSION = { value: one(1, 'int'), param: one(2, 'string') };
const SHAPE = { dim: many(1, DIMENSION) };
const TENSOR_TYPE = { elemType: one(1, 'int'), shape: one(2, SHAPE) };
const VALUE_INFO = { name: one(1, 'string'), type: one(2, { tensorType: one(1, TENSOR_TYPE) }) };
const GRAPH = {
  node: many(1, NODE),
  name: one(2, 'string'),
  initializer: many(5, TENSOR),
  input: many(11, VALUE_INFO),
  output: many(12, VALUE_INFO),
};
const MODEL = {
  irVersion: one(1, 'int'),
  producerName: one(2, 'string'),
  producerVersion: one(3, 'string'),
  graph: one(7, GRAPH),
  opsetImport: many(8, { domain: one(1, 'string'), version: one(2, 'int') }),
  metadata: many(14, { key: one(1, 'string'), value: one(2, 'string') }),
};

function encodeTensor(name: string, { dtype, shape, data }: TensorData): Message<typeof TENSOR> {
  if (dtype !== 'F32' && dtype !== 'I64')
    throw new Error(`internal: ${name} is ${dtype}, expected F32 or I64`);
  const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { dims: shape, dataType: dtype === 'F32' ? FLOAT : INT64, name, rawData };
}

/** Attributes that are no whole numbers. */
const FLOATS = new Set(['epsilon', 'alpha', 'beta', 'momentum']);

function encodeAttribute(name: string, value: AttributeValue): Message<typeof ATTRIBUTE_FIELDS> {
  if (typeof value === 'string') return { name, s: new TextEncoder().encode(value), type: ATTRIBUTE.string };
  if (typeof value === 'number') {
    return FLOATS.has(name)
      ? { name, f: value, type: ATTRIBUTE.float }
      : { name, i: value, type: ATTRIBUTE.int };
  }
  if ('dtype' in value) return { name, t: encodeTensor('', value), type: ATTRIBUTE.tensor };
  return { name, ints: value, type: ATTRIBUTE.ints };
}

const encodeValue = ({ name, shape }: OnnxValue): Message<typeof VALUE_INFO> => ({
  name,
  type: {
    tensorType: {
      elemType: FLOAT,
      shape: {
        dim: shape.map((extent) => (typeof extent === 'string' ? { param: extent } : { value: extent })),
      },
    },
  },
});

/** The bytes of a model file. Equal arguments give equal bytes. */
export const serializeOnnx = (
  { name, nodes, initializers, inputs, outputs }: OnnxGraph,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> =>
  encodeMessage(MODEL, {
    irVersion: IR_VERSION,
    producerName: 'nat-webgpu',
    graph: {
      node: nodes.map((node) => ({
        input: node.inputs,
        output: node.outputs,
        name: node.name,
        opType: node.type,
        attribute: Object.entries(node.attributes).map(([key, value]) => encodeAttribute(key, value)),
      })),
      name,
      initializer: [...initializers].map(([key, tensor]) => encodeTensor(key, tensor)),
      input: inputs.map(encodeValue),
      output: outputs.map(encodeValue),
    },
    opsetImport: [{ domain: '', version: OPSET }],
    metadata: Object.entries(metadata).map(([key, value]) => ({ key, value })),
  });

/**
 * Reads a model file; tensors of other types than float and int64 are left out. `label` opens every error.
 * Throws UserError for what is no model, or has tensors whose bytes do not fit their shape.
 */
export function parseOnnx(bytes: Uint8Array<ArrayBuffer>, label: string): OnnxGraph {
  const { graph, opsetImport } = decodeMessage(MODEL, bytes, label);
  if (!graph || !opsetImport)
    throw new UserError(`${label}: no ONNX model; expected a graph and a version of operators`);
  const initializers = new Map<string, TensorData>();
  for (const tensor of graph.initializer ?? []) {
    const found = decodeTensor(tensor, `${label}: tensor '${tensor.name ?? ''}'`);
    if (found) initializers.set(tensor.name ?? '', found);
  }
  return {
    name: graph.name ?? '',
    nodes: (graph.node ?? []).map((node, i) => ({
      name: node.name || `${node.opType ?? 'node'} ${i}`,
      type: node.opType ?? '',
      inputs: node.input ?? [],
      outputs: node.output ?? [],
      attributes: decodeAttributes(node.attribute ?? [], `${label}: node '${node.name ?? i}'`),
    })),
    initializers,
    inputs: (graph.input ?? []).map(decodeValue),
    outputs: (graph.output ?? []).map(decodeValue),
  };
}

function decodeAttributes(
  attributes: readonly Message<typeof ATTRIBUTE_FIELDS>[],
  label: string,
): Record<string, AttributeValue> {
  const values: Record<string, AttributeValue> = Object.create(null);
  for (const { name = '', f, i, s, t, ints, type } of attributes) {
    const tensor = t && decodeTensor(t, `${label}: ${name}`);
    if (tensor) values[name] = tensor;
    else if (type === ATTRIBUTE.float) values[name] = f ?? 0;
    else if (type === ATTRIBUTE.int) values[name] = i ?? 0;
    else if (type === ATTRIBUTE.ints) values[name] = ints ?? [];
    else if (type === ATTRIBUTE.string) values[name] = new TextDecoder().decode(s);
  }
  return values;
}

const decodeValue = ({ name = '', type }: Message<typeof VALUE_INFO>): OnnxValue => ({
  name,
  shape: (type?.tensorType?.shape?.dim ?? []).map(({ value, param }) => param ?? value ?? '?'),
});

function decodeTensor(tensor: Message<typeof TENSOR>, label: string): TensorData | null {
  const { dims: shape = [], dataType, floatData = [], int64Data = [], rawData, dataLocation } = tensor;
  if (dataType !== FLOAT && dataType !== INT64) return null;
  if (dataLocation)
    throw new UserError(`${label} lies in another file; expected a model with its weights inside`);
  const size = dataType === FLOAT ? 4 : 8;
  const count = shape.every((extent) => extent >= 0) ? elementCount(shape) : NaN;
  const found = rawData ? rawData.length / size : dataType === FLOAT ? floatData.length : int64Data.length;
  if (found !== count) {
    throw new UserError(
      `${label}: got ${found} values, expected those of shape [${shape.slice(0, 9).join(',')}]`,
    );
  }
  if (dataType === FLOAT) {
    const data = rawData ? new Float32Array(rawData.slice().buffer) : Float32Array.from(floatData);
    return { dtype: 'F32', shape, data };
  }
  const whole = (value: number): bigint => (Number.isSafeInteger(value) ? BigInt(value) : 2n ** 63n - 1n);
  const data = rawData ? new BigInt64Array(rawData.slice().buffer) : BigInt64Array.from(int64Data, whole);
  return { dtype: 'I64', shape, data };
}
