// Networks without a device, recorded on the engine that only counts: shapes, names, and what a transformation may
// and may not change.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PlanEngine } from '../runtime/engine/plan_engine.ts';
import { directAllocator } from '../src/core/allocator.ts';
import { buildCellNetwork } from '../src/networks/cell_network.ts';
import { networkCost } from '../src/networks/cost.ts';
import type { Cell, Genotype } from '../src/arch/genotype.ts';
import { PRIMITIVE_NAMES, transitionClass } from '../src/arch/primitives.ts';
import { SETTING_NAMES, type SettingName } from '../src/networks/macro_setting.ts';
import { ACTIONS, applyActions } from '../src/arch/transitions.ts';
import { requireNetwork } from '../src/networks/build_network.ts';
import { buildHandCrafted } from '../src/networks/hand_crafted/hand_crafted.ts';
import { loadBlueprint, NETWORK_PLANS, networkNames, requireBlueprint } from '../src/networks/registry.ts';
import type { Network, NetworkOutput } from '../src/nn/network.ts';
import { createRng, type Rng } from '../src/core/rng.ts';
import { Tape } from '../src/core/tape.ts';
import { type Shape, tensorAt } from '../src/core/tensor.ts';
import { CELLS } from '../src/arch/zoo/cells.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { genotype } from '../src/arch/zoo/notation.ts';
import { memoryFiles } from './support/memory_files.ts';

/** Records a training step's forward and backward pass on nothing. */
function record(network: Network, batch = 2): NetworkOutput {
  const engine = new PlanEngine('null');
  network.weights.allocate(engine);
  network.statistics.allocate(engine);
  const allocator = directAllocator(engine);
  const tape = new Tape({ engine, activations: allocator, scratch: allocator });
  const shape: Shape = [batch, 3, network.imageSize, network.imageSize];
  const output = network.forward(tape, tensorAt(engine.createBuffer('images', 4), 0, shape));
  for (const logits of [output.logits, output.auxiliary])
    if (logits) tape.seed(logits, tensorAt(engine.createBuffer('gradient', 4), 0, logits.shape));
  tape.backward();
  return output;
}

const namesOf = ({ weights, statistics }: Network): string[] =>
  [weights, statistics].flatMap((store) => store.parameters.flatMap(({ parts }) => parts.map((p) => p.name)));

test('networks: every named network can be recorded forward and backward', () => {
  for (const setting of SETTING_NAMES) {
    for (const name of networkNames(setting)) {
      const network = requireNetwork(name, setting, { classes: 7 });
      const { logits, auxiliary } = record(network);
      assert.equal(logits.shape, [2, 7], name);
      assert.is(auxiliary, null);
    }
  }
});

test('networks: every cell of the zoo, both settings, with the auxiliary head', () => {
  for (const setting of SETTING_NAMES) {
    for (const cell of CELLS) {
      const network = requireNetwork(cell, setting, { channels: 4, layers: 6, auxiliary: true });
      const { logits, auxiliary } = record(network);
      assert.equal(logits.shape, [2, network.classes], cell.name);
      assert.equal(auxiliary!.shape, [2, network.classes], cell.name);
    }
  }
});

test('networks: cells keep odd sizes, and halve them upwards, whatever the window', () => {
  for (const imageSize of [5, 17, 31]) {
    for (const setting of SETTING_NAMES) {
      for (const name of ['NAONet', 'NATv2_NAONet', 'AmoebaNet_A', 'DARTS']) {
        const network = requireNetwork(name, setting, { channels: 2, layers: 5, imageSize });
        assert.equal(record(network).logits.shape, [2, network.classes]);
      }
    }
  }
  for (const plan of NETWORK_PLANS) {
    const { logits } = record(requireNetwork(plan.name, plan.setting, { imageSize: 45, classes: 3 }));
    assert.equal(logits.shape, [2, 3], plan.name);
  }
});

test('networks: the ImageNet network has the names and shapes of DARTS', () => {
  const network = requireNetwork('DARTS', 'imagenet', { auxiliary: true });
  const names = namesOf(network);
  for (const name of [
    'stem0.0.weight',
    'stem0.1.running_mean',
    'stem0.3.weight',
    'stem0.4.bias',
    'stem1.1.weight',
    'stem1.2.running_var',
    'cells.0.preprocess0.conv_1.weight',
    'cells.0.preprocess1.op.1.weight',
    'cells.0._ops.0.op.7.weight',
    'auxiliary_head.features.5.weight',
    'auxiliary_head.classifier.weight',
    'classifier.bias',
  ]) {
    assert.ok(names.includes(name), name);
  }
  const shapeOf = (name: string) => network.weights.parameters.find((p) => p.name === name)?.shape;
  assert.equal(shapeOf('stem0.0.weight'), [24, 3, 3, 3]);
  assert.equal(shapeOf('stem0.3.weight'), [48, 24, 3, 3]);
  assert.equal(shapeOf('stem1.1.weight'), [48, 48, 3, 3]);
  assert.equal(shapeOf('classifier.weight'), [1000, 768]);
  // The head for ImageNet has no batch norm after its second convolution; that for CIFAR-10 has.
  assert.not.ok(names.includes('auxiliary_head.features.6.weight'));
  assert.ok(namesOf(requireNetwork('DARTS', 'cifar10', { auxiliary: true })).includes('auxiliary_head.features.6.weight')); // prettier-ignore
});

/** Random actions of NAT on every edge. */
function transformed({ normal, reduce, ...rest }: Genotype, rng: Rng): Genotype {
  const act = (cell: Cell): Cell => applyActions(cell, cell.map(() => rng.int(ACTIONS.length))); // prettier-ignore
  return { ...rest, normal: act(normal), reduce: act(reduce) };
}

test("networks: NAT's transitions keep depth and width, and never add to the cost", () => {
  const rng = createRng(11, 0);
  const graphs = NETWORK_PLANS.flatMap((plan) => [plan.cell, ...plan.otherGraphs].map((cell) => [plan, cell] as const)); // prettier-ignore
  for (const [plan, cell] of graphs) {
    const own = requireCell(cell);
    const sizes = { own, classes: 10, imageSize: 64 };
    const original = buildHandCrafted(plan, { ...sizes, genotype: own });
    const before = networkCost(original);
    for (let i = 0; i < 8; i++) {
      const genotype = transformed(own, rng);
      const network = buildHandCrafted(plan, { ...sizes, genotype });
      assert.equal(network.frames, original.frames);
      const after = networkCost(network);
      const what = `${plan.name} ${plan.setting} ${JSON.stringify(genotype)}`;
      assert.ok(after.params <= before.params && after.madds <= before.madds, what);
      if (i < 2) assert.equal(record(network).logits.shape, [2, 10], what);
    }
  }
});

test('networks: frames hold the shapes that the papers give', () => {
  const frameOf = (name: string, setting: 'cifar10' | 'imagenet', block: number) => {
    const plan = NETWORK_PLANS.find((p) => p.name === name && p.setting === setting)!;
    const own = requireCell(plan.cell);
    const imageSize = setting === 'cifar10' ? 32 : 224;
    const { frames } = buildHandCrafted(plan, { own, genotype: own, classes: 10, imageSize });
    return frames[block]!.nodes.map(({ channels, size, activation }) => [channels, size, activation]);
  };
  assert.equal(frameOf('VGG16', 'cifar10', 2), [
    [64, 16, null],
    [128, 8, null],
    [128, 8, null],
    [256, 8, 'relu'],
    [256, 8, 'relu'],
    [256, 4, null],
  ]);
  assert.equal(frameOf('ResNet50', 'imagenet', 3), [
    [256, 56, null],
    [256, 56, null],
    [256, 56, null],
    [128, 28, 'relu'],
    [512, 28, null],
    [512, 28, 'relu'],
  ]);
  assert.equal(frameOf('MobileNetV2', 'cifar10', 0), [
    [32, 32, null],
    [32, 32, null],
    [32, 32, 'relu6'],
    [32, 32, 'relu6'],
    [16, 32, null],
    [16, 32, null],
  ]);
});

test('networks: any cell of the same graph can take the place of the blocks', () => {
  const { name: _, ...vgg } = requireCell('VGG');
  const swapped = (cell: Cell): Cell => cell.flatMap((_, i) => (i % 2 === 0 ? [cell[i + 1]!, cell[i]!] : []));
  const reordered = { ...vgg, normal: swapped(vgg.normal), reduce: swapped(vgg.reduce) };
  const costOf = (g: Genotype) => networkCost(requireNetwork(g, 'cifar10', { network: 'vgg-16' }));
  assert.equal(costOf(reordered), networkCost(requireNetwork('VGG16', 'cifar10')));
  // NAT++ replaces convolutions by other operations, which then run between nodes of the same shapes.
  const other = genotype('other', 'null@0 skip@1 | max3@0 sep3@2 | dil5@0 conv1x3@3 | avg2@0 skip@4 > 5');
  assert.equal(record(requireNetwork(other, 'cifar10', { network: 'VGG16' })).logits.shape, [2, 10]);
});

test('networks: every operation can take the place of a computing one, also where channels and pixels change', () => {
  const vgg = requireCell('VGG');
  for (const op of PRIMITIVE_NAMES) {
    const other = (cell: Cell): Cell =>
      cell.map(([own, from, to]) => [transitionClass(own) === 'O' ? op : own, from, to]);
    const replaced = { ...vgg, normal: other(vgg.normal), reduce: other(vgg.reduce) };
    const network = requireNetwork(replaced, 'cifar10', { network: 'VGG16' });
    assert.equal(record(network).logits.shape, [2, 10], op);
  }
});

test('networks: a block is the same network in each of its graphs', () => {
  const inputs = (network: Network) => network.weights.parameters.map(({ shape }) => shape);
  const graph = (name: string) => JSON.stringify(requireCell(name).reduce.map(([, from]) => from));
  for (const { cell, otherGraphs } of NETWORK_PLANS)
    assert.is(new Set([cell, ...otherGraphs].map(graph)).size, 1 + otherGraphs.length);
  for (const [name, cells] of [
    ['VGG16', ['VGG_2', 'VGG_3']],
    ['ResNet20', ['ResBlock_2', 'ResBlock_3']],
  ] as const) {
    const original = requireNetwork(name, 'cifar10');
    for (const cell of cells) {
      const network = requireNetwork(cell, 'cifar10', { network: name });
      assert.equal(inputs(network), inputs(original), cell);
      assert.equal(networkCost(network), networkCost(original), cell);
    }
  }
});

test('networks: what does not fit is one clear line', () => {
  const refuses = (run: () => unknown, message: RegExp) => assert.throws(run, message);
  const networksOf = (setting: SettingName) =>
    NETWORK_PLANS.flatMap((plan) => (plan.setting === setting ? [plan.name] : [])).join(', ');
  refuses(
    () => requireNetwork('DARTS', 'cifar10', { network: 'VGG16' }),
    /^DARTS cannot take the place of VGG in VGG16; expected the same graph, but normal: node 3 takes nodes 0 and 2 before, 0 and 1 after$/,
  );
  refuses(
    () => requireNetwork('ResNet18', 'cifar10'),
    new RegExp(
      `^network ResNet18 belongs to setting imagenet; the networks of setting cifar10 are ${networksOf('cifar10')}$`,
    ),
  );
  refuses(
    () => requireNetwork('VGG', 'imagenet', { network: 'VGG17' }),
    new RegExp(
      `^network 'VGG17' is not known in setting imagenet; did you mean 'VGG16'\\? expected one of ${networksOf('imagenet')}$`,
    ),
  );
  refuses(
    () => requireNetwork('VGG61', 'cifar10'),
    /^architecture 'VGG61' is not known; did you mean 'VGG16'\?/,
  );
  refuses(() => requireNetwork('VGG16', 'cifar10', { layers: 4 }), /^VGG16 has its own layers; only cell networks take layers, got 4$/); // prettier-ignore
  refuses(() => requireNetwork('VGG16', 'cifar10', { auxiliary: true }), /^VGG16 has no auxiliary head/);
  refuses(
    () => requireNetwork('DARTS', 'imagenet', { channels: 5 }),
    /^channels: got 5, expected an even number/,
  );
  refuses(
    () => requireNetwork('DARTS', 'cifar10', { imageSize: 64, auxiliary: true }),
    /^the auxiliary head needs 8 to 10 pixels a side after the second reduction cell, got 16;/,
  );
  const plan = NETWORK_PLANS[0]!;
  refuses(() => {
    const own = requireCell('ResBlock');
    return buildHandCrafted(plan, { own, genotype: own, classes: 10, imageSize: 32 });
  }, /^ResBlock cannot stand for the blocks of VGG16; its reduce cell has 2 computing edges and 1 output nodes, expected 3 and 1$/);
});

test('networks: a network comes before a cell of that name, a file is a cell network or takes its place', async () => {
  const files = memoryFiles();
  const text = JSON.stringify({
    normal: requireCell('VGG').normal,
    normal_concat: [5],
    reduce: requireCell('VGG').reduce,
    reduce_concat: [5],
  });
  files.contents.set('mine.json', new TextEncoder().encode(text));
  assert.is(requireBlueprint('mobilenetv2', 'cifar10').network, 'MobileNetV2');
  assert.is(requireBlueprint('MobileNetV2Block', 'cifar10').network, null);
  const { name, network } = await loadBlueprint(files, 'mine.json', 'cifar10');
  assert.equal([name, network], ['mine', null]);
  const placed = await loadBlueprint(files, 'mine.json', 'cifar10', 'VGG16');
  assert.equal([placed.name, placed.network], ['VGG16 of mine', 'VGG16']);
});

test('networks: drop path reaches every edge that computes, dropout every layer that has it', () => {
  const calls = { paths: 0, dropouts: [] as string[] };
  const count = (network: Network) => {
    const engine = new PlanEngine('null');
    network.weights.allocate(engine);
    network.statistics.allocate(engine);
    const allocator = directAllocator(engine);
    const tape = new Tape({ engine, activations: allocator, scratch: allocator });
    const size = network.imageSize;
    network.forward(tape, tensorAt(engine.createBuffer('images', 4), 0, [2, 3, size, size]), {
      dropPath: (_, x) => (calls.paths++, x),
      dropout: (_, x, probability) => (calls.dropouts.push(`${x.shape[1]} ${probability}`), x),
    });
  };
  // NAT_DARTS: 4 computing edges in a normal cell; in a reduction cell 3 pools and 2 strided skip connections.
  count(buildCellNetwork({ genotype: requireCell('NAT_DARTS'), channels: 2, layers: 6, classes: 10, imageSize: 32, auxiliary: false })); // prettier-ignore
  assert.is(calls.paths, 4 * 4 + 2 * 5);
  assert.equal(calls.dropouts, []);
  count(requireNetwork('VGG16', 'imagenet'));
  count(requireNetwork('MobileNetV2', 'cifar10'));
  assert.equal(calls.dropouts, ['4096 0.5', '4096 0.5', '1280 0.2']);
});

test.run();
