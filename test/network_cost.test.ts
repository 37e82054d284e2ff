// Costs of networks: exact figures that are known from elsewhere, and closed forms written separately
// (support/hand_counts.ts), for the hand-crafted networks, every cell of the zoo and genotypes never seen before.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Edge, Genotype } from '../src/arch/genotype.ts';
import { networkCost } from '../src/networks/cost.ts';
import { MACRO_SETTINGS, SETTING_NAMES, type SettingName } from '../src/networks/macro_setting.ts';
import { PRIMITIVE_NAMES } from '../src/arch/primitives.ts';
import { type NetworkOptions, requireNetwork } from '../src/networks/build_network.ts';
import { NETWORK_PLANS, networkNames } from '../src/networks/registry.ts';
import { createRng, type Rng } from '../src/core/rng.ts';
import { CELLS } from '../src/arch/zoo/cells.ts';
import { CELL_NAMES } from '../src/arch/zoo/find_cell.ts';
import * as hand from './support/hand_counts.ts';

function counts(
  architecture: string | Genotype,
  setting: SettingName,
  options: NetworkOptions = {},
): hand.Counts {
  const { params, madds, linearMadds } = networkCost(requireNetwork(architecture, setting, options));
  return { params, convolutions: madds - linearMadds, linear: linearMadds };
}

const millions = (count: number, decimals: number): string => (count / 1e6).toFixed(decimals);

/** Expansion, channels, blocks and size of MobileNetV2's stages; the blocks are the same for both sizes of images. */
const mobileNetStages = (sizes: readonly [number, number, number, number, number, number, number]) =>
  [
    [1, 16, 1, sizes[0]],
    [6, 24, 2, sizes[1]],
    [6, 32, 3, sizes[2]],
    [6, 64, 4, sizes[3]],
    [6, 96, 3, sizes[4]],
    [6, 160, 3, sizes[5]],
    [6, 320, 1, sizes[6]],
  ] as const;

// Parameters as their authors' or torchvision's networks have them; multiply-adds of the convolutions; both by hand.
// A row for every hand-crafted network.
const KNOWN: readonly [
  name: string,
  setting: SettingName,
  params: number,
  millionMadds: string,
  byHand: hand.Counts,
][] = [
  ['VGG16', 'cifar10', 15_249_354, '313.2', hand.vgg16(32, 512, 10)],
  ['ResNet20', 'cifar10', 269_722, '40.6', hand.resNetCifar(3)],
  ['ResNet56', 'cifar10', 853_018, '125.5', hand.resNetCifar(9)],
  [
    'MobileNetV2',
    'cifar10',
    2_296_922,
    '91.1',
    hand.mobileNetV2(32, mobileNetStages([32, 32, 16, 8, 8, 4, 4]), 10, true),
  ],
  ['VGG16', 'imagenet', 138_361_768, '15346.6', hand.vgg16(224, 4096, 1000)],
  ['ResNet18', 'imagenet', 11_689_512, '1813.6', hand.resNet18()],
  ['ResNet50', 'imagenet', 25_557_032, '4087.1', hand.resNet50()],
  [
    'MobileNetV2',
    'imagenet',
    3_504_872,
    '299.5',
    hand.mobileNetV2(112, mobileNetStages([112, 56, 28, 14, 14, 7, 7]), 1000, false),
  ],
];

for (const [name, setting, params, madds, byHand] of KNOWN) {
  test(`cost: ${name}, ${setting}, as its authors have it, and against the closed form`, () => {
    const got = counts(name, setting);
    assert.is(got.params, params);
    assert.is(millions(got.convolutions, 1), madds);
    assert.equal(got, byHand);
  });
}

test('cost: every hand-crafted network is known from elsewhere', () => {
  const rows = KNOWN.map(([name, setting]) => `${name}, ${setting}`);
  assert.equal(NETWORK_PLANS.map(({ name, setting }) => `${name}, ${setting}`).sort(), rows.sort());
});

test('cost: MobileNetV2, classifier counted', () => {
  const madds = (setting: SettingName): number => {
    const { convolutions, linear } = counts('MobileNetV2', setting);
    return convolutions + linear;
  };
  assert.is(millions(madds('imagenet'), 1), '300.8');
  assert.is(madds('cifar10'), 91_154_944);
});

test('cost: networks with transformed cells keep what the cells keep', () => {
  // NAT adds skip connections to VGG and to residual blocks, which cost nothing.
  for (const [name, setting] of KNOWN) {
    if (/VGG|ResNet/.test(name)) assert.equal(counts(`NAT_${name}`, setting), counts(name, setting), name);
  }
  // It takes the expansions of the three blocks that halve the image: 24 -> 144, 32 -> 192 and 96 -> 576 channels.
  const [before, after] = [counts('MobileNetV2', 'cifar10'), counts('NAT_MobileNetV2', 'cifar10')];
  const gone = [24 * 144, 32 * 192, 96 * 576];
  const norms = 2 * (144 + 192 + 576);
  assert.is(before.params - after.params, gone.reduce((a, b) => a + b) + norms);
  assert.is(
    before.convolutions - after.convolutions,
    gone[0]! * 32 * 32 + gone[1]! * 16 * 16 + gone[2]! * 8 * 8,
  );
});

test('cost: DARTS and NAT_DARTS on CIFAR-10, to the digit', () => {
  const total = ({ params, convolutions, linear }: hand.Counts) => [params, convolutions + linear];
  assert.equal(total(counts('DARTS', 'cifar10')), [3_349_342, 528_359_040]);
  assert.equal(total(counts('NAT_DARTS', 'cifar10')), [2_682_334, 424_181_376]);
});

// Cell networks as counted elsewhere: millions of parameters and of multiply-adds of the convolutions.
const COUNTED: readonly [string, SettingName, NetworkOptions, string, string][] = [
  ['NATv2_DARTS', 'cifar10', {}, '2.476', '394.1'],
  ['DARTS', 'imagenet', {}, '4.719', '529.1'],
  ['NAT_DARTS', 'imagenet', {}, '3.979', '440.2'],
  ['NATv2_DARTS', 'imagenet', {}, '3.724', '412.5'],
  ['ENAS', 'imagenet', {}, '5.626', '607.2'],
  ['NAT_ENAS', 'imagenet', {}, '5.626', '607.2'],
  ['NATv2_ENAS', 'imagenet', {}, '5.377', '582.4'],
  ['ENAS', 'cifar10', {}, '3.860', '605.7'],
  ['NAONet', 'imagenet', { channels: 42 }, '11.352', '1246.3'],
  ['NAT_NAONet', 'imagenet', { channels: 42 }, '8.362', '922.6'],
  ['NAONet', 'cifar10', { channels: 128 }, '144.553', '21133.1'],
  ['SNAS_moderate', 'imagenet', {}, '4.313', '464.8'],
  ['SNAS_mild', 'imagenet', {}, '3.939', '437.3'],
  ['AmoebaNet_A', 'cifar10', {}, '3.145', '488.9'],
  ['AmoebaNet_A', 'imagenet', { channels: 50 }, '4.985', '569.1'],
  ['PNASNet_5', 'imagenet', { channels: 54, layers: 9 }, '5.067', '591.0'],
];

for (const [name, setting, options, params, madds] of COUNTED) {
  test(`cost: ${name}, ${setting} ${JSON.stringify(options)}`, () => {
    const got = counts(name, setting, options);
    assert.equal([millions(got.params, 3), millions(got.convolutions, 1)], [params, madds]);
  });
}

const byHand = (
  { normal, reduce, normalConcat, reduceConcat }: Genotype,
  setting: SettingName,
  channels: number,
  layers: number,
): hand.Counts => {
  const outputs = { normal: normalConcat.length, reduce: reduceConcat.length };
  return hand.cellNetwork(
    { normal, reduce, outputs },
    setting,
    channels,
    layers,
    MACRO_SETTINGS[setting].classes,
  );
};

for (const setting of SETTING_NAMES) {
  test(`cost: every cell of the zoo, ${setting}, against the closed form`, () => {
    const { channels, layers } = MACRO_SETTINGS[setting];
    for (const cell of CELLS)
      assert.equal(counts(cell, setting), byHand(cell, setting, channels, layers), cell.name);
  });
}

test('cost: every operation on every edge of both cells, against the closed form', () => {
  for (const op of PRIMITIVE_NAMES) {
    const cell: Edge[] = [
      [op, 0, 2],
      [op, 1, 2],
      [op, 2, 3],
      [op, 0, 3],
    ];
    const genotype = { normal: cell, normalConcat: [2, 3], reduce: cell, reduceConcat: [2, 3] };
    assert.equal(
      counts(genotype, 'cifar10', { channels: 6, layers: 4 }),
      byHand(genotype, 'cifar10', 6, 4),
      op,
    );
  }
});

/** Any graph, any operations, any outputs. */
function randomGenotype(rng: Rng): Genotype {
  const nodes = 1 + rng.int(5);
  const cell = (): Edge[] =>
    Array.from({ length: 2 * nodes }, (_, i): Edge => {
      const to = (i >> 1) + 2;
      return [PRIMITIVE_NAMES[rng.int(PRIMITIVE_NAMES.length)]!, rng.int(to), to];
    });
  const concat = (): number[] => {
    const all = Array.from({ length: nodes }, (_, i) => i + 2);
    const some = all.filter(() => rng.int(2) === 0);
    return some.length > 0 ? some : all;
  };
  return { normal: cell(), normalConcat: concat(), reduce: cell(), reduceConcat: concat() };
}

test('cost: random genotypes, channels and cells, against the closed form', () => {
  const rng = createRng(3, 0);
  for (let i = 0; i < 40; i++) {
    const genotype = randomGenotype(rng);
    const setting = SETTING_NAMES[rng.int(2)]!;
    const [channels, layers] = [2 * (1 + rng.int(24)), 1 + rng.int(12)];
    const got = counts(genotype, setting, { channels, layers });
    assert.equal(got, byHand(genotype, setting, channels, layers), JSON.stringify(genotype));
  }
});

test('cost: networks are named after their plans, and with NAT_ and NATv2_ where the zoo has the cells', () => {
  for (const setting of SETTING_NAMES) {
    const names = networkNames(setting);
    const plans = NETWORK_PLANS.filter((plan) => plan.setting === setting);
    const expected = plans.flatMap(({ name, cell }) =>
      ['', 'NAT_', 'NATv2_'].flatMap((variant) =>
        CELL_NAMES.includes(variant + cell) ? [variant + name] : [],
      ),
    );
    assert.equal(names, expected);
    for (const { name } of plans) assert.ok(names.includes(name), name);
    for (const name of names) assert.ok(counts(name, setting).params > 0, name);
  }
});

test.run();
