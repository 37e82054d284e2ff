// The safetensors file form: 8 bytes header length (little-endian), a JSON header that names each tensor with
// dtype, shape and byte range, then the bytes. Written files are deterministic: tensors in the order given,
// header padded with spaces to 8 bytes.
// https://github.com/huggingface/safetensors#format

import { UserError } from '../../runtime/errors.ts';
import { parseJson } from './user_file.ts';

const ARRAYS = {
  F32: Float32Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
  I64: BigInt64Array,
};

export type Dtype = keyof typeof ARRAYS;

type TensorOf<D extends Dtype> = {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: InstanceType<(typeof ARRAYS)[D]> & ArrayBufferView<ArrayBuffer>;
};

/** One tensor in host memory; `data` holds the product of `shape` elements, row-major. */
export type TensorData = { [D in Dtype]: TensorOf<D> }[Dtype];

/** Tensors on the host, by name. */
export type Tensors = Readonly<Record<string, TensorData>>;

export interface SafetensorsFile {
  /** In file order; the object has no prototype, so any name is safe. */
  readonly tensors: Tensors;
  readonly metadata: Readonly<Record<string, string>>;
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Reads a whole file. Aligned tensors are views into `bytes`, others are copies.
 * `name` stands in front of every error. Throws UserError for anything that is not a valid file.
 */
export function parseSafetensors(bytes: Uint8Array<ArrayBuffer>, name: string): SafetensorsFile {
  const { header, body } = splitHeader(bytes, name);
  const tensors: Record<string, TensorData> = Object.create(null);
  let metadata: Record<string, string> = {};
  const ranges: ByteRange[] = [];
  for (const [key, entry] of Object.entries(header)) {
    if (key === '__metadata__') {
      metadata = checkMetadata(entry, name);
      continue;
    }
    const { dtype, shape, begin, end } = checkEntry(entry, `${name}: tensor '${key}'`, body.byteLength);
    ranges.push({ key, begin, end });
    tensors[key] = viewTensor(dtype, shape, body.subarray(begin, end));
  }
  checkRanges(ranges, body.byteLength, name);
  return { tensors, metadata };
}

/** Bytes of a file with `tensors` in their given order. Equal arguments give equal bytes. */
export function serializeSafetensors(
  tensors: Tensors,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = Object.create(null);
  if (metadata) header['__metadata__'] = metadata;
  let offset = 0;
  for (const [key, { dtype, shape, data }] of Object.entries(tensors)) {
    if (elementCount(shape) !== data.length) {
      throw new Error(`internal: tensor '${key}' holds ${data.length} elements, shape [${shape.join(',')}]`);
    }
    header[key] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(8 + headerLength + offset);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerLength), true);
  file.set(text, 8);
  file.fill(0x20, 8 + text.length, 8 + headerLength);
  let position = 8 + headerLength;
  for (const { data } of Object.values(tensors)) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position);
    position += data.byteLength;
  }
  return file;
}

interface ByteRange {
  readonly key: string;
  readonly begin: number;
  readonly end: number;
}

function splitHeader(bytes: Uint8Array<ArrayBuffer>, name: string) {
  if (bytes.length < 8) {
    throw new UserError(`${name}: not a safetensors file: got ${bytes.length} bytes, expected at least 8`);
  }
  const declared = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  const available = bytes.length - 8;
  if (declared > BigInt(available)) {
    throw new UserError(
      `${name}: bad header length: got ${declared}, but only ${available} bytes follow; ` +
        'the file is truncated or not a safetensors file',
    );
  }
  const headerLength = Number(declared);
  let header: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + headerLength));
    header = parseJson(text, name);
  } catch {
    throw new UserError(`${name}: the safetensors header is not valid JSON`);
  }
  if (!isObject(header)) throw new UserError(`${name}: the safetensors header is not a JSON object`);
  return { header, body: bytes.subarray(8 + headerLength) };
}

function checkMetadata(entry: unknown, name: string): Record<string, string> {
  if (!isObject(entry) || Object.values(entry).some((value) => typeof value !== 'string')) {
    throw new UserError(`${name}: __metadata__ must map names to strings`);
  }
  return entry as Record<string, string>;
}

function checkEntry(entry: unknown, where: string, bodyLength: number) {
  if (!isObject(entry)) throw new UserError(`${where}: expected {dtype, shape, data_offsets}`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== 'string' || !Object.hasOwn(ARRAYS, dtype)) {
    throw new UserError(
      `${where}: dtype ${JSON.stringify(dtype)} is not supported; expected one of ${Object.keys(ARRAYS).join(', ')}`,
    );
  }
  if (!isSizeList(shape)) {
    throw new UserError(`${where}: shape must list sizes of 0 or more, got ${JSON.stringify(shape)}`);
  }
  if (!isSizeList(offsets) || offsets.length !== 2 || offsets[0] > offsets[1]) {
    throw new UserError(`${where}: data_offsets must be [begin, end], got ${JSON.stringify(offsets)}`);
  }
  const [begin, end] = offsets as [number, number];
  if (end > bodyLength) {
    throw new UserError(
      `${where}: data_offsets [${begin},${end}] reach past the ${bodyLength} bytes of data; the file is truncated`,
    );
  }
  const expected = elementCount(shape) * ARRAYS[dtype as Dtype].BYTES_PER_ELEMENT;
  if (end - begin !== expected) {
    throw new UserError(
      `${where}: ${dtype} of shape [${shape.join(',')}] needs ${expected} bytes, ` +
        `data_offsets [${begin},${end}] give ${end - begin}`,
    );
  }
  return { dtype: dtype as Dtype, shape, begin, end };
}

/** The form allows neither overlaps nor holes: sorted by begin, each range starts where the last one ended. */
function checkRanges(ranges: ByteRange[], bodyLength: number, name: string): void {
  ranges.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  let previous = '';
  for (const { key, begin, end } of ranges) {
    if (begin < covered) throw new UserError(`${name}: tensors '${previous}' and '${key}' overlap`);
    if (begin > covered) throw new UserError(`${name}: no tensor owns the data bytes ${covered} to ${begin}`);
    covered = end;
    previous = key;
  }
  if (covered !== bodyLength) {
    throw new UserError(`${name}: no tensor owns the data bytes ${covered} to ${bodyLength}`);
  }
}

function viewTensor(dtype: Dtype, shape: readonly number[], raw: Uint8Array<ArrayBuffer>): TensorData {
  const TypedArray = ARRAYS[dtype];
  const aligned = raw.byteOffset % TypedArray.BYTES_PER_ELEMENT === 0 ? raw : raw.slice();
  const data = new TypedArray(aligned.buffer, aligned.byteOffset, elementCount(shape));
  return { dtype, shape, data } as TensorData;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizeList(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
