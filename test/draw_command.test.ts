// `nat draw`: what it writes where, and what it says where something is wrong; PNG files read back.
import { decode } from 'fast-png';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findRasteriser } from '../runtime/host/node/rasterise.ts';
import type { Platform } from '../runtime/host/platform.ts';
import { draw } from '../src/cli/draw.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { memoryFiles } from './support/memory_files.ts';
import { missing } from './support/missing.ts';
import { readRepositoryFile } from './support/repository.ts';
import { checkXml, elementsOf } from './support/xml.ts';

async function run(args: string, files = memoryFiles()): Promise<string> {
  let out = '';
  const terminal = { interactive: false, out: (text: string) => void (out += text), err: () => {} };
  await draw.run({ files, terminal } as unknown as Platform, parseFlags(draw.options, args.split(' ')));
  return out;
}

async function refuses(args: string, message: RegExp): Promise<void> {
  try {
    await run(args);
  } catch (error) {
    return assert.match((error as Error).message, message);
  }
  assert.unreachable(args);
}

const textOf = (path: string): string => new TextDecoder().decode(readRepositoryFile(path));

const edges = (svg: string): string[] =>
  elementsOf(svg, 'g').flatMap((group) => group.get('data-edge') ?? []);

test('nat draw: cells, one of them, a transformation, a network', async () => {
  const darts = await run('--arch DARTS');
  checkXml(darts);
  assert.is(edges(darts).length, 16);
  const reduce = await run('--arch DARTS --cell reduce --theme dark');
  assert.ok(edges(reduce).length === 8 && edges(reduce).every((name) => name.startsWith('reduce:')));
  assert.is(edges(await run('--arch DARTS --to NAT_DARTS --cell normal')).length, 16);
  const network = await run('--arch NAT_ResNet20 --macro');
  checkXml(network);
  assert.match(network, '<title>The network of NAT_ResNet20, setting cifar10</title>');
  assert.match(await run('--arch DARTS --macro --channels 16 --layers 5'), '>64 ch.<');
});

test('nat draw: the picture in README is what its command writes', async () => {
  const [, path, command] = /!\[[^\]]*\]\((docs\/[\w.]+)\)[^`]*`nat draw ([^`]+)`/.exec(textOf('README.md'))!;
  const files = memoryFiles();
  await files.makeDirectory('docs');
  await run(command!, files);
  assert.ok((await files.readText(path!)) === textOf(path!), `${path}: nat draw ${command}`);
});

test('nat draw: files of other forms, and where --out says', async () => {
  const files = memoryFiles();
  await files.writeAtomic(
    'cell.txt',
    '|nor_conv_3x3~0|+|none~0|skip_connect~1|+|none~0|none~1|avg_pool_3x3~2|',
  );
  assert.is(await run('--arch cell.txt --cell normal --out pictures.svg', files), '');
  const svg = await files.readText('pictures.svg');
  checkXml(svg);
  // a cell of NAS-Bench-201 has four nodes of ours
  assert.is(edges(svg).length, 8);
  assert.match(svg, '<title>Normal cell of cell</title>');
});

test('nat draw: a PNG has the pixels of the picture, its background and its lines', async () => {
  if (!(await findRasteriser())) return missing('no @resvg/resvg-js, or no font, on this machine');
  const files = memoryFiles();
  const size = (svg: string): number[] =>
    ['width', 'height'].map((name) => Number(elementsOf(svg, 'svg')[0]!.get(name)));
  for (const [theme, isPaper] of [
    ['auto', (value: number) => value > 250],
    ['dark', (value: number) => value < 40],
  ] as const) {
    const args = `--arch DARTS --cell normal --theme ${theme}`;
    const [width, height] = size(await run(args));
    await run(`${args} --out cell.png --scale 1.5`, files);
    const image = decode(await files.readBytes('cell.png'));
    assert.ok(Math.abs(image.width - 1.5 * width!) <= 1 && Math.abs(image.height - 1.5 * height!) <= 1);
    const { data, channels } = image;
    const green = Array.from({ length: image.width * image.height }, (_, i) =>
      Number(data[i * channels + 1]),
    );
    assert.ok(isPaper(green[0]!), `${theme}: ${green[0]}`);
    const drawn = green.filter((value) => !isPaper(value)).length / green.length;
    assert.ok(drawn > 0.03 && drawn < 0.5, `${theme}: ${drawn} of the pixels are drawn`);
  }
});

test('nat draw: mistakes', async () => {
  await refuses(
    '--arch DARTS --out cell.jpg',
    /--out: got 'cell.jpg', expected a name that ends in .svg or .png/,
  );
  await refuses('--arch DRATS', /architecture 'DRATS' is not known; did you mean 'DARTS'/);
  await refuses('--arch DARTS --layers 8', /--layers is of a whole network; add --macro/);
  await refuses('--arch DARTS --image-size 64', /--image-size is of a whole network/);
  await refuses('--arch DARTS --macro --to ENAS', /--macro draws one network/);
  await refuses('--arch nowhere.json', /nowhere\.json/);
});

test.run();
