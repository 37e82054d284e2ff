// An ONNX graph in a form that two exporters agree on: constants are initializers, nodes that do nothing in inference are
// left out, equal nodes of equal inputs are one, attributes have their defaults, and flattening is one kind of node.
import { numel } from '../../core/tensor.ts';
import type { TensorData } from '../../io/safetensors.ts';
import type { AttributeValue, OnnxGraph, OnnxNode } from './model.ts';

/** A node whose attributes can be compared. */
export interface NormalNode {
  readonly name: string;
  readonly type: string;
  /** Canonical names of values; '' for one that is left out. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A graph by its values. */
export interface NormalGraph {
  /** What makes a value; null for one that is given: an initializer or an input. */
  producer(value: string): NormalNode | null;
  initializer(value: string): TensorData | undefined;
  /** The same for values of equal structure, weights aside; of two graphs that were made with the same table. */
  signature(value: string): number;
  readonly input: string;
  readonly output: string;
}

/** Structures met so far, by their description. */
export type StructureTable = Map<string, number>;

const UNCHANGED = new Set(['Identity', 'Dropout']);

/** Attributes that hold unless given, of the nodes that we have. Those of no effect here are left out of both graphs. */
const DEFAULTS: Readonly<Record<string, (kernel: readonly number[]) => Record<string, unknown>>> = {
  Conv: (kernel) => ({ ...windows(kernel), dilations: [1, 1], group: 1 }),
  MaxPool: (kernel) => ({ ...windows(kernel), dilations: [1, 1], ceil_mode: 0, storage_order: 0 }),
  AveragePool: (kernel) => ({ ...windows(kernel), ceil_mode: 0, count_include_pad: 0 }),
  BatchNormalization: () => ({ epsilon: Math.fround(1e-5), training_mode: 0 }),
  Gemm: () => ({ alpha: 1, beta: 1, transA: 0, transB: 0 }),
  Concat: () => ({ axis: 0 }),
  Pad: () => ({ mode: 'constant' }),
};

const windows = (kernel: readonly number[]) => ({
  ...{ auto_pad: 'NOTSET', kernel_shape: kernel, strides: [1, 1], pads: [0, 0, 0, 0] },
});

const IGNORED = new Set(['momentum', 'allowzero']);

/** @param table of both graphs that are to be compared */
export function normalForm(graph: OnnxGraph, table: StructureTable): NormalGraph {
  const initializers = new Map(graph.initializers);
  const aliases = new Map<string, string>();
  const producers = new Map<string, NormalNode>();
  const known = new Map<string, string>();
  const signatures = new Map<string, number>();
  /** Whole numbers are shapes and places, single ones bounds and factors: equal ones are the same, unlike weights. */
  const share = (value: string, { dtype, shape, data }: TensorData): void => {
    if (dtype !== 'I64' && shape.length > 0) return;
    const key = `${dtype} ${shape.join()}: ${data.join()}`;
    const same = known.get(key) ?? value;
    known.set(key, same);
    if (same !== value) aliases.set(value, same);
  };
  for (const [value, tensor] of initializers) share(value, tensor);
  const canonical = (value: string): string => aliases.get(value) ?? value;
  const interned = (description: string): number => {
    const number = table.get(description) ?? table.size + 1;
    table.set(description, number);
    return number;
  };
  const signature = (value: string): number => {
    const found = signatures.get(value);
    if (found !== undefined) return found;
    const tensor = initializers.get(value);
    return interned(tensor ? `${tensor.dtype} ${tensor.shape.join()}` : value === '' ? 'nothing' : 'input');
  };

  for (const node of graph.nodes.flatMap(withoutMeans)) {
    const output = node.outputs[0] ?? '';
    const inputs = node.inputs.map(canonical);
    const { value } = node.attributes;
    if (node.type === 'Constant' && typeof value === 'object' && 'dtype' in value) {
      initializers.set(output, value);
      share(output, value);
      continue;
    }
    if (UNCHANGED.has(node.type)) {
      aliases.set(output, inputs[0] ?? '');
      continue;
    }
    const normal = sliceOf(node, inputs, initializers, producers) ?? normalNode(node, inputs, initializers);
    const key = JSON.stringify([normal.type, normal.inputs, normal.attributes]);
    const same = known.get(key);
    if (same !== undefined) {
      aliases.set(output, same);
      continue;
    }
    known.set(key, output);
    producers.set(output, normal);
    const parts = normal.inputs.map(signature);
    if (normal.type === 'Add') parts.sort((a, b) => a - b);
    const { ends: _, ...attributes } = normal.attributes;
    signatures.set(output, interned(JSON.stringify([normal.type, attributes, parts])));
  }
  return {
    producer: (value) => producers.get(value) ?? null,
    initializer: (value) => initializers.get(value),
    signature,
    input: graph.inputs.find(({ name }) => !initializers.has(name))?.name ?? '',
    output: canonical(graph.outputs[0]?.name ?? ''),
  };
}

/** The mean of every plane, by whatever name it goes: a global average pooling, and a flattening where planes are left out. */
function withoutMeans(node: OnnxNode): readonly OnnxNode[] {
  const { axes, keepdims = 1 } = node.attributes;
  const planes = Array.isArray(axes) && ['2,3', '-2,-1', '-1,-2', '3,2'].includes(axes.join());
  if (node.type !== 'ReduceMean' || !planes || node.inputs.length !== 1) return [node];
  const pooling: OnnxNode = { ...node, type: 'GlobalAveragePool', attributes: {} };
  if (keepdims === 1) return [pooling];
  const between = [`${node.outputs[0]} before flattening`];
  return [
    { ...pooling, outputs: between },
    { ...node, type: 'Flatten', inputs: between, attributes: { axis: 1 } },
  ];
}

/** A slice with its places as attributes, in order of the axes; slices of slices along other axes are one. */
function sliceOf(
  { name, type }: OnnxNode,
  [data = '', ...places]: readonly string[],
  initializers: ReadonlyMap<string, TensorData>,
  producers: ReadonlyMap<string, NormalNode>,
): NormalNode | null {
  if (type !== 'Slice') return null;
  const [starts, ends, axes, steps] = [0, 1, 2, 3].map((i) => {
    const tensor = initializers.get(places[i] ?? '');
    return tensor?.dtype === 'I64' ? Array.from(tensor.data, Number) : null;
  });
  if (!starts || !ends || starts.length !== ends.length) return null;
  const own = starts.map((start, i) => [axes?.[i] ?? i, start, steps?.[i] ?? 1, ends[i]!] as const);
  const before = producers.get(data);
  const earlier = before?.type === 'Slice' ? (before.attributes['places'] as Place[] | undefined) : undefined;
  const apart = earlier?.every(([axis]) => !own.some(([other]) => other === axis)) ? earlier : null;
  const all = [
    ...(apart ?? []).map((place, i) => [...place, (before!.attributes['ends'] as number[])[i]!] as const),
    ...own,
  ]
    .filter(([, start, step, end]) => !(start === 0 && step === 1 && end >= 2 ** 31))
    .toSorted((a, b) => a[0] - b[0]);
  const attributes = {
    places: all.map(([axis, start, step]) => [axis, start, step]),
    ends: all.map(([, , , end]) => end),
  };
  return { name, type, inputs: [apart ? before!.inputs[0]! : data], attributes };
}

/** Of a slice: axis, start and step. */
type Place = readonly [axis: number, start: number, step: number];

function normalNode(
  { name, type, attributes }: OnnxNode,
  inputs: readonly string[],
  initializers: ReadonlyMap<string, TensorData>,
): NormalNode {
  const flattens =
    (type === 'Flatten' && (attributes['axis'] ?? 1) === 1) ||
    (type === 'Reshape' && initializers.get(inputs[1] ?? '')?.data.length === 2);
  if (flattens) return { name, type: 'Flatten', inputs: inputs.slice(0, 1), attributes: {} };
  const weight = initializers.get(inputs[1] ?? '');
  const kernel = type === 'Conv' && weight ? weight.shape.slice(2) : [];
  const given = Object.entries(attributes).filter(([key]) => !IGNORED.has(key));
  const values = given.map(([key, value]) => [key, comparable(value)] as const);
  const all = { ...DEFAULTS[type]?.(kernel), ...Object.fromEntries(values) };
  const sorted = Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { name, type, inputs: withoutTrailing(inputs), attributes: sorted };
}

const comparable = (value: AttributeValue): unknown => {
  if (typeof value === 'number') return Math.fround(value);
  if (typeof value === 'object' && 'dtype' in value) return `${value.dtype} of ${numel(value.shape)}`;
  return value;
};

/** Optional inputs that are left out at the end. */
function withoutTrailing(inputs: readonly string[]): readonly string[] {
  const last = inputs.findLastIndex((input) => input !== '');
  return inputs.slice(0, last + 1);
}
