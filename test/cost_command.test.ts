// `nat cost`: what it prints, and what its table says of itself.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Platform } from '../runtime/host/platform.ts';
import { cost } from '../src/cli/cost.ts';
import { parseFlags } from '../src/cli/flags.ts';
import { formatGenotype } from '../src/arch/genotype_file.ts';
import { PUBLISHED } from '../src/networks/published.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { memoryFiles } from './support/memory_files.ts';

async function nat(args: string): Promise<string> {
  const files = memoryFiles();
  const put = (path: string, name: string) =>
    files.contents.set(path, new TextEncoder().encode(formatGenotype(requireCell(name))));
  put('cells/mine.json', 'NAT_DARTS');
  put('vgg.json', 'NATv2_VGG');
  files.contents.set('broken.json', new TextEncoder().encode('{'));
  let out = '';
  const terminal = { interactive: false, out: (text: string) => void (out += text), err: () => {} };
  await cost.run(
    { files, terminal } as unknown as Platform,
    parseFlags(cost.options, args.split(' ').filter(Boolean)),
  );
  return out;
}

async function refusal(args: string): Promise<string> {
  try {
    await nat(args);
  } catch (error) {
    assert.is((error as Error).name, 'UserError');
    return (error as Error).message;
  }
  throw new Error(`nat cost ${args} did not refuse`);
}

test('nat cost: parameters and multiply-adds as JSON, nothing else', async () => {
  assert.is(await nat('--arch NAT_DARTS --setting cifar10 --json'), '{"params":2682334,"madds":424181376}\n');
  assert.is(await nat('--arch DARTS --setting imagenet --json'), '{"params":4718752,"madds":529911552}\n');
});

test('nat cost: a file is the generic cell network of the setting; sizes can be given', async () => {
  const named = await nat('--arch NAT_DARTS --json');
  assert.is(await nat('--arch cells/mine.json --json'), named);
  assert.is(await nat('--arch cells/mine.json --channels 36 --layers 20 --json'), named);
  const small = await nat('--arch cells/mine.json --channels 8 --layers 6 --json');
  assert.ok(JSON.parse(small).params < 100_000);
});

test('nat cost: a network before a cell, a cell in place of blocks', async () => {
  assert.is(JSON.parse(await nat('--arch MobileNetV2 --json')).params, 2_296_922);
  assert.is(JSON.parse(await nat('--arch MobileNetV2Block --json')).params, 1_160_614);
  const named = await nat('--arch NATv2_VGG16 --setting imagenet --json');
  assert.is(await nat('--arch vgg.json --network vgg16 --setting imagenet --json'), named);
  assert.is(await nat('--arch NATv2_VGG --network VGG16 --setting imagenet --json'), named);
});

test('nat cost: as text, the part of fully connected layers apart', async () => {
  assert.is(
    await nat('--arch vgg16'),
    'VGG16, cifar10\n' +
      '  parameters     15249354\n' +
      '  multiply-adds  313725952 for one image, 529408 of them in fully connected layers\n',
  );
});

test('nat cost: mistakes are one line', async () => {
  assert.is(await refusal('--json'), '--arch is missing: --arch NAME|FILE, or --table');
  assert.match(await refusal('--arch DRATS'), /^architecture 'DRATS' is not known; did you mean 'DARTS'\?/);
  assert.is(await refusal('--arch none.json'), 'genotype file none.json: no such file');
  assert.match(await refusal('--arch broken.json'), /^genotype file broken.json: not valid JSON/);
  assert.match(await refusal('--arch DARTS --setting mnist'), /expected one of cifar10, imagenet/);
  assert.match(await refusal('--arch ResNet50'), /^network ResNet50 belongs to setting imagenet;/);
  assert.match(await refusal('--arch VGG16 --channels 8'), /^VGG16 has its own channels;/);
  assert.match(
    await refusal('--arch DARTS --channels 0'),
    /^--channels: got 0, expected a whole number from 1 to 4096$/,
  );
  assert.is(await refusal('--table --arch DARTS'), '--table takes no --arch; leave one of them out');
});

interface Row {
  table: number;
  setting: string;
  model: string;
  method: string;
  note: string | null;
  published: { params: number; madds: number | null };
  counted: { arch: string; params: number; madds: number; linearMadds: number } | null;
  paramsAgree: boolean | null;
  maddsAgree: string | null;
}

test('nat cost --table: every row of Tables 1 and 2, and a note on every figure that is not reproduced', async () => {
  const rows: Row[] = JSON.parse(await nat('--table --json'));
  assert.is(rows.length, PUBLISHED.length);
  const perTable = (table: number) => rows.filter((row) => row.table === table).length;
  assert.equal([perTable(1), perTable(2)], [24, 26]);
  for (const row of rows) {
    const reproduced = row.paramsAgree === true && (row.published.madds === null || row.maddsAgree !== null);
    assert.ok(reproduced || row.note !== null, JSON.stringify(row));
    assert.is(row.counted === null, row.method === 'NAO' || row.model === 'GHN');
  }
});

test('nat cost --table: which figures are reproduced, and how the classifier counts', async () => {
  const rows: Row[] = JSON.parse(await nat('--table --json'));
  const agreeing = rows.flatMap(({ setting, model, method, paramsAgree, maddsAgree }) =>
    paramsAgree && maddsAgree ? [`${setting} ${model} ${method} ${maddsAgree}`] : [],
  );
  assert.equal(agreeing, [
    'cifar10 VGG16 / convolutions',
    'cifar10 ResNet20 / convolutions',
    'cifar10 MobileNetV2 / convolutions',
    'cifar10 DARTS / convolutions',
    'cifar10 DARTS NAT convolutions',
    'imagenet ENAS / convolutions',
    'imagenet ENAS NAT convolutions',
    'imagenet DARTS NAT all',
  ]);
  const params = rows.filter(({ paramsAgree }) => paramsAgree).map(({ counted }) => counted!.arch);
  for (const arch of ['NAONet', 'NAT_NAONet', 'SNAS_moderate', 'ResNet18', 'NAT_ResNet50', 'NAT_VGG16'])
    assert.ok(params.includes(arch), arch);
});

test('nat cost --table: as text, one block a table and setting, with legend and notes', async () => {
  const text = await nat('--table');
  for (const title of ['Table 1, CIFAR-10', 'Table 1, ImageNet', 'Table 2, CIFAR-10', 'Table 2, ImageNet'])
    assert.ok(text.includes(`${title}\n`), title);
  assert.match(text, /^DARTS +NAT +2\.7 +2\.682= +424 +424\.2= +424\.2$/m);
  assert.match(text, /^GHN +\/ +5\.7 +- +- +- +- {2}\[1\]$/m);
  assert.match(text, /^ {2}\[1\] the architecture was not published$/m);
  const width = Math.max(...text.split('\n').map((line) => line.length));
  assert.ok(width <= 120, `${width} columns`);
  const one = await nat('--table --setting imagenet');
  assert.not.match(one, /CIFAR-10\n/);
});

test.run();
