import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { UserError } from '../runtime/errors.ts';
import { parseSafetensors, serializeSafetensors } from '../src/io/safetensors.ts';
import type { Tensors } from '../src/io/safetensors.ts';

/** A file assembled by hand from its header text and data bytes, so that the reader is not its own judge. */
function fileOf(header: string | object, body: readonly number[] = [], declaredLength?: number) {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + body.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(declaredLength ?? text.length), true);
  bytes.set(text, 8);
  bytes.set(body, 8 + text.length);
  return bytes;
}

const u8 = (begin: number, end: number) => ({
  dtype: 'U8',
  shape: [end - begin],
  data_offsets: [begin, end],
});

test('safetensors: reads a file assembled byte by byte, whatever the alignment', () => {
  for (const padding of ['', ' ', '  ', '   ', '    ', '     ', '      ', '       ']) {
    const header = JSON.stringify({
      __metadata__: { made: 'by hand' },
      odd: u8(0, 3),
      weight: { dtype: 'F32', shape: [2, 1], data_offsets: [3, 11] },
      index: { dtype: 'I32', shape: [1], data_offsets: [11, 15] },
      seed: { dtype: 'U32', shape: [], data_offsets: [15, 19] },
      count: { dtype: 'I64', shape: [1], data_offsets: [19, 27] },
      none: { dtype: 'F32', shape: [0, 4], data_offsets: [27, 27] },
    });
    const body = [7, 8, 9, 0, 0, 0x80, 0x3f, 0, 0, 0x20, 0xc0, 0xfe, 255, 255, 255, 255, 255, 255, 255];
    body.push(0xff, 255, 255, 255, 255, 255, 255, 255);
    const { tensors, metadata } = parseSafetensors(fileOf(header + padding, body), 'x');
    assert.equal(metadata, { made: 'by hand' });
    assert.equal(Object.keys(tensors), ['odd', 'weight', 'index', 'seed', 'count', 'none']);
    assert.equal(tensors['odd'].data, new Uint8Array([7, 8, 9]));
    assert.equal(tensors['weight'], { dtype: 'F32', shape: [2, 1], data: new Float32Array([1, -2.5]) });
    assert.equal(tensors['index'].data, new Int32Array([-2]));
    assert.equal(tensors['seed'], { dtype: 'U32', shape: [], data: new Uint32Array([4294967295]) });
    assert.equal(tensors['count'].data, new BigInt64Array([-1n]));
    assert.equal(tensors['none'].data.length, 0);
  }
});

test('safetensors: what is written is read back, in the order given, and equal input gives equal bytes', () => {
  const bits = new Uint32Array([0x7fc00001, 0x80000000, 0x00000001, 0xff800000]);
  const tensors: Tensors = {
    zebra: { dtype: 'F32', shape: [2, 2], data: new Float32Array(bits.buffer) },
    apple: { dtype: 'U8', shape: [3], data: new Uint8Array([1, 2, 3]) },
    'é "quoted"': { dtype: 'I32', shape: [], data: new Int32Array([-5]) },
    long: { dtype: 'I64', shape: [2], data: new BigInt64Array([1n << 60n, -1n]) },
  };
  const bytes = serializeSafetensors(tensors, { note: 'n' });
  assert.equal(bytes, serializeSafetensors(tensors, { note: 'n' }));
  const headerLength = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  assert.is(headerLength % 8, 0);
  assert.is(bytes.length, 8 + headerLength + 16 + 3 + 4 + 16);
  const back = parseSafetensors(bytes, 'x');
  assert.equal(Object.keys(back.tensors), Object.keys(tensors));
  assert.equal(back.metadata, { note: 'n' });
  const weights = back.tensors['zebra'].data;
  assert.equal(new Uint32Array(weights.buffer, weights.byteOffset, 4), bits, 'NaN payload and -0 survive');
  for (const name of ['apple', 'é "quoted"', 'long']) assert.equal(back.tensors[name], tensors[name]);
});

test('safetensors: an empty set and a name from the prototype are ordinary', () => {
  assert.equal(Object.keys(parseSafetensors(serializeSafetensors({}), 'x').tensors), []);
  const { tensors } = parseSafetensors(fileOf('{"__proto__":' + JSON.stringify(u8(0, 1)) + '}', [5]), 'x');
  assert.equal(Object.keys(tensors), ['__proto__']);
  assert.equal(tensors['toString'], undefined);
});

const malformed: [name: string, bytes: Uint8Array<ArrayBuffer>, message: RegExp][] = [
  ['empty file', new Uint8Array(0), /got 0 bytes, expected at least 8/],
  ['seven bytes', new Uint8Array(7), /got 7 bytes/],
  [
    'header longer than the file',
    fileOf('{}', [], 1000),
    /bad header length: got 1000, but only 2 bytes follow/,
  ],
  ['header length of 2^53 and more', fileOf('{}', [], 2 ** 60), /bad header length: got 1152921504606846976/],
  ['header cut short', fileOf('{"a":', []), /not valid JSON/],
  ['header of length 0', fileOf('', []), /not valid JSON/],
  ['header that is not UTF-8', new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0, 0x22, 0xff, 0x22]), /not valid JSON/],
  ['header that is a list', fileOf('[]'), /not a JSON object/],
  [
    'metadata with a number',
    fileOf({ __metadata__: { epoch: 3 } }),
    /__metadata__ must map names to strings/,
  ],
  ['entry that is not an object', fileOf({ a: 3 }), /tensor 'a': expected \{dtype, shape, data_offsets\}/],
  [
    'unknown dtype',
    fileOf({ a: { ...u8(0, 1), dtype: 'F64' } }, [0]),
    /dtype "F64" is not supported.*F32, I32/,
  ],
  ['dtype from the prototype', fileOf({ a: { ...u8(0, 1), dtype: 'toString' } }, [0]), /is not supported/],
  [
    'missing dtype',
    fileOf({ a: { shape: [1], data_offsets: [0, 1] } }, [0]),
    /dtype undefined is not supported/,
  ],
  ['negative size', fileOf({ a: { ...u8(0, 1), shape: [-1] } }, [0]), /shape must list sizes of 0 or more/],
  ['fractional size', fileOf({ a: { ...u8(0, 1), shape: [0.5, 2] } }, [0]), /shape must list sizes/],
  ['missing shape', fileOf({ a: { dtype: 'U8', data_offsets: [0, 1] } }, [0]), /shape must list sizes/],
  [
    'offsets reversed',
    fileOf({ a: { ...u8(0, 1), data_offsets: [1, 0] } }, [0]),
    /data_offsets must be \[begin, end/,
  ],
  ['three offsets', fileOf({ a: { ...u8(0, 1), data_offsets: [0, 1, 1] } }, [0]), /data_offsets must be/],
  [
    'data cut short',
    fileOf({ a: u8(0, 4) }, [0, 0, 0]),
    /reach past the 3 bytes of data; the file is truncated/,
  ],
  [
    'shape too large for its range',
    fileOf({ a: { ...u8(0, 2), dtype: 'F32' } }, [0, 0]),
    /needs 8 bytes.*give 2/,
  ],
  ['overlap', fileOf({ a: u8(0, 2), b: u8(1, 3) }, [0, 0, 0]), /tensors 'a' and 'b' overlap/],
  ['the same range twice', fileOf({ a: u8(0, 2), b: u8(0, 2) }, [0, 0]), /'a' and 'b' overlap/],
  ['hole', fileOf({ a: u8(0, 1), b: u8(2, 3) }, [0, 0, 0]), /no tensor owns the data bytes 1 to 2/],
  ['bytes after the last tensor', fileOf({ a: u8(0, 1) }, [0, 0]), /no tensor owns the data bytes 1 to 2/],
];
for (const [name, bytes, message] of malformed) {
  test(`safetensors: refuses ${name}`, () => {
    try {
      parseSafetensors(bytes, 'weights.safetensors');
    } catch (error) {
      assert.instance(error, UserError);
      assert.match((error as Error).message, /^weights\.safetensors: /);
      assert.match((error as Error).message, message);
      return;
    }
    assert.unreachable('the file was accepted');
  });
}

test.run();
