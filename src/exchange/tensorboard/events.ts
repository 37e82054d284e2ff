// Event files of TensorBoard: records of protocol buffers, each with its length and two masked checksums.
// https://www.tensorflow.org/tutorials/load_data/tfrecord has the format, tensorboard's compat/proto/*.proto the messages.
import { joinBytes } from '../../io/join_bytes.ts';
import { crc32c } from '../../io/crc32c.ts';
import { encodeMessage, many, type Message, one } from '../protobuf.ts';

/** A string tensor, as texts are given. */
const TENSOR = {
  dtype: one(1, 'int'),
  shape: one(2, { dim: many(2, { size: one(1, 'int') }) }),
  strings: many(8, 'bytes'),
} as const;

const METADATA = { plugin: one(1, { name: one(1, 'string') }), dataClass: one(4, 'int') } as const;

const IMAGE = {
  height: one(1, 'int'),
  width: one(2, 'int'),
  colorspace: one(3, 'int'),
  encoded: one(4, 'bytes'),
} as const;

const VALUE = {
  tag: one(1, 'string'),
  simpleValue: one(2, 'float'),
  image: one(4, IMAGE),
  tensor: one(8, TENSOR),
  metadata: one(9, METADATA),
} as const;

/** An Event, with the kinds of values that are written here. */
export const EVENT = {
  /** Seconds since 1970. */
  wallTime: one(1, 'double'),
  step: one(2, 'int'),
  fileVersion: one(3, 'string'),
  summary: one(5, { value: many(1, VALUE) }),
} as const;

type Event = Message<typeof EVENT>;

const [DT_STRING, DATA_CLASS_TENSOR, RGBA] = [7, 2, 4];

/** The first event of a file. */
export const versionEvent: Event = { wallTime: 0, fileVersion: 'brain.Event:2' };

/** A number at a step. */
export const scalarEvent = (tag: string, step: number, value: number, wallTime: number): Event => ({
  ...{ wallTime, step, summary: { value: [{ tag, simpleValue: value }] } },
});

/** A text, which TensorBoard shows as Markdown. */
export const textEvent = (tag: string, markdown: string): Event => ({
  wallTime: 0,
  summary: {
    value: [
      {
        tag,
        tensor: {
          dtype: DT_STRING,
          shape: { dim: [{ size: 1 }] },
          strings: [new TextEncoder().encode(markdown)],
        },
        metadata: { plugin: { name: 'text' }, dataClass: DATA_CLASS_TENSOR },
      },
    ],
  },
});

/** A PNG file of that many pixels. */
export const imageEvent = (
  tag: string,
  encoded: Uint8Array<ArrayBuffer>,
  { width, height }: { readonly width: number; readonly height: number },
): Event => ({
  wallTime: 0,
  summary: { value: [{ tag, image: { height, width, colorspace: RGBA, encoded } }] },
});

/** The file of these events. */
export const eventFile = (events: readonly Event[]): Uint8Array<ArrayBuffer> =>
  joinBytes(events.map((event) => recordOf(encodeMessage(EVENT, event))));

/** Its length in 64 bits, the masked checksum of that, the bytes, and their masked checksum. */
function recordOf(data: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + 4 + data.length + 4);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, masked(crc32c(bytes.subarray(0, 8))), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, masked(crc32c(data)), true);
  return bytes;
}

/** Rotated and moved, since the checksum of bytes that hold their own checksum tells little. */
const masked = (crc: number): number => (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
