// Protocol buffers, as far as ONNX and TensorBoard need them: messages are described as tables of fields, from which both directions
// and the types follow. https://protobuf.dev/programming-guides/encoding
import { joinBytes } from '../io/join_bytes.ts';
import { UserError } from '../../runtime/errors.ts';

type Scalar = 'int' | 'float' | 'double' | 'string' | 'bytes';
type Bytes = Uint8Array<ArrayBuffer>;

interface Field<T extends Scalar | Schema = Scalar | Schema, Many extends boolean = boolean> {
  readonly number: number;
  readonly type: T;
  readonly many: Many;
}

/** A message: its fields by name. Fields that are not in it are skipped when read. */
export type Schema = { readonly [name: string]: Field };

/** One value of a field that may be left out. */
export const one = <const T extends Scalar | Schema>(number: number, type: T): Field<T, false> => ({
  ...{ number, type, many: false },
});

/** A repeated field. */
export const many = <const T extends Scalar | Schema>(number: number, type: T): Field<T, true> => ({
  ...{ number, type, many: true },
});

interface ScalarTypes {
  /** Of 64 bits; beyond 2^53 rounded. */
  readonly int: number;
  readonly float: number;
  readonly double: number;
  readonly string: string;
  readonly bytes: Bytes;
}

type Single<T> = T extends Scalar ? ScalarTypes[T] : T extends Schema ? Message<T> : never;

/** What a message of that schema holds. */
export type Message<S extends Schema> = {
  readonly [K in keyof S]?: S[K] extends Field<infer T, infer Many>
    ? Many extends true
      ? readonly Single<T>[]
      : Single<T>
    : never;
};

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

/** Bytes in pieces, so that weights are copied once, whatever they are nested in. */
interface Pieces {
  readonly pieces: readonly Bytes[];
  readonly length: number;
}

const joinPieces = (parts: readonly Pieces[]): Pieces => ({
  pieces: parts.flatMap(({ pieces }) => pieces),
  length: parts.reduce((sum, { length }) => sum + length, 0),
});

const piece = (bytes: Bytes): Pieces => ({ pieces: [bytes], length: bytes.length });

/** A whole number as 7 bits a byte, the lowest first; negative ones as the 64 bits of their two's complement. */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

const key = ({ number }: Field, wire: number): Pieces => piece(varint(8 * number + wire));

function encodeOne(field: Field, value: unknown): Pieces {
  if (field.type === 'int') return joinPieces([key(field, VARINT), piece(varint(value as number))]);
  if (field.type === 'float') {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value as number, true);
    return joinPieces([key(field, FIXED32), piece(bytes)]);
  }
  if (field.type === 'double') {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value as number, true);
    return joinPieces([key(field, FIXED64), piece(bytes)]);
  }
  const body =
    field.type === 'string'
      ? piece(new TextEncoder().encode(value as string))
      : field.type === 'bytes'
        ? piece(value as Bytes)
        : encodePieces(field.type, value as Message<Schema>);
  return joinPieces([key(field, LENGTH), piece(varint(body.length)), body]);
}

function encodePieces(schema: Schema, message: Message<Schema>): Pieces {
  const parts = Object.entries(schema).flatMap(([name, field]) => {
    const value: unknown = message[name];
    if (value === undefined) return [];
    return field.many
      ? (value as unknown[]).map((item) => encodeOne(field, item))
      : [encodeOne(field, value)];
  });
  return joinPieces(parts);
}

/** The bytes of a message. Equal messages give equal bytes. */
export function encodeMessage<S extends Schema>(schema: S, message: Message<S>): Bytes {
  return joinBytes(encodePieces(schema, message as Message<Schema>).pieces);
}

class Reader {
  at = 0;
  private readonly view: DataView;

  constructor(
    readonly bytes: Bytes,
    private readonly label: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(what: string): never {
    throw new UserError(`${this.label}: ${what}; the file is damaged, or none of this kind`);
  }

  varint(): number {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.at >= this.bytes.length) this.fail('a number is cut off');
      const byte = this.bytes[this.at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return Number(BigInt.asIntN(64, value));
    }
    return this.fail('a number has more than 64 bits');
  }

  float(): number {
    this.take(4);
    return this.view.getFloat32(this.at - 4, true);
  }

  double(): number {
    this.take(8);
    return this.view.getFloat64(this.at - 8, true);
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Bytes {
    const left = this.bytes.length - this.at;
    if (!(length >= 0 && length <= left)) this.fail(`got a length of ${length}, expected 0 to ${left}`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

function decodeOne(reader: Reader, type: Scalar | Schema, wire: number, label: string): unknown[] {
  if (type === 'int' && wire === VARINT) return [reader.varint()];
  if (type === 'float' && wire === FIXED32) return [reader.float()];
  if (type === 'double' && wire === FIXED64) return [reader.double()];
  if (wire !== LENGTH) return reader.fail(`a field has the form ${wire}, which does not fit its type`);
  const body = reader.take(reader.varint());
  if (type === 'bytes') return [body];
  if (type === 'string') {
    try {
      return [new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)];
    } catch {
      return reader.fail('a text is not UTF-8');
    }
  }
  if (type === 'int' || type === 'float' || type === 'double') {
    // packed: one value after the other
    const packed = new Reader(body, label);
    const values: number[] = [];
    while (packed.at < body.length) values.push(type === 'int' ? packed.varint() : packed[type]());
    return values;
  }
  return [decodeMessage(type, body, label)];
}

/** The message in these bytes; byte fields are views into them. Throws UserError, opened by `label`, for damage. */
export function decodeMessage<S extends Schema>(schema: S, bytes: Bytes, label: string): Message<S> {
  const reader = new Reader(bytes, label);
  const fields = new Map(Object.entries(schema).map(([name, field]) => [field.number, { name, ...field }]));
  const message: Record<string, unknown> = Object.create(null);
  while (reader.at < bytes.length) {
    const tag = reader.varint();
    const [number, wire] = [Math.floor(tag / 8), tag & 7];
    const field = fields.get(number);
    if (field) {
      const values = decodeOne(reader, field.type, wire, label);
      if (!field.many) message[field.name] = values.at(-1);
      else {
        const list = (message[field.name] ??= []) as unknown[];
        for (const value of values) list.push(value);
      }
    } else if (wire === VARINT) reader.varint();
    else if (wire === FIXED64) reader.take(8);
    else if (wire === LENGTH) reader.take(reader.varint());
    else if (wire === FIXED32) reader.take(4);
    else reader.fail(`a field has the unknown form ${wire}`);
  }
  return message as Message<S>;
}
