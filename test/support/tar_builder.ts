// Builds small tar archives for tests: ustar headers as the POSIX standard writes them.

export interface TarInput {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** '0' regular file (default), '5' directory, 'x' pax header ... */
  readonly type?: string;
  readonly prefix?: string;
}

export function buildTar(entries: readonly TarInput[]): Uint8Array<ArrayBuffer> {
  const blocks: Uint8Array[] = [];
  for (const entry of entries) {
    blocks.push(tarHeader(entry), entry.bytes, new Uint8Array((512 - (entry.bytes.length % 512)) % 512));
  }
  blocks.push(new Uint8Array(1024));
  return new Uint8Array(Buffer.concat(blocks));
}

function tarHeader({ name, bytes, type = '0', prefix = '' }: TarInput): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write('0000000\0'.repeat(2), 108);
  header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  header.write(prefix, 345, 155);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** `bytes` in chunks of the given size, as a stream brings them. */
export async function* inChunks(
  bytes: Uint8Array,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}
