// Weight files for PyTorch: hand-crafted networks under the names and shapes that torchvision 0.14.1 has (asked of it, as
// the figures beneath), or the usual CIFAR-10 code; cells under the reference's; there and back; and what is refused.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { numel } from '../src/core/tensor.ts';
import { fromTorch, toTorch } from '../src/exchange/torch/weights.ts';
import type { Tensors } from '../src/io/safetensors.ts';
import { buildNetwork } from '../src/networks/build_network.ts';
import type { SettingName } from '../src/networks/macro_setting.ts';
import { requireBlueprint } from '../src/networks/registry.ts';
import { narrowNetwork, trainedTensors } from './support/exported_networks.ts';

/** A network without values: all of a shape share one array of zeros. */
function prepare(name: string, setting: SettingName, sizes: { channels?: number; layers?: number } = {}) {
  const blueprint = requireBlueprint(name, setting);
  return { blueprint, network: buildNetwork(blueprint, sizes) };
}

/** With an eighth of the channels, for values. */
const narrow = (name: string) => ({
  blueprint: requireBlueprint(name, 'cifar10'),
  network: narrowNetwork(name, 'cifar10', 32),
});

const zerosOf = ({ network }: ReturnType<typeof prepare>): Tensors => {
  const zeros = new Map<number, Float32Array<ArrayBuffer>>();
  const parts = [network.weights, network.statistics].flatMap((s) => s.parameters).flatMap((p) => p.parts);
  return Object.fromEntries(
    parts.map(({ name, shape }) => {
      const n = numel(shape);
      if (!zeros.has(n)) zeros.set(n, new Float32Array(n));
      return [name, { dtype: 'F32', shape, data: zeros.get(n)! }];
    }),
  );
};

/** Tensors (without counts of batches), all their elements, and some of them. */
const TORCHVISION = {
  // resnet18
  ResNet18: [102, 11_699_112, {
    'conv1.weight': [64, 3, 7, 7], 'bn1.running_var': [64], 'layer1.0.conv2.weight': [64, 64, 3, 3],
    'layer2.0.conv1.weight': [128, 64, 3, 3], 'layer2.0.downsample.0.weight': [128, 64, 1, 1],
    'layer2.0.downsample.1.running_mean': [128], 'layer4.1.bn2.bias': [512], 'fc.weight': [1000, 512],
  }],
  // resnet50
  ResNet50: [267, 25_610_152, {
    'layer1.0.conv1.weight': [64, 64, 1, 1], 'layer1.0.conv3.weight': [256, 64, 1, 1],
    'layer1.0.downsample.0.weight': [256, 64, 1, 1], 'layer3.5.conv2.weight': [256, 256, 3, 3],
    'layer4.0.bn3.weight': [2048], 'layer4.2.conv1.weight': [512, 2048, 1, 1], 'fc.bias': [1000],
  }],
  // mobilenet_v2
  MobileNetV2: [262, 3_538_984, {
    'features.0.0.weight': [32, 3, 3, 3], 'features.1.conv.0.0.weight': [32, 1, 3, 3],
    'features.1.conv.1.weight': [16, 32, 1, 1], 'features.1.conv.2.running_mean': [16],
    'features.2.conv.0.0.weight': [96, 16, 1, 1], 'features.2.conv.1.0.weight': [96, 1, 3, 3],
    'features.2.conv.2.weight': [24, 96, 1, 1], 'features.17.conv.3.bias': [320],
    'features.18.1.weight': [1280], 'classifier.1.weight': [1000, 1280],
  }],
  // vgg16_bn
  VGG16: [84, 138_374_440, {
    'features.0.weight': [64, 3, 3, 3], 'features.0.bias': [64], 'features.1.running_var': [64],
    'features.7.weight': [128, 64, 3, 3], 'features.24.weight': [512, 256, 3, 3], 'features.41.bias': [512],
    'classifier.0.weight': [4096, 25_088], 'classifier.3.bias': [4096], 'classifier.6.weight': [1000, 4096],
  }],
} as const; // prettier-ignore

/** Idelbayev's resnet20, Liu's MobileNetV2 and the VGG16 of Fu, for CIFAR-10. */
const CIFAR10 = {
  ResNet20: [97, {
    'conv1.weight': [16, 3, 3, 3], 'bn1.weight': [16], 'layer1.2.conv2.weight': [16, 16, 3, 3],
    'layer2.0.conv1.weight': [32, 16, 3, 3], 'layer3.2.bn2.running_mean': [64], 'linear.weight': [10, 64],
  }],
  MobileNetV2: [287, {
    'conv1.weight': [32, 3, 3, 3], 'layers.0.conv1.weight': [32, 32, 1, 1], 'layers.0.conv2.weight': [32, 1, 3, 3],
    'layers.0.shortcut.0.weight': [16, 32, 1, 1], 'layers.1.shortcut.1.running_var': [24],
    'layers.16.conv3.weight': [320, 960, 1, 1], 'conv2.weight': [1280, 320, 1, 1], 'linear.bias': [10],
  }],
  VGG16: [84, {
    'features.40.weight': [512, 512, 3, 3], 'classifier.1.weight': [512, 512], 'classifier.4.weight': [512, 512],
    'classifier.6.weight': [10, 512],
  }],
} as const; // prettier-ignore

const shapesOf = (tensors: Tensors) =>
  Object.fromEntries(Object.entries(tensors).map(([name, { shape }]) => [name, [...shape]]));
const some = (all: object, names: object): object =>
  Object.fromEntries(Object.entries(all).filter(([name]) => name in names));

for (const [name, [count, elements, known]] of Object.entries(TORCHVISION)) {
  test(`torch names: ${name} for ImageNet is torchvision's`, () => {
    const subject = prepare(name, 'imagenet');
    const theirs = toTorch(subject.blueprint, subject.network, zerosOf(subject));
    assert.is(Object.keys(theirs).length, count);
    assert.is(
      Object.values(theirs).reduce((sum, { shape }) => sum + numel(shape), 0),
      elements,
    );
    assert.equal(some(shapesOf(theirs), known), known);
  });
}

for (const [name, [count, known]] of Object.entries(CIFAR10)) {
  test(`torch names: ${name} for CIFAR-10, there and back`, () => {
    const { blueprint, network } = narrow(name);
    const whole = prepare(name, 'cifar10');
    const shapes = shapesOf(toTorch(blueprint, whole.network, zerosOf(whole)));
    assert.is(Object.keys(shapes).length, count);
    assert.equal(some(shapes, known), known);
    const ours = trainedTensors(network, 6);
    const theirs = toTorch(blueprint, network, ours);
    const file = {
      ...theirs,
      'bn1.num_batches_tracked': { dtype: 'I64', shape: [], data: BigInt64Array.of(3n) },
    } as Tensors;
    const back = fromTorch(blueprint, network, file, 'x');
    assert.equal(Object.keys(back), Object.keys(ours));
    for (const [key, { data }] of Object.entries(ours))
      assert.ok(
        data.every((v, i) => Object.is(v, back[key]!.data[i])),
        key,
      );
    const wrapped = Object.fromEntries(
      Object.entries(file).map(([key, tensor]) => [`module.${key}`, tensor]),
    );
    assert.equal(Object.keys(fromTorch(blueprint, network, wrapped, 'x')), Object.keys(ours));
    assert.equal(Object.keys(fromTorch(blueprint, network, ours, 'x')), Object.keys(ours), 'our own names');
  });
}

test('torch names: cells and transformed networks keep the names that they have, which are the reference’s', () => {
  for (const subject of [
    prepare('DARTS', 'cifar10', { channels: 4, layers: 3 }),
    prepare('NAT_ResNet20', 'cifar10'),
  ]) {
    const ours = zerosOf(subject);
    assert.equal(toTorch(subject.blueprint, subject.network, ours), ours);
  }
});

test('torch names: a bias in front of a batch norm moves into its running mean', () => {
  const { blueprint, network } = narrow('VGG16');
  const theirs: Record<string, Tensors[string]> = {
    ...toTorch(blueprint, network, trainedTensors(network, 6)),
  };
  const { shape } = theirs['features.0.bias']!;
  theirs['features.0.bias'] = { dtype: 'F32', shape, data: new Float32Array(8).fill(0.25) };
  theirs['features.1.running_mean'] = { dtype: 'F32', shape, data: new Float32Array(8).fill(1) };
  const mean = fromTorch(blueprint, network, theirs, 'x')['cells.0._ops.3.0.bn.running_mean'];
  assert.ok(mean!.data.every((value) => value === 0.75));
});

test('torch names: what does not fit is refused by tensor, shape and expected shape', () => {
  const { blueprint, network } = prepare('ResNet20', 'cifar10');
  const theirs = toTorch(blueprint, network, trainedTensors(network, 6));
  const refuses = (change: (tensors: Record<string, Tensors[string]>) => void, message: string): void => {
    const spoilt = { ...theirs };
    change(spoilt);
    try {
      fromTorch(blueprint, network, spoilt, 'x');
    } catch (error) {
      assert.instance(error, UserError);
      return assert.is((error as Error).message, message);
    }
    assert.unreachable(message);
  };
  refuses(
    (t) => delete t['layer2.0.conv1.weight'],
    "x: there is no tensor 'layer2.0.conv1.weight'; expected [32,16,3,3]",
  );
  refuses(
    (t) => (t['linear.weight'] = { dtype: 'F32', shape: [100, 64], data: new Float32Array(6400) }),
    "x: tensor 'linear.weight' is F32 [100,64], expected F32 [10,64]",
  );
  refuses(
    (t) => (t['linear.bias'] = { dtype: 'I32', shape: [10], data: new Int32Array(10) }),
    "x: tensor 'linear.bias' is I32 [10], expected F32 [10]",
  );
  refuses(
    (t) => (t['layer4.0.conv1.weight'] = t['linear.bias']!),
    "x: tensor 'layer4.0.conv1.weight' [10] has no place in ResNet20; expected a file of the same network",
  );
  refuses(
    (t) => Object.keys(t).forEach((name) => delete t[name]),
    "x: there is no tensor 'stem.0.conv.weight'; expected [16,3,3,3]",
  );
});

test.run();
