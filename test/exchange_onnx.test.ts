// ONNX models: ONNX Runtime takes them and computes the logits that the engine computes, for every operation and for
// networks of every kind, with any number of images; and the weights come back from them, and from models that other
// exporters could have made. Weights are random (seeds in the tests).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PRIMITIVE_NAMES } from '../src/arch/primitives.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { exportOnnx, onnxGraph } from '../src/exchange/onnx/export_onnx.ts';
import { importOnnx } from '../src/exchange/onnx/import_onnx.ts';
import * as layers from '../src/fit/layers.ts';
import { sequence } from '../src/fit/layer.ts';
import { inputOf, network } from '../src/fit/network.ts';
import type { Network } from '../src/nn/network.ts';
import { testEngine } from './support/device.ts';
import {
  cellOf,
  CLASSES,
  logitsOf,
  narrowNetwork,
  randomImages,
  smallCellNetwork,
  trainedTensors,
} from './support/exported_networks.ts';
import { missing } from './support/missing.ts';
import { pythonWith, runPython } from './support/python.ts';
import { onnxRuntimes } from './support/onnxruntime.ts';

const TOLERANCE = 1e-4;
const BATCH = 3;

/** What the zoo has not: other norms and activations, resizing, grey images that are no squares. */
const OWN = network(
  [1, 6, 8],
  sequence(
    ...[layers.conv(6), layers.groupNorm(2), layers.gelu(), layers.resize([9, 5]), layers.conv(4), layers.norm()],
    ...[layers.relu6(), layers.avgPool(2), layers.conv(4, { kernel: [1, 3], groups: 2 }), layers.gelu('tanh')],
    ...[layers.maxPool(3, { stride: 1, padding: 1 }), layers.flatten(), layers.dropout(0.5), layers.dense(CLASSES)],
  ),
); // prettier-ignore

const NETWORKS: Readonly<Record<string, () => Network>> = {
  ...Object.fromEntries(PRIMITIVE_NAMES.map((op) => [op, () => smallCellNetwork(cellOf(op))])),
  // images of 10, 5 and 3 pixels a side
  'skip_connect of odd images': () => smallCellNetwork(cellOf('skip_connect'), 10),
  'pools of odd images': () => smallCellNetwork(cellOf('avg_pool_2x2'), 10),
  ...Object.fromEntries(
    ['DARTS', 'NAT_DARTS', 'ENAS', 'NAONet', 'AmoebaNet'].map((name) => [
      name,
      () => smallCellNetwork(requireCell(name)),
    ]),
  ),
  'DARTS for ImageNet': () => smallCellNetwork(requireCell('DARTS'), 64, 'imagenet'),
  ResNet20: () => narrowNetwork('ResNet20', 'cifar10', 16),
  ResNet50: () => narrowNetwork('ResNet50', 'imagenet', 64),
  MobileNetV2: () => narrowNetwork('MobileNetV2', 'cifar10', 16),
  'layers of one’s own': OWN,
  VGG16: () => narrowNetwork('VGG16', 'cifar10', 32),
};

const equalBits = (a: ArrayLike<unknown>, b: ArrayLike<unknown>): boolean =>
  a.length === b.length && Array.prototype.every.call(a, (value, i) => Object.is(value, b[i]));

const folder = mkdtempSync(join(tmpdir(), 'nat-onnx-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));
const saved: string[] = [];

const runtimes = onnxRuntimes();
test('onnx: judged by ONNX Runtime as WebAssembly and as the native module', () => {
  if (runtimes.length < 2) missing('no onnxruntime-node on this machine');
});

for (const [name, build] of Object.entries(NETWORKS)) {
  test(`onnx: ${name}`, async () => {
    const network = build();
    const tensors = trainedTensors(network, 3);
    const images = randomImages(network, BATCH, 4);
    const model = exportOnnx(network, tensors, { name });
    saved.push(join(folder, `${saved.length}.onnx`));
    writeFileSync(saved.at(-1)!, model);
    const want = await logitsOf(await testEngine(), network, tensors, images);
    assert.ok(want.every((value) => Number.isFinite(value)));
    assert.ok(
      Math.max(...want) - Math.min(...want) > 0.1,
      `logits tell something: ${want.slice(0, CLASSES)}`,
    );
    const { initializers } = onnxGraph(network, tensors);
    for (const [key, { data }] of Object.entries(importOnnx(build(), model, 'x'))) {
      if (initializers.has(key)) assert.ok(equalBits(data, tensors[key]!.data), `${key} comes back`);
    }
    for (const runtime of runtimes) {
      for (const batch of [BATCH, 1]) {
        const some = images.slice(0, (batch * images.length) / BATCH);
        const { data, dims } = await runtime.logits(model, some, inputOf(network));
        assert.equal([...dims], [batch, CLASSES], runtime.name);
        const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - want[i]!)), 0);
        assert.ok(worst <= TOLERANCE, `${runtime.name}: logits differ by ${worst}`);
      }
    }
  });
}

test("onnx: ONNX's own checker finds nothing, shapes included", () => {
  const python = pythonWith('onnx');
  if (!python) return missing('no checker of ONNX on this machine');
  const script =
    'import sys, onnx\nfor name in sys.argv[1:]: onnx.checker.check_model(onnx.load(name), full_check=True)';
  assert.is(saved.length, Object.keys(NETWORKS).length);
  runPython(python, script, saved);
});

test('onnx: the weights are in the model, each once, under the names of weight files; nothing else of that size is', () => {
  const network = smallCellNetwork(requireCell('DARTS'));
  const tensors = trainedTensors(network, 3);
  const { initializers } = onnxGraph(network, tensors);
  const floats = [...initializers].filter(([, { dtype, shape }]) => dtype === 'F32' && shape.length > 0);
  assert.equal(floats.map(([key]) => key).sort(), Object.keys(tensors).sort());
  for (const [key, { data }] of floats) assert.equal(data, tensors[key]!.data);
});

test.run();
