// Weights from ONNX models of other exporters: the same network under other names, with sums the other way round, with
// constants as nodes, with nodes that do nothing; and what is refused, in which words.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { exportOnnx, onnxGraph } from '../src/exchange/onnx/export_onnx.ts';
import { onnxRule } from '../src/exchange/onnx/graph_builder.ts';
import { importOnnx } from '../src/exchange/onnx/import_onnx.ts';
import { type OnnxGraph, type OnnxNode, parseOnnx, serializeOnnx } from '../src/exchange/onnx/model.ts';
import { defineOp } from '../src/core/op.ts';
import type { Recorder } from '../src/core/recorder.ts';
import type { Tensor } from '../src/core/tensor.ts';
import type { TensorData } from '../src/io/safetensors.ts';
import { cellOf, narrowNetwork, smallCellNetwork, trainedTensors } from './support/exported_networks.ts';

const build = () => smallCellNetwork(requireCell('NAT_DARTS'), 10);
const network = build();
const tensors = trainedTensors(network, 5);
const graph = onnxGraph(network, tensors);

const changed = (
  change: (node: OnnxNode) => OnnxNode | readonly OnnxNode[],
  of: OnnxGraph = graph,
): OnnxGraph => ({
  ...of,
  nodes: of.nodes.flatMap(change),
});

/** A sum whose terms are made by nodes of different types: which of two equal ones is which, the order alone says. */
const isUneven = ({ type, inputs }: OnnxNode): boolean => {
  const [a, b] = inputs.map((input) => graph.nodes.find(({ outputs }) => outputs.includes(input))?.type);
  return type === 'Add' && a !== b;
};
assert.ok(graph.nodes.filter(isUneven).length > 2);

/** Every value under another name. */
const renamed = (of: OnnxGraph): OnnxGraph => {
  const names = new Map<string, string>();
  const rename = (name: string): string => {
    if (!names.has(name)) names.set(name, `v${names.size}`);
    return names.get(name)!;
  };
  return {
    name: 'x',
    nodes: of.nodes.map((node, i) => ({
      ...node,
      name: `n${i}`,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
    })),
    initializers: new Map([...of.initializers].map(([name, tensor]) => [rename(name), tensor])),
    inputs: of.inputs.map((value) => ({ ...value, name: rename(value.name) })),
    outputs: of.outputs.map((value) => ({ ...value, name: rename(value.name) })),
  };
};

const identity = (input: string, output: string): OnnxNode => ({
  ...{ name: output, type: 'Identity', inputs: [input], outputs: [output], attributes: {} },
});

const FOREIGN: Readonly<Record<string, OnnxGraph>> = {
  'other names': renamed(graph),
  'sums the other way round': changed((node) => (isUneven(node) ? { ...node, inputs: node.inputs.toReversed() } : node)),
  'a ReLU for each reader': changed((node) => {
    const own = node.inputs.map((input) => (input.startsWith('Relu') ? `${input} for ${node.name}` : input));
    const relus = node.inputs.flatMap((input, i): OnnxNode[] => {
      if (own[i] === input) return [];
      const made = graph.nodes.find(({ outputs }) => outputs.includes(input))!;
      return [{ ...made, name: own[i]!, outputs: [own[i]!] }];
    });
    return [...relus, { ...node, inputs: own }];
  }),
  'constants as nodes, identities': {
    ...changed((node) => [
      ...node.inputs
        .filter((input) => graph.initializers.get(input)?.dtype === 'I64')
        .map((input): OnnxNode => {
          const attributes = { value: graph.initializers.get(input)! };
          return { name: input, type: 'Constant', inputs: [], outputs: [`${input} of ${node.name}`], attributes };
        }),
      identity(node.inputs[0]!, `same for ${node.name}`),
      {
        ...node,
        inputs: [`same for ${node.name}`, ...node.inputs.slice(1).map((input) => {
          return graph.initializers.get(input)?.dtype === 'I64' ? `${input} of ${node.name}` : input;
        })],
      },
    ]),
    initializers: new Map([...graph.initializers].filter(([, { dtype }]) => dtype === 'F32')),
  },
  'slices by one axis after the other': {
    ...changed((node) => {
      if (node.type !== 'Slice') return node;
      const [data, ...places] = node.inputs;
      const along = (axis: number): string[] => places.map((place) => `${place} at ${axis}`);
      const between = `${node.name} half`;
      return [
        { ...node, name: between, inputs: [data!, ...along(1)], outputs: [between] },
        { ...node, inputs: [between, ...along(0)] },
      ];
    }),
    initializers: new Map(
      [...graph.initializers].flatMap(([key, tensor]): [string, TensorData][] => {
        if (tensor.dtype !== 'I64') return [[key, tensor]];
        const half = (at: number) => ({ ...tensor, shape: [1], data: tensor.data.slice(at, at + 1) });
        return [[key, tensor], [`${key} at 0`, half(0)], [`${key} at 1`, half(1)]];
      }),
    ),
  },
  'the mean of every plane as one': changed((node) => {
    if (node.type === 'GlobalAveragePool') return [];
    if (node.type !== 'Flatten') return node;
    const pool = graph.nodes.find(({ outputs }) => outputs[0] === node.inputs[0])!;
    return { ...node, type: 'ReduceMean', inputs: pool.inputs, attributes: { axes: [2, 3], keepdims: 0 } };
  }),
  'slices to the end of all, flattening by shape': {
    ...changed((node) => {
      if (node.type === 'Slice') return { ...node, inputs: node.inputs.with(2, 'far') };
      return node.type === 'Flatten' ? { ...node, type: 'Reshape', inputs: [...node.inputs, 'flat'], attributes: {} } : node;
    }),
    initializers: new Map([
      ...graph.initializers,
      ['far', { dtype: 'I64', shape: [2], data: BigInt64Array.of(2n ** 63n - 1n, 2n ** 63n - 1n) }],
      ['flat', { dtype: 'I64', shape: [2], data: BigInt64Array.of(0n, -1n) }],
    ]),
  },
}; // prettier-ignore

for (const [name, foreign] of Object.entries(FOREIGN)) {
  test(`onnx import: ${name}`, () => {
    assert.equal(importOnnx(build(), serializeOnnx(foreign), 'x'), tensors);
  });
}

test('onnx: what is written is what is read', () => {
  assert.equal(structuredClone(parseOnnx(serializeOnnx(graph), 'x')), graph);
});

const weight = 'cells.0.preprocess0.op.1.weight';
const spoilt = (shape: readonly number[]) => {
  const initializers = new Map(graph.initializers);
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  return serializeOnnx({ ...graph, initializers: initializers.set(weight, { dtype: 'F32', shape, data }) });
};
const bytes = serializeOnnx(graph);

const REFUSED: Readonly<Record<string, readonly [Uint8Array<ArrayBuffer>, RegExp]>> = {
  'no model': [new TextEncoder().encode('hello, world'), /^x: .*the file is damaged, or none of this kind$/],
  'half a model': [bytes.slice(0, bytes.length / 2), /^x: got a length of \d+, expected 0 to \d+; the file is damaged/],
  'another cell': [
    exportOnnx(smallCellNetwork(requireCell('DARTS'), 10), trainedTensors(smallCellNetwork(requireCell('DARTS'), 10), 1)),
    /^x: input \d of node '.*' \(\w+\) is made by node '.*' \(\w+\), expected/,
  ],
  'another shape': [
    spoilt([4, 11, 1, 1]),
    /^x: input 1 of node 'cells\.0\.preprocess0\.op\.1\/Conv' \(Conv\) is tensor '.*' F32 \[4,11,1,1\], expected F32 \[4,12,1,1\] \(cells\.0\.preprocess0\.op\.1\.weight\)$/,
  ],
  'another stride': [
    serializeOnnx(changed((node) => (node.type === 'MaxPool' ? { ...node, attributes: { ...node.attributes, strides: [1, 1] } } : node))),
    /^x: strides of node 'MaxPool.*' \(MaxPool\) is \[1,1\], expected \[2,2\]$/,
  ],
  'batch norms folded into convolutions': [
    serializeOnnx(changed((node) => (node.type === 'Conv' ? { ...node, inputs: [...node.inputs, 'classifier.bias'] } : node))),
    /of 3 inputs, expected 2; it has a bias: export it without folding batch norms/,
  ],
}; // prettier-ignore

for (const [name, [model, message]] of Object.entries(REFUSED)) {
  test(`onnx import: refuses ${name}`, () => {
    try {
      importOnnx(build(), model, 'x');
    } catch (error) {
      assert.instance(error, UserError);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable();
  });
}

test('onnx import: a network of 56 layers is compared with itself, and not taken for one of 20', () => {
  const deep = () => narrowNetwork('ResNet56', 'cifar10', 16);
  const values = trainedTensors(deep(), 2);
  const model = exportOnnx(deep(), values);
  assert.equal(importOnnx(deep(), model, 'x'), values);
  assert.throws(() => importOnnx(narrowNetwork('ResNet20', 'cifar10', 16), model, 'x'), /^x: /);
});

test('onnx: missing and misshapen weights, ops without a rule, and rules of one’s own', () => {
  const { [weight]: one, ...others } = tensors;
  assert.throws(
    () => exportOnnx(build(), others),
    new RegExp(`there is no tensor '${weight}'; expected \\[4,12,1,1\\]`),
  );
  const wrong = { ...tensors, [weight]: { ...one!, shape: [12, 4, 1, 1] } } as typeof tensors;
  assert.throws(
    () => exportOnnx(build(), wrong),
    new RegExp(`tensor '${weight}' is F32 \\[12,4,1,1\\], expected F32 \\[4,12,1,1\\]`),
  );

  const halved = defineOp({
    name: 'halved',
    inputs: { x: {} },
    forward(tape: Recorder, { x }: { readonly x: Tensor }, _attrs: object, into: Tensor | null) {
      return { output: tape.output('halved', x.shape, into), saved: null };
    },
    backward: () => {},
  });
  const plain = smallCellNetwork(cellOf('conv_1x1'));
  const own: typeof plain = {
    ...plain,
    forward: (tape, images) => ({
      logits: tape.apply(halved, { x: plain.forward(tape, images).logits }),
      auxiliary: null,
    }),
  };
  const values = trainedTensors(plain, 1);
  assert.throws(() => exportOnnx(own, values), /there is no rule for op 'halved'; give one/);
  const rules = [onnxRule(halved, (g, { x }) => g.node('Mul', [g.value(x), g.scalar(0.5)]))];
  const last = onnxGraph(own, values, { rules }).nodes.at(-2)!;
  assert.is(last.type, 'Mul');
});

test.run();
