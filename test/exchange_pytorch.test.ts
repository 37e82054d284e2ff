// The Python files of cell networks: Python compiles them, and where there is PyTorch, it computes the engine's logits by
// running statistics, and the engine's gradients of a training step, in float64. Weights are random (seeds below).
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Genotype } from '../src/arch/genotype.ts';
import { type Primitive, PRIMITIVE_NAMES } from '../src/arch/primitives.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { Tape } from '../src/core/tape.ts';
import { upload } from '../src/core/transfer.ts';
import { importOnnx } from '../src/exchange/onnx/import_onnx.ts';
import { torchModule } from '../src/exchange/torch/module.ts';
import { serializeSafetensors, type TensorData } from '../src/io/safetensors.ts';
import { buildCellNetwork, type CellNetwork } from '../src/networks/cell_network.ts';
import { exportParameters } from '../src/nn/weight_files.ts';
import { crossEntropy } from '../src/ops/loss/cross_entropy.ts';
import { testEngine } from './support/device.ts';
import { requireBlueprint } from '../src/networks/registry.ts';
import { fromTorch, toTorch } from '../src/exchange/torch/weights.ts';
import {
  cellOf,
  CLASSES,
  logitsOf,
  narrowNetwork,
  randomImages,
  trainedTensors,
} from './support/exported_networks.ts';
import { missing } from './support/missing.ts';
import { near } from './support/near.ts';
import { pythonWith, runPython } from './support/python.ts';

const BATCH = 4;
const SIZES = { channels: 4, layers: 3, classes: CLASSES };
const cellNetwork = (name: string, genotype = requireCell(name)): CellNetwork =>
  buildCellNetwork({ genotype, ...SIZES, imageSize: 8, auxiliary: false });

/** All operations, four at a time; the last four share some with those before. */
const FOURS = Array.from({ length: Math.ceil(PRIMITIVE_NAMES.length / 4) }, (_, i) => {
  const at = Math.min(4 * i, PRIMITIVE_NAMES.length - 4);
  return PRIMITIVE_NAMES.slice(at, at + 4);
});

/** A cell that has each of them on an edge of stride 2 where it reduces, and on one of stride 1. */
function cellOfFour(ops: readonly Primitive[]): Genotype {
  const [a, b, c, d] = ops as [Primitive, Primitive, Primitive, Primitive];
  const cell = [[a, 0, 2], [b, 1, 2], [c, 0, 3], [d, 1, 3], [a, 2, 4], [b, 3, 4], [c, 2, 5], [d, 3, 5]] as const; // prettier-ignore
  return { normal: cell, normalConcat: [2, 3, 4, 5], reduce: cell, reduceConcat: [2, 3, 4, 5] };
}

interface Case {
  readonly network: CellNetwork;
  readonly batch: number;
}

const CASES: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(
    FOURS.map((ops) => [ops.join(', '), { network: cellNetwork('', cellOfFour(ops)), batch: BATCH }]),
  ),
  'a node of zeros': { network: cellNetwork('', cellOf('null')), batch: BATCH },
  ...Object.fromEntries(
    ['DARTS', 'ENAS', 'NAONet', 'AmoebaNet'].map((name) => [
      name,
      { network: cellNetwork(name), batch: BATCH },
    ]),
  ),
  'odd sizes of grey images': {
    network: buildCellNetwork({
      ...{ genotype: requireCell('NAT_DARTS'), ...SIZES, imageSize: 10, imageChannels: 1, auxiliary: false },
    }),
    batch: BATCH,
  },
  'ImageNet': {
    network: buildCellNetwork({
      ...{ genotype: requireCell('DARTS'), setting: 'imagenet', ...SIZES, imageSize: 64, auxiliary: false },
    }),
    batch: BATCH,
  },
  // fewer images than 16 would take the tape of twice the precision
  'auxiliary head': {
    network: buildCellNetwork({ genotype: requireCell('DARTS'), ...SIZES, imageSize: 32, auxiliary: true }),
    batch: 16,
  },
}; // prettier-ignore

const folder = mkdtempSync(join(tmpdir(), 'nat-pytorch-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const AUXILIARY_WEIGHT = 0.4;
const targetsOf = (batch: number): Int32Array<ArrayBuffer> =>
  Int32Array.from({ length: batch }, (_, n) => (3 * n) % CLASSES);
const file = (i: number, ending: string): string => join(folder, `network_${i}.${ending}`);
const text = ({ network }: Case): string =>
  torchModule({ ...network.config, imageChannels: network.imageChannels });

/** The gradients of a training step's loss, by parameter. */
async function gradientsOf(
  { network, batch }: Case,
  tensors: Readonly<Record<string, TensorData>>,
  images: Float32Array<ArrayBuffer>,
): Promise<Record<string, TensorData>> {
  const engine = await testEngine();
  await logitsOf(engine, network, tensors, images);
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const { imageChannels, imageSize, weights } = network;
  const x = upload(engine, 'images', [batch, imageChannels, imageSize, imageSize], images);
  const target = upload(engine, 'targets', [batch], targetsOf(batch));
  const { logits, auxiliary } = network.forward(tape, x);
  const weigh = (value: number) => upload(engine, 'weight', [1], Float32Array.of(value));
  tape.seed(tape.apply(crossEntropy, { logits, target }, { labelSmoothing: 0 }), weigh(1));
  if (auxiliary) {
    tape.seed(
      tape.apply(crossEntropy, { logits: auxiliary, target }, { labelSmoothing: 0 }),
      weigh(AUXILIARY_WEIGHT),
    );
  }
  tape.backward();
  engine.submit([engine.recordClear(weights.grads!), ...tape.take()]);
  return exportParameters(engine, weights, 'grads');
}

/** Prints logits, and the gradients of a training step, of every network that the arguments describe. */
const SCRIPT = `
import importlib.util, json, sys, torch
import torch.nn.functional as F
torch.set_num_threads(1)
results = []
for case in json.load(open(sys.argv[1])):
    spec = importlib.util.spec_from_file_location("network", case["module"])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = module.Network(auxiliary=case["auxiliary"])
    module.load_weights(network, case["weights"])
    network.double().eval()
    images = torch.tensor(case["images"], dtype=torch.float64).reshape(case["shape"])
    targets = torch.tensor(case["targets"])
    logits = network(images)
    network.train()
    output = network(images)
    if case["auxiliary"]:
        output, auxiliary = output
        loss = F.cross_entropy(output, targets) + ${AUXILIARY_WEIGHT} * F.cross_entropy(auxiliary, targets)
    else:
        loss = F.cross_entropy(output, targets)
    loss.backward()
    gradients = {name: p.grad.flatten().tolist() for name, p in network.named_parameters() if p.grad is not None}
    results.append({"logits": logits.flatten().tolist(), "gradients": gradients})
print(json.dumps(results))
`;

test('pytorch: Python compiles the file of every network', () => {
  const python = pythonWith('py_compile');
  if (!python) return missing('no Python on this machine');
  const paths = Object.values(CASES).map((network, i) => {
    writeFileSync(file(i, 'py'), text(network));
    return file(i, 'py');
  });
  const script = 'import sys, py_compile\nfor name in sys.argv[1:]: py_compile.compile(name, doraise=True)';
  runPython(python, script, paths);
});

test('pytorch: a file has the operations that its cells have, and no others', () => {
  const python = text(CASES['DARTS']!);
  assert.match(python, 'class SepConv');
  assert.not.match(python, 'FactorizedConv');
  assert.not.match(python, 'EvenPool');
  const evil = { ...requireCell('DARTS'), name: 'x"""' };
  assert.throws(() => torchModule({ genotype: evil, ...SIZES }), /expected one without quotes/);
});

test('pytorch: logits and gradients are the engine’s', async () => {
  const python = pythonWith('torch');
  if (!python) return missing('no PyTorch on this machine');
  const ours: { logits: Float32Array; gradients: Record<string, TensorData> }[] = [];
  const described = [];
  for (const [i, one] of Object.values(CASES).entries()) {
    const { network, batch } = one;
    const tensors = trainedTensors(network, 3);
    const images = randomImages(network, batch, 4);
    const logits = await logitsOf(await testEngine(), network, tensors, images);
    ours.push({ logits, gradients: await gradientsOf(one, tensors, images) });
    writeFileSync(file(i, 'py'), text(one));
    writeFileSync(file(i, 'safetensors'), serializeSafetensors(tensors, { format: 'pt' }));
    const { imageChannels, imageSize, config } = network;
    described.push({
      ...{ module: file(i, 'py'), weights: file(i, 'safetensors'), auxiliary: config.auxiliary },
      ...{ images: Array.from(images), targets: Array.from(targetsOf(batch)) },
      shape: [batch, imageChannels, imageSize, imageSize],
    });
  }
  const list = join(folder, 'cases.json');
  writeFileSync(list, JSON.stringify(described));
  const theirs = JSON.parse(runPython(python, SCRIPT, [list])) as {
    logits: number[];
    gradients: Record<string, number[]>;
  }[];
  for (const [i, name] of Object.keys(CASES).entries()) {
    const [got, want] = [ours[i]!, theirs[i]!];
    near(got.logits, want.logits, 1e-4, `${name}: logits`);
    const all = (gradients: Record<string, ArrayLike<number>>): number[] =>
      Object.keys(want.gradients).flatMap((key) => Array.from(gradients[key]!));
    const flat = Object.fromEntries(
      Object.entries(got.gradients).map(([key, { data }]) => [key, data as Float32Array]),
    );
    near(all(flat), all(want.gradients), 1e-3, `${name}: gradients`);
    for (const [key, values] of Object.entries(flat)) {
      if (!(key in want.gradients))
        assert.ok(
          values.every((v) => v === 0),
          `${name}: ${key} has no gradient`,
        );
    }
  }
});

/** ResNet-20 as the usual CIFAR-10 code has it (He et al., option A, zeros on both sides), an eighth as wide. */
const RESNET = `
import json, struct, sys, torch
import torch.nn.functional as F
from torch import nn

class BasicBlock(nn.Module):
    def __init__(self, c_in, c, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(c_in, c, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(c)
        self.conv2 = nn.Conv2d(c, c, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(c)
        self.pads = (c // 4 if c != c_in else 0)

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.pads:
            x = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pads, self.pads))
        return F.relu(y + x)

class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 2, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(2)
        stage = lambda c_in, c: nn.Sequential(BasicBlock(c_in, c, c // c_in), BasicBlock(c, c, 1), BasicBlock(c, c, 1))
        self.layer1, self.layer2, self.layer3 = stage(2, 2), stage(2, 4), stage(4, 8)
        self.linear = nn.Linear(8, ${CLASSES})

    def forward(self, x):
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(F.avg_pool2d(x, x.shape[3]).flatten(1))

module_path, weights, images = sys.argv[1:]
sys.path.insert(0, module_path)
import network_0
network = ResNet()
network.auxiliary_head = None
network_0.load_weights(network, weights)
print(json.dumps(network.double().eval()(torch.tensor(json.load(open(images))).double().reshape(-1, 3, 16, 16)).flatten().tolist()))
`;

test('pytorch: ResNet-20 of the usual CIFAR-10 code has the engine’s logits with exported weights, and they come back', async () => {
  const python = pythonWith('torch');
  if (!python) return missing('no PyTorch on this machine');
  const network = narrowNetwork('ResNet20', 'cifar10', 16);
  const blueprint = requireBlueprint('ResNet20', 'cifar10');
  const tensors = trainedTensors(network, 8);
  const theirs = toTorch(blueprint, network, tensors);
  assert.equal(fromTorch(blueprint, network, theirs, 'x'), tensors);
  const images = randomImages(network, BATCH, 8);
  const [weightFile, imageFile] = [join(folder, 'resnet.safetensors'), join(folder, 'images.json')];
  writeFileSync(file(0, 'py'), text(Object.values(CASES)[0]!));
  writeFileSync(weightFile, serializeSafetensors(theirs));
  writeFileSync(imageFile, JSON.stringify(Array.from(images)));
  const logits = JSON.parse(runPython(python, RESNET, [folder, weightFile, imageFile])) as number[];
  near(await logitsOf(await testEngine(), network, tensors, images), logits, 1e-4, 'logits');
});

/** Writes the model that PyTorch itself makes of a network. */
const EXPORT = `
import importlib.util, sys, torch
module_path, weights, model = sys.argv[1:]
spec = importlib.util.spec_from_file_location("network", module_path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
network = module.Network().eval()
module.load_weights(network, weights)
torch.onnx.export(network, torch.zeros(2, 3, 8, 8), model, opset_version=16,
                  training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
`;

test('pytorch: the weights come back from the ONNX model that PyTorch makes of the network', () => {
  const python = pythonWith('torch');
  if (!python) return missing('no PyTorch on this machine');
  const one = CASES['DARTS']!;
  const tensors = trainedTensors(one.network, 9);
  const paths = ['export.py', 'export.safetensors', 'export.onnx'].map((name) => join(folder, name));
  writeFileSync(paths[0]!, text(one));
  writeFileSync(paths[1]!, serializeSafetensors(tensors));
  runPython(python, EXPORT, paths);
  const model = new Uint8Array(readFileSync(paths[2]!));
  assert.equal(importOnnx(cellNetwork('DARTS'), model, 'x'), tensors);
});

test.run();
