// `nat export` and `nat import` on files in memory: a trained run to every format and back, an untrained network, and what
// they say where something is wrong.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Platform } from '../runtime/host/platform.ts';
import type { Subcommand } from '../src/cli/command.ts';
import { exportCommand } from '../src/cli/export.ts';
import { type OptionTable, parseFlags } from '../src/cli/flags.ts';
import { importCommand } from '../src/cli/import.ts';
import { parseOnnx } from '../src/exchange/onnx/model.ts';
import { parseSafetensors, type Tensors } from '../src/io/safetensors.ts';
import { requireNetwork } from '../src/networks/build_network.ts';
import { recordInitialisation } from '../src/nn/initialise.ts';
import { exportParameters } from '../src/nn/weight_files.ts';
import { testEngine } from './support/device.ts';
import { memoryFiles } from './support/memory_files.ts';
import { RUN } from './support/search_run.ts';
import { SMALL, trainSmall } from './support/train_run.ts';

type MemoryFiles = ReturnType<typeof memoryFiles>;

async function run<T extends OptionTable>(command: Subcommand<T>, args: string, files: MemoryFiles) {
  let out = '';
  const terminal = { interactive: false, out: (text: string) => void (out += text), err: () => {} };
  const platform = { files, terminal, env: process.env } as unknown as Platform;
  await command.run(platform, parseFlags(command.options, args.split(' ')));
  return out;
}

async function refuses(
  command: Subcommand,
  args: string,
  message: RegExp,
  files = memoryFiles(),
): Promise<void> {
  try {
    await run(command, args, files);
  } catch (error) {
    return assert.match((error as Error).message, message);
  }
  assert.unreachable(args);
}

const bytesOf = (files: MemoryFiles, path: string) => new Uint8Array(files.contents.get(path)!);
const tensorsOf = (files: MemoryFiles, path: string): Tensors => ({
  ...parseSafetensors(bytesOf(files, path), path).tensors,
});
const withoutHead = (tensors: Tensors): Tensors =>
  Object.fromEntries(Object.entries(tensors).filter(([name]) => !name.startsWith('auxiliary_head.')));

test('nat export, nat import: a trained network with its auxiliary head to every format, and back bit by bit', async () => {
  const files = memoryFiles();
  const trained = await trainSmall(await testEngine(), { ...SMALL, arch: 'DARTS', epochs: 1 });
  for (const [path, bytes] of trained.files.contents) files.contents.set(path, bytes);
  const all = tensorsOf(files, `${RUN}/weights.safetensors`);
  assert.ok(Object.keys(all).some((name) => name.startsWith('auxiliary_head.')));

  const said = JSON.parse(await run(exportCommand, `--run ${RUN} --out net.onnx --json`, files));
  const { file, format, arch } = said;
  assert.equal({ file, format, arch }, { file: 'net.onnx', format: 'onnx', arch: 'DARTS' });
  assert.is(said.bytes, bytesOf(files, 'net.onnx').length);
  const { inputs, outputs } = parseOnnx(bytesOf(files, 'net.onnx'), 'x');
  assert.equal(inputs, [{ name: 'images', shape: ['N', 3, 32, 32] }]);
  assert.equal(outputs, [{ name: 'logits', shape: ['N', 10] }]);

  await run(exportCommand, `--run ${RUN} --weights best --format safetensors --out net.safetensors`, files);
  assert.equal(Object.keys(tensorsOf(files, 'net.safetensors')).sort(), Object.keys(all).sort());

  await run(exportCommand, `--run ${RUN} --format pytorch --out net.py`, files);
  assert.match(
    new TextDecoder().decode(bytesOf(files, 'net.py')),
    'def __init__(self, channels=2, layers=3, classes=10',
  );

  for (const from of ['net.onnx', 'net.safetensors']) {
    const out = await run(
      importCommand,
      `${from} --arch DARTS --channels 2 --layers 3 --out back.safetensors`,
      files,
    );
    assert.match(out, /^back\.safetensors: DARTS, \d+ tensors\n$/);
    const source = from === 'net.onnx' ? `${RUN}/weights.safetensors` : `${RUN}/best.safetensors`;
    assert.equal(tensorsOf(files, 'back.safetensors'), withoutHead(tensorsOf(files, source)));
  }
});

test('nat export: an untrained network has the values that a training with that seed begins with', async () => {
  const files = memoryFiles();
  await run(
    exportCommand,
    '--arch DARTS --channels 2 --layers 3 --seed 7 --format safetensors --out net.safetensors',
    files,
  );
  const engine = await testEngine();
  const { weights, statistics } = requireNetwork('DARTS', 'cifar10', { channels: 2, layers: 3 });
  for (const [i, store] of [weights, statistics].entries()) {
    store.allocate(engine);
    engine.submit(recordInitialisation(engine, store, 7, i));
  }
  const expected = {
    ...(await exportParameters(engine, weights)),
    ...(await exportParameters(engine, statistics)),
  };
  assert.equal(tensorsOf(files, 'net.safetensors'), expected);
});

test('nat export, nat import: what is wrong is told', async () => {
  await refuses(exportCommand, '--out x.onnx', /^got neither --run nor --arch; expected one of them$/);
  await refuses(
    exportCommand,
    '--run r --arch DARTS --out x.onnx',
    /^got --run and --arch; expected one of them$/,
  );
  await refuses(
    exportCommand,
    '--run r --weights x.safetensors --out y',
    /^--weights: got 'x\.safetensors', expected last or best/,
  );
  await refuses(
    exportCommand,
    '--arch DARST --out x.onnx',
    /architecture 'DARST' is not known; did you mean 'DARTS'\?/,
  );
  await refuses(
    exportCommand,
    '--arch DARTS --weights no.safetensors --out x',
    /^no\.safetensors: no such file$/,
  );
  await refuses(importCommand, 'no.onnx --arch DARTS --out x', /^no\.onnx: no such file$/);
  const files = memoryFiles();
  files.contents.set('bad.onnx', new Uint8Array([1, 2, 3]));
  await refuses(
    importCommand,
    'bad.onnx --arch DARTS --out x',
    /^bad\.onnx: .*the file is damaged, or none of this kind$/,
    files,
  );
  await refuses(
    importCommand,
    'bad.safetensors --arch DARTS --out x',
    /^bad\.safetensors: no such file$/,
    files,
  );
});

test.run();
