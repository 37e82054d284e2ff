// Event files: the checksum against RFC 3720's values, and the files read back by the published format.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT } from '../src/exchange/tensorboard/events.ts';
import { writeTensorBoard } from '../src/exchange/tensorboard/write_logs.ts';
import { decodeMessage, type Message } from '../src/exchange/protobuf.ts';
import { genotypeToJson } from '../src/arch/genotype_file.ts';
import { requireCell } from '../src/arch/zoo/find_cell.ts';
import { crc32c } from '../src/io/crc32c.ts';
import { curvesOf } from '../src/run/curves.ts';
import { readCurves } from '../src/run/records.ts';
import { memoryFiles } from './support/memory_files.ts';

type Bytes = Uint8Array<ArrayBuffer>;

test('CRC-32C: the values of RFC 3720, appendix B.4', () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, i) => i);
  assert.is(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.is(crc32c(new Uint8Array(32).fill(255)), 0x62a8ab43);
  assert.is(crc32c(ascending), 0x46dd794e);
  assert.is(crc32c(ascending.toReversed()), 0x113fdb5c);
  assert.is(crc32c(new TextEncoder().encode('123456789')), 0xe3069283);
});

/** As crc32c, bit by bit from the definition: division by the polynomial, lowest bit first. */
function plainCrc(bytes: Bytes): number {
  let rest = 0xffffffffn;
  for (const byte of bytes) {
    rest ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit++) rest = rest & 1n ? (rest >> 1n) ^ 0x82f63b78n : rest >> 1n;
  }
  return Number(rest ^ 0xffffffffn);
}

/** mask(crc) = rotate right by 15 bits, plus 0xa282ead8, in 32 bits. */
const masked = (crc: number): number => {
  const value = BigInt(crc);
  return Number((((value >> 15n) | (value << 17n)) + 0xa282ead8n) & 0xffffffffn);
};

/** The events of a file, every checksum verified. */
function readEvents(bytes: Bytes): Message<typeof EVENT>[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const events = [];
  let at = 0;
  while (at < bytes.length) {
    const length = Number(view.getBigUint64(at, true));
    assert.is(view.getUint32(at + 8, true), masked(plainCrc(bytes.slice(at, at + 8))));
    const data = bytes.slice(at + 12, at + 12 + length);
    assert.is(view.getUint32(at + 12 + length, true), masked(plainCrc(data)));
    events.push(decodeMessage(EVENT, data, 'event'));
    at += 16 + length;
  }
  return events;
}

const METRICS = [
  { epoch: 0, phase: 'train', step: 2, loss: 2.5, top1: 0.125 },
  { epoch: 0, phase: 'train', step: 4, loss: 2.25, top1: 0.25 },
  { epoch: 0, phase: 'test', loss: 2, top1: 0.5 },
  { epoch: 1, phase: 'train', step: 2, loss: 1.5, top1: 0.5 },
  { epoch: 1, phase: 'test', loss: 1.75, top1: 0.625 },
];

/** A training as its run folder has it, two epochs of four steps. */
function smallRun() {
  const files = memoryFiles();
  const put = (name: string, text: string): void => {
    files.contents.set(`runs/a/${name}`, new TextEncoder().encode(text));
  };
  const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  put(
    'config.json',
    JSON.stringify({ lr: 0.1, blueprint: { genotype: genotypeToJson(requireCell('DARTS')) } }),
  );
  put('environment.json', '{"runtime": "node"}');
  put('metrics.jsonl', lines(METRICS));
  // what belongs to an epoch has no time of its own
  const timed = METRICS.filter(({ step }) => step !== undefined);
  put('timing.jsonl', lines(timed.map(({ epoch, phase, step }) => ({ epoch, phase, step, ms: 1500 }))));
  return files;
}

const FILE = 'logs/a/events.out.tfevents.0.nat';

test('curves over one axis: steps go on over epochs, and what belongs to an epoch counts epochs', async () => {
  const curves = curvesOf(await readCurves(smallRun(), 'runs/a'));
  const found = curves.map(({ phase, metric, unit, points }) => [
    ...[phase, metric, unit],
    ...points.map(({ x, y }) => `${x}: ${y}`),
  ]);
  assert.equal(found, [
    ['train', 'loss', 'step', '2: 2.5', '4: 2.25', '6: 1.5'],
    ['train', 'top1', 'step', '2: 0.125', '4: 0.25', '6: 0.5'],
    ['test', 'loss', 'epoch', '1: 2', '2: 1.75'],
    ['test', 'top1', 'epoch', '1: 0.5', '2: 0.625'],
  ]);
});

test('an event file: version, settings as text, every value at its step and time, and the cells as an image', async () => {
  const files = smallRun();
  // as large as a PNG's header says: 300 by 200
  const png = Uint8Array.from([...Array(16).fill(0), 0, 0, 1, 44, 0, 0, 0, 200]);
  const svgs: string[] = [];
  const runs = await writeTensorBoard(files, 'runs/a', 'logs', (svg) => {
    svgs.push(svg);
    return png;
  });
  assert.equal(runs, ['a']);
  assert.match(svgs.join(), '<title>DARTS</title>');
  const [version, ...events] = readEvents(new Uint8Array(files.contents.get(FILE)!));
  assert.is(version!.fileVersion, 'brain.Event:2');
  const values = events.flatMap(({ wallTime, step, summary }) =>
    summary!.value!.map((value) => ({ wallTime, step, ...value })),
  );
  const scalars = values.filter(({ simpleValue }) => simpleValue !== undefined);
  assert.equal(
    scalars.map(({ tag, step, simpleValue, wallTime }) => [tag, step, simpleValue, wallTime]),
    [
      ['train/loss', 2, 2.5, 1.5],
      ['train/loss', 4, 2.25, 3],
      ['train/loss', 6, 1.5, 4.5],
      ['train/top1', 2, 0.125, 1.5],
      ['train/top1', 4, 0.25, 3],
      ['train/top1', 6, 0.5, 4.5],
      ['test/loss', 1, 2, 3],
      ['test/loss', 2, 1.75, 4.5],
      ['test/top1', 1, 0.5, 3],
      ['test/top1', 2, 0.625, 4.5],
    ],
  );
  const text = values.find(({ tag }) => tag === 'config')!;
  assert.is(text.metadata!.plugin!.name, 'text');
  assert.match(new TextDecoder().decode(text.tensor!.strings![0]), '"lr":0.1');
  const { image } = values.find(({ tag }) => tag === 'cells')!;
  assert.equal([image!.width, image!.height, image!.encoded!.length], [300, 200, png.length]);
  await writeTensorBoard(files, 'runs/a', 'logs', null);
  const again = readEvents(new Uint8Array(files.contents.get(FILE)!));
  assert.is(again.length, events.length);
});

test.run();
