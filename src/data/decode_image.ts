// JPEG and PNG images to pixels. A file is known by its first bytes, not by its name: ImageNet has a PNG called
// .JPEG. Decoding is WebAssembly and JavaScript, so the same file gives the same pixels on every machine.
import decodeJpeg, { init } from '@jsquash/jpeg/decode.js';
import { convertIndexedToRgb, decode as decodePng, hasPngSignature } from 'fast-png';
import { wasm } from 'virtual:jpeg_decoder';

/** Rows from the top, `channels` interleaved bytes a pixel, the first three of them R, G, B. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** A file that is no whole JPEG or PNG image; the message says why. */
export class DamagedImage extends Error {
  override name = 'DamagedImage';
}

/** Rejects with DamagedImage. */
export async function decodeImage(bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  if (hasPngSignature(bytes)) return pixelsOfPng(bytes);
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return pixelsOfJpeg(bytes);
  throw new DamagedImage(bytes.length === 0 ? 'the file is empty' : 'neither a JPEG nor a PNG image');
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
