// JPEG and PNG images to pixels. A file is known by its first bytes, not by its name: ImageNet has a PNG called
// .JPEG. Decoding is WebAssembly and JavaScript, so the same file gives the same pixels on every machine.
import decodeJpeg, { init } from '@jsquash/jpeg/decode.js';
import { convertIndexedToRgb, decode as decodePng, hasPngSignature } from 'fast-png';
import { wasm } from 'virtual:jpeg_decoder';
import { oneLine } from '../../runtime/errors.ts';

/** Rows from the top, `channels` interleaved bytes a pixel, the first three of them R, G, B. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** A file that is no whole JPEG or PNG image; the message says why, in one line. */
export class DamagedImage extends Error {
  override name = 'DamagedImage';
  constructor(why: string) {
    super(oneLine(why));
  }
}

/** Pixels that an image may have: a few bytes can declare more than there is memory. */
const LARGEST = 2 ** 26;

/** Rejects with DamagedImage. */
export async function decodeImage(bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  const png = hasPngSignature(bytes);
  if (!png && !(bytes[0] === 0xff && bytes[1] === 0xd8)) {
    throw new DamagedImage(bytes.length === 0 ? 'the file is empty' : 'neither a JPEG nor a PNG image');
  }
  const [width, height] = png ? declaredByPng(bytes) : declaredByJpeg(bytes);
  if (width * height > LARGEST) {
    throw new DamagedImage(`got ${width} x ${height} pixels, expected at most ${LARGEST} in all`);
  }
  return png ? pixelsOfPng(bytes) : pixelsOfJpeg(bytes);
}

/** Width and height that the file's header, its first chunk, gives; 0 where it is cut off. */
function declaredByPng(bytes: Uint8Array<ArrayBuffer>): [number, number] {
  if (bytes.length < 24) return [0, 0];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return [view.getUint32(16), view.getUint32(20)];
}

/** The largest width and height that a frame header of the file gives; 0 where there is none. */
function declaredByJpeg(bytes: Uint8Array<ArrayBuffer>): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let [width, height] = [0, 0];
  // after the two bytes that begin the file come segments: 0xff, as often as one likes, a kind, a length that counts itself
  for (let at = 2; at + 9 <= bytes.length && bytes[at] === 0xff;) {
    const kind = bytes[at + 1]!;
    if (kind === 0xff) {
      at++;
      continue;
    }
    if (kind >= 0xc0 && kind <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(kind)) {
      height = Math.max(height, view.getUint16(at + 5));
      width = Math.max(width, view.getUint16(at + 7));
    }
    at += 2 + view.getUint16(at + 2);
  }
  return [width, height];
}

const jpegModule = new WebAssembly.Module(Uint8Array.from(atob(wasm), (char) => char.charCodeAt(0)));

/** What the JPEG decoder complained about since it was last asked. */
let complaints: string[] = [];
let ready: Promise<void> | null = null;

function startDecoder(): Promise<void> {
  const options = {
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(jpegModule, imports);
      done(instance);
      return instance.exports;
    },
    printErr: (line: string) => void complaints.push(line),
  };
  return init(options as unknown as Parameters<typeof init>[0]);
}

async function pixelsOfJpeg(bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  ready ??= startDecoder();
  await ready;
  complaints = [];
  try {
    const { width, height, data } = await decodeJpeg(bytes as unknown as ArrayBuffer);
    // a truncated file is no error to the decoder, which leaves the missing part grey
    if (complaints.some((line) => /premature end of/i.test(line)))
      throw new DamagedImage('the file is truncated');
    return { width, height, channels: 4, data };
  } catch (error) {
    if (error instanceof DamagedImage) throw error;
    // the decoder has ended itself: the next image gets a new one
    ready = null;
    throw new DamagedImage(complaints.at(-1) ?? 'the JPEG data cannot be decoded');
  }
}

function pixelsOfPng(bytes: Uint8Array<ArrayBuffer>): Pixels {
  try {
    const png = decodePng(bytes, { checkCrc: true });
    const { width, height, depth, channels, palette } = png;
    if (palette) {
      return { width, height, channels: palette[0]!.length as 3 | 4, data: convertIndexedToRgb(png) };
    }
    const data = depth < 8 ? unpackGrey(png.data as Uint8Array, width, height, depth) : eightBits(png.data);
    if (channels >= 3) return { width, height, channels: channels as 3 | 4, data };
    return { width, height, channels: 3, data: greyToRgb(data, channels) };
  } catch (error) {
    throw new DamagedImage(error instanceof Error ? error.message : String(error));
  }
}

const eightBits = (data: Uint8Array | Uint8ClampedArray | Uint16Array): Uint8Array | Uint8ClampedArray =>
  data instanceof Uint16Array ? Uint8Array.from(data, (value) => value >> 8) : data;

/** Grey values of 1, 2 or 4 bits; every row begins with a new byte. */
function unpackGrey(packed: Uint8Array, width: number, height: number, depth: number): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const largest = (1 << depth) - 1;
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth;
    const byte = packed[Math.floor(i / width) * rowBytes + (bit >> 3)]!;
    return (((byte >> (8 - depth - (bit & 7))) & largest) * 255) / largest;
  });
}

const greyToRgb = (data: ArrayLike<number>, channels: number): Uint8Array =>
  Uint8Array.from({ length: (3 * data.length) / channels }, (_, i) => data[Math.floor(i / 3) * channels]!);
