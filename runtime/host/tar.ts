// Reads a tar archive as it streams by: regular files in the ustar form and its common extensions; everything
// else (directories, links, pax headers) is passed over.
// https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06

import { RunError } from '../errors.ts';

const BLOCK = 512;

/** Bytes of a file that is read: a header can declare more than there is memory. */
const LARGEST = 2 ** 28;

export interface TarEntry {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Yields the regular files whose name `wanted` accepts, one at a time and in archive order; only the one being
 * yielded is in memory. `label` stands in front of errors. Throws RunError for a damaged or truncated archive.
 */
export async function* readTar(
  chunks: AsyncIterable<Uint8Array>,
  wanted: (name: string) => boolean,
  label: string,
): AsyncGenerator<TarEntry, void, undefined> {
  const reader = blockReader(chunks, label);
  try {
    while (true) {
      const header = new Uint8Array(BLOCK);
      await reader.read(header, BLOCK);
      if (header.every((byte) => byte === 0)) return;
      const { name, size, regular } = parseHeader(header, label);
      const padding = (BLOCK - (size % BLOCK)) % BLOCK;
      if (regular && wanted(name)) {
        if (size > LARGEST) {
          throw new RunError(`${label}: ${name}: got ${size} bytes, expected at most ${LARGEST}`);
        }
        const bytes = new Uint8Array(size);
        await reader.read(bytes, size);
        await reader.read(null, padding);
        yield { name, bytes };
      } else {
        await reader.read(null, size + padding);
      }
    }
  } finally {
    await reader.close();
  }
}

function parseHeader(header: Uint8Array, label: string) {
  // the sum of the header's bytes, its own checksum field counted as spaces
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  const size = octal(header, 124, 12);
  if (sum !== octal(header, 148, 8) || Number.isNaN(size)) throw new RunError(`${label}: not a tar archive`);
  const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
  const name = text(header, 0, 100);
  const type = header[156];
  return { name: prefix ? `${prefix}/${name}` : name, size, regular: type === 0 || type === 0x30 };
}

function text(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function octal(header: Uint8Array, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  return /^[0-7]+$/.test(digits) ? parseInt(digits, 8) : NaN;
}

/** Cuts a stream of chunks of any size into reads of exact length. */
function blockReader(chunks: AsyncIterable<Uint8Array>, label: string) {
  const iterator = chunks[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array(0);
  return {
    /** Fills `target` with the next `length` bytes, or skips them where it is null. */
    async read(target: Uint8Array | null, length: number): Promise<void> {
      let done = 0;
      while (done < length) {
        if (chunk.length === 0) {
          const next = await iterator.next();
          if (next.done) throw new RunError(`${label}: the archive ends in the middle; it is truncated`);
          chunk = next.value;
        }
        const part = chunk.subarray(0, length - done);
        target?.set(part, done);
        done += part.length;
        chunk = chunk.subarray(part.length);
      }
    },
    async close(): Promise<void> {
      await iterator.return?.();
    },
  };
}
