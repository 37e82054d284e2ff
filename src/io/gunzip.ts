// Unpacks gzip through the Compression Streams that Node and browsers both have.
import { UserError } from '../../runtime/errors.ts';
import { joinBytes } from './join_bytes.ts';

/** @param most bytes that may come out. Throws UserError where `packed` is damaged, or holds more */
export async function gunzip(
  packed: Uint8Array<ArrayBuffer>,
  most: number,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new UserError(`${name}: cannot be unpacked (${String((error as Error).message)})`);
    });
    if (done) break;
    length += value.length;
    if (length > most) {
      await reader.cancel();
      throw new UserError(`${name}: holds more than ${most} bytes`);
    }
    parts.push(value);
  }
  return joinBytes(parts);
}
