// The picture of a whole network: its parts against the networks that are built, and against published sizes.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { drawNetwork } from '../src/draw/network.ts';
import { networkParts } from '../src/draw/network_parts.ts';
import { requireBlueprint } from '../src/networks/registry.ts';
import { checkXml, elementsOf } from './support/xml.ts';

const sizes = (name: string, setting: 'cifar10' | 'imagenet', options = {}): string[] =>
  networkParts(requireBlueprint(name, setting), options).parts.map(
    ({ name: part, channels, size }) => `${part} ${channels}x${size}`,
  );

const repeated = (count: number, part: string): string[] => Array.from({ length: count }, () => part);

test('parts: the CIFAR-10 network of DARTS, with the channels and pixels of the paper', () => {
  // C = 36, 20 cells of 4 concatenated nodes, reductions at 6 and 13 (Liu et al.)
  assert.equal(sizes('DARTS', 'cifar10'), [
    'images 3x32',
    'stem, conv 3×3 108x32',
    ...repeated(6, 'normal cell 144x32'),
    'reduction cell 288x16',
    ...repeated(6, 'normal cell 288x16'),
    'reduction cell 576x8',
    ...repeated(6, 'normal cell 576x8'),
    'average pooling 576x1',
    'classifier 10x1',
  ]);
});

test('parts: the ImageNet network of DARTS, whose stem leaves an eighth of the pixels', () => {
  const parts = sizes('DARTS', 'imagenet', { layers: 3, channels: 16 });
  assert.equal(parts, [
    'images 3x224',
    'stem, 3 convolutions 16x28',
    'normal cell 64x28',
    'reduction cell 128x14',
    'reduction cell 256x7',
    'average pooling 256x1',
    'classifier 1000x1',
  ]);
});

test('parts: ResNet50 and VGG16 as their authors have them', () => {
  const resNet = sizes('ResNet50', 'imagenet');
  assert.equal(resNet.slice(0, 4), [
    'images 3x224',
    'conv 7×7 64x112',
    'max pooling 3×3 64x56',
    'block 256x56',
  ]);
  assert.is(resNet.filter((part) => part.includes('block')).length, 3 + 4 + 6 + 3);
  assert.equal(resNet.slice(-3), ['block 2048x7', 'average pooling 2048x1', 'classifier 1000x1']);
  assert.equal(sizes('VGG16', 'imagenet').slice(-4), [
    'halving block 512x7',
    'fully connected 4096x1',
    'fully connected 4096x1',
    'classifier 1000x1',
  ]);
});

test('the picture: a box for every part, what every cell takes, and the auxiliary head where asked for', () => {
  const darts = requireBlueprint('DARTS', 'cifar10');
  const svg = drawNetwork(darts, { layers: 5 });
  checkXml(svg);
  // images, stem, 5 cells, pooling, classifier, and the auxiliary head
  assert.is(elementsOf(svg, 'rect').filter((box) => !box.has('class')).length, 2 + 5 + 2 + 1);
  // all cells but the first take something besides the output of the part before them
  assert.is(elementsOf(svg, 'path').filter((path) => path.get('class') === 'nat-flow nat-thin').length, 4);
  assert.match(svg, '>auxiliary head, in training<');
  assert.not.match(drawNetwork(darts, { auxiliary: false }), 'auxiliary head');
  const resNet = drawNetwork(requireBlueprint('ResNet56', 'cifar10'));
  checkXml(resNet);
  assert.not.match(resNet, /auxiliary head|class="nat-flow nat-thin/);
});

test('an unknown network is refused by name', () => {
  const darts = requireBlueprint('DARTS', 'cifar10');
  assert.throws(() => drawNetwork({ ...darts, network: 'ResNet7' }), /network 'ResNet7' is not known/);
});

test.run();
