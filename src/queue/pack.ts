// A folder's files as one, so that a store has all of them or those of before, never some of each: a tar archive.
import { RunError } from '../../runtime/errors.ts';
import type { Files } from '../../runtime/host/platform.ts';
import { joinBytes } from '../io/join_bytes.ts';
import { readTar } from '../../runtime/host/tar.ts';

const BLOCK = 512;
/** A file's name in an archive: one part, and nothing that leads elsewhere. */
const PLAIN_NAME = /^[\w-][\w.-]{0,99}$/;

/** The files of a folder whose names `wanted` accepts. */
export async function packFolder(
  files: Files,
  folder: string,
  wanted: (name: string) => boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  for (const name of (await files.list(folder)).filter(wanted)) {
    if (!PLAIN_NAME.test(name)) throw new RunError(`${folder}: cannot pack a file called ${name}`);
    const bytes = await files.readBytes(`${folder}/${name}`);
    parts.push(headerOf(name, bytes.length), bytes, new Uint8Array(-bytes.length & (BLOCK - 1)));
  }
  parts.push(new Uint8Array(2 * BLOCK));
  return joinBytes(parts);
}

/** Puts what was packed into a folder. Throws RunError for a damaged archive. */
export async function unpackFolder(
  files: Files,
  folder: string,
  packed: Uint8Array,
  label: string,
): Promise<void> {
  await files.makeDirectory(folder);
  const whole = (async function* () {
    yield packed;
  })();
  for await (const { name, bytes } of readTar(whole, (entry) => PLAIN_NAME.test(entry), label)) {
    await files.writeAtomic(`${folder}/${name}`, bytes);
  }
}

/** A ustar header: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06 */
function headerOf(name: string, size: number): Uint8Array {
  const header = new Uint8Array(BLOCK);
  const encoder = new TextEncoder();
  const put = (text: string, at: number): void => header.set(encoder.encode(text), at);
  const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
  put(name, 0);
  put(`${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(0, 11)}\0`, 100);
  put('        0', 148);
  put('ustar\x0000', 257);
  put(
    `${octal(
      header.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
    148,
  );
  return header;
}
