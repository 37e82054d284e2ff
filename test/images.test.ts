// Image files to the square that a network sees: decoding of every form, damaged files, crops, sampling, colours.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encode as encodePng } from 'fast-png';
import { centerBox, randomBox, sampleBox } from '../src/data/crop_image.ts';
import { DamagedImage, decodeImage, type Pixels } from '../src/data/decode_image.ts';
import { jitterColor } from '../src/data/jitter_color.ts';
import { prepareImage } from '../src/data/prepare_image.ts';
import { createRng, type Rng } from '../src/core/rng.ts';
import { jpegOf, type Paint, pngOf } from './support/image_files.ts';

const smooth: Paint = (x, y) => [40 + 2 * x, 200 - 3 * y, 100 + x + y];

const rgbAt = ({ width, channels, data }: Pixels, x: number, y: number): number[] =>
  Array.from(data.subarray(channels * (y * width + x), channels * (y * width + x) + 3));

test('decode: a JPEG, baseline and with colours at half resolution', async () => {
  const image = await decodeImage(await jpegOf(50, 41, smooth));
  assert.equal([image.width, image.height], [50, 41]);
  for (const [x, y] of [
    [0, 0],
    [49, 0],
    [0, 40],
    [25, 20],
  ] as const) {
    rgbAt(image, x, y).forEach((value, c) => {
      assert.ok(Math.abs(value - smooth(x, y)[c]!) <= 6, `(${x},${y}): got ${rgbAt(image, x, y)}`);
    });
  }
});

test('decode: PNG images of every kind', async () => {
  assert.equal(rgbAt(await decodeImage(pngOf(7, 5, smooth)), 6, 4), [52, 188, 110]);
  const grey = Uint8Array.from({ length: 6 }, (_, i) => 40 * i);
  const png = (data: Uint8Array | Uint16Array, channels: number, depth: 8 | 16 = 8) =>
    decodeImage(Uint8Array.from(encodePng({ width: 3, height: 2, data, channels, depth })));
  assert.equal(rgbAt(await png(grey, 1), 2, 1), [200, 200, 200]);
  assert.equal(rgbAt(await png(Uint8Array.from([...grey].flatMap((v) => [v, 9])), 2), 1, 1), [160, 160, 160]);
  assert.equal(
    rgbAt(
      await png(
        Uint16Array.from(grey, (v) => 257 * v),
        1,
        16,
      ),
      1,
      0,
    ),
    [40, 40, 40],
  );
  const rgba = Uint8Array.from({ length: 24 }, (_, i) => i);
  assert.equal(rgbAt(await png(rgba, 4), 1, 1), [16, 17, 18]);
});

test('decode: PNG images of one bit a pixel', async () => {
  // 10 x 2, black and white alternating; zlib stream stored, made by hand
  const rows = [0, 0b10101010, 0b10000000, 0, 0b01010101, 0b01000000];
  const image = await decodeImage(pngFile(10, 2, 1, 0, rows));
  assert.equal(
    [0, 1, 8, 9].map((x) => rgbAt(image, x, 0)[0]),
    [255, 0, 255, 0],
  );
  assert.equal(
    [0, 1, 8, 9].map((x) => rgbAt(image, x, 1)[2]),
    [0, 255, 0, 255],
  );
});

test('decode: damaged files are named as such, and the next image decodes', async () => {
  const jpeg = await jpegOf(60, 60, smooth);
  const png = pngOf(60, 60, smooth);
  const broken = jpeg.slice();
  broken.fill(0xff, 2, 40);
  const cases: readonly [string, Uint8Array<ArrayBuffer>, RegExp][] = [
    ['empty', new Uint8Array(0), /empty/],
    ['text', new TextEncoder().encode('no image'), /neither a JPEG nor a PNG/],
    ['half a JPEG', jpeg.slice(0, jpeg.length >> 1), /truncated/],
    ['a JPEG without its end', jpeg.slice(0, jpeg.length - 2), /truncated/],
    ['the beginning of a JPEG', jpeg.slice(0, 30), /./],
    ['a broken JPEG header', broken, /./],
    ['half a PNG', png.slice(0, png.length >> 1), /./],
    ['a PNG with another checksum', png.map((byte, i) => (i === png.length - 20 ? byte ^ 1 : byte)), /./],
  ];
  for (const [name, bytes, reason] of cases) {
    const error = await decodeImage(bytes).then(
      () => assert.unreachable(`${name} was decoded`),
      (reported: Error) => reported,
    );
    assert.instance(error, DamagedImage, name);
    assert.match((error as Error).message, reason, name);
    assert.not.match((error as Error).message, '\n');
    assert.is((await decodeImage(jpeg)).width, 60);
  }
});

test('crop: random boxes lie inside and have the areas and shapes asked for (seed 2)', () => {
  const rng = createRng(2, 0);
  const areas: number[] = [];
  for (let i = 0; i < 2000; i++) {
    const { left, top, width, height } = randomBox(300, 200, rng);
    assert.ok(left >= 0 && top >= 0 && left + width <= 300 && top + height <= 200);
    assert.ok([left, top, width, height].every(Number.isInteger));
    const ratio = width / height;
    assert.ok(ratio > 0.72 && ratio < 1.39, `ratio ${ratio}`);
    areas.push((width * height) / 60000);
  }
  assert.ok(Math.min(...areas) < 0.1 && Math.min(...areas) > 0.07);
  assert.ok(Math.max(...areas) > 0.8);
  // uniform where every shape fits: up to 0.4 for an image of 3 by 2
  const share = (from: number, to: number) => areas.filter((area) => area >= from && area < to).length;
  assert.ok(Math.abs(share(0.1, 0.25) / share(0.25, 0.4) - 1) < 0.2);
});

test('crop: the centre of an image that no random box fits', () => {
  // 1000 x 10: every box of 8% of the area is higher than 10
  assert.equal(randomBox(1000, 10, createRng(1, 0)), { left: 493, top: 0, width: 13, height: 10 });
});

test('crop: evaluation takes 224 of 256 from the middle', () => {
  const near = (got: number, want: number) =>
    assert.ok(Math.abs(got - want) < 1e-9, `${got}, expected ${want}`);
  const square = centerBox(256, 256, 224);
  assert.equal(square, { left: 16, top: 16, width: 224, height: 224 });
  const wide = centerBox(512, 256, 224);
  assert.equal(wide, { left: 144, top: 16, width: 224, height: 224 });
  const large = centerBox(500, 375, 224); // resized to 341 x 256
  near(large.width, (224 * 500) / 341);
  near(large.left, (59 * 500) / 341);
  near(large.height, (224 * 375) / 256);
});

/** An image of one channel's worth of values, three times. */
const imageOf = (width: number, height: number, values: readonly number[]): Pixels => ({
  width,
  height,
  channels: 3,
  data: Uint8Array.from(values.flatMap((v) => [v, v, v])),
});

test('sample: unchanged size copies, half size averages with a triangle, double size interpolates', () => {
  const values = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160];
  const image = imageOf(4, 4, values);
  const whole = { left: 0, top: 0, width: 4, height: 4 };
  assert.equal(Array.from(sampleBox(image, whole, 4, true)).slice(0, 16), values);
  const line = imageOf(4, 1, [0, 80, 160, 240]);
  // weights 1, 3, 3, 1 clipped at the ends: (3*0 + 3*80 + 160) / 7 and its mirror
  const half = sampleBox(line, { left: 0, top: 0, width: 4, height: 1 }, 2, true);
  assert.equal(Array.from(half.subarray(0, 2)), [Math.floor(400 / 7 + 0.5), Math.floor(1280 / 7 + 0.5)]);
  const twice = sampleBox(imageOf(2, 1, [0, 100]), { left: 0, top: 0, width: 2, height: 1 }, 4, true);
  assert.equal(Array.from(twice.subarray(0, 4)), [0, 25, 75, 100]);
});

test('sample: a box cut out first sees nothing beyond its border', () => {
  const line = imageOf(4, 1, [0, 0, 255, 255]);
  const left = { left: 0, top: 0, width: 2, height: 1 };
  assert.equal(Array.from(sampleBox(line, left, 1, true)), [0, 0, 0]);
  assert.ok(sampleBox(line, left, 1, false)[0]! > 0);
});

/** Draws `value` for every amount, and keeps the order of the changes. */
const always = (value: number): Rng => ({ ...createRng(0, 0), uniform: () => value, shuffle: () => {} });

test('colours: the middle of every range changes nothing, strength 0 draws nothing', () => {
  const pixels = Uint8Array.from({ length: 27 }, (_, i) => (37 * i) % 256);
  const copy = pixels.slice();
  jitterColor(copy, 0.4, always(0.5));
  assert.equal(copy, pixels);
  const rng = createRng(4, 4);
  jitterColor(copy, 0, rng);
  assert.is(rng.state().position, 0);
});

test('colours: greys stay grey; brightness and contrast act as their formulas say', () => {
  // R, G, B planes of two grey pixels
  const greys = Uint8Array.of(100, 50, 100, 50, 100, 50);
  jitterColor(greys, 0.4, always(1)); // x1.4, then 1.4 away from the mean of 140 and 70
  const expected = [140, 70].map((v) => Math.floor(105 + 1.4 * (v - 105) + 0.5));
  assert.equal(Array.from(greys), [...expected, ...expected, ...expected]);
});

test('colours: hue turns red to green by a third of the circle', () => {
  // only the fourth draw, the hue, is not the middle
  let draws = 0;
  const hueOnly: Rng = { ...always(0.5), uniform: () => (++draws % 4 === 0 ? 1 : 0.5) };
  const red = Uint8Array.of(200, 0, 0);
  jitterColor(red, 2 / 3, hueOnly); // a third of the circle
  assert.equal(Array.from(red), [0, 200, 0]);
});

test('prepare: a view follows from its number alone (seed 9)', async () => {
  const bytes = await jpegOf(80, 60, smooth);
  const view = async (number: number, seed = 9) => {
    const result = await prepareImage(bytes, { size: 24, random: { seed, view: number, colorJitter: 0.4 } });
    return 'pixels' in result ? result.pixels : assert.unreachable();
  };
  assert.equal(await view(5), await view(5));
  assert.not.equal(await view(5), await view(6));
  assert.not.equal(await view(5), await view(5, 10));
  assert.equal(await prepareImage(bytes.slice(0, -30), { size: 8, random: null }), {
    damaged: 'the file is truncated',
  });
});

test.run();

/** A PNG file whose rows, each with its filter byte, are stored without compression. */
function pngFile(width: number, height: number, depth: number, colorType: number, rows: readonly number[]) {
  const word = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
  const crc = (bytes: readonly number[]): number => {
    let c = 0xffffffff;
    for (const byte of bytes) {
      c ^= byte;
      for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    }
    return ~c >>> 0;
  };
  const chunk = (type: string, body: readonly number[]) => {
    const named = [...new TextEncoder().encode(type), ...body];
    return [...word(body.length), ...named, ...word(crc(named))];
  };
  let [a, b] = [1, 0];
  for (const byte of rows) {
    a = (a + byte) % 65521;
    b = (b + a) % 65521;
  }
  const stored = [1, rows.length & 255, rows.length >> 8, ~rows.length & 255, (~rows.length >> 8) & 255];
  const zlib = [0x78, 1, ...stored, ...rows, ...word(b * 65536 + a)];
  const header = [...word(width), ...word(height), depth, colorType, 0, 0, 0];
  const signature = [137, 80, 78, 71, 13, 10, 26, 10];
  return Uint8Array.from([
    ...signature,
    ...chunk('IHDR', header),
    ...chunk('IDAT', zlib),
    ...chunk('IEND', []),
  ]);
}
