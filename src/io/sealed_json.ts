// JSON that tells whether it is whole: its last key is the digest of the text without it.
import { UserError } from '../../runtime/errors.ts';
import { sha256 } from './digest.ts';
import { formatJson, type JsonObject, parseJsonObject } from './json.ts';

const SEAL = 'sha256';

const digestOf = (value: object, name: string): Promise<string> =>
  sha256(new TextEncoder().encode(formatJson(value, name)));

/** The text of an object with its digest. Throws RunError as formatJson does. */
export async function formatSealedJson(value: object, name: string): Promise<string> {
  return formatJson({ ...value, [SEAL]: await digestOf(value, name) }, name);
}

/** The object that a sealed file holds. Throws UserError that begins with `name` where it is damaged. */
export async function parseSealedJson(text: string, name: string): Promise<JsonObject> {
  const { [SEAL]: seal, ...value } = parseJsonObject(text, name);
  const digest = await digestOf(value, name);
  if (seal !== digest) {
    throw new UserError(`${name}: is damaged: got sha256 ${String(seal)}, expected ${digest}`);
  }
  return value;
}
