// Text and JSON files that a user gives: whatever is wrong with one becomes a one-line UserError. `label` opens the
// message and names the file, e.g. "genotype file x.json".
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';
import { explainFileError } from './file_errors.ts';

/** Bytes that a file may have; the largest that is meant, a table of trained cells, has two million. */
const LARGEST = 2 ** 26;

/** The text of a file. Throws UserError where it cannot be read, or is larger than anything that is meant. */
export async function readUserFile(files: Files, path: string, label: string): Promise<string> {
  try {
    const bytes = await files.size(path);
    if (bytes > LARGEST) {
      throw new UserError(`${label}: got ${bytes} bytes, expected at most ${LARGEST}; is it the right file?`);
    }
    return await files.readText(path);
  } catch (error) {
    if (error instanceof UserError) throw error;
    const code = (error as { code?: string }).code;
    const reason = code === 'ENOENT' ? 'no such file' : `it cannot be read (${code ?? String(error)})`;
    throw new UserError(`${label}: ${reason}`);
  }
}

/** The bytes of a file. Throws UserError where there is no such file. */
export async function readUserBytes(files: Files, path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await files.readBytes(path);
  } catch (error) {
    const { code } = error as { code?: string };
    throw code === 'ENOENT'
      ? new UserError(`${path}: no such file`)
      : explainFileError(error, path, 'try again');
  }
}

/** Writes what the user asked for. Throws RunError or UserError, in one line, where it cannot be written. */
export async function writeUserFile(
  files: Files,
  path: string,
  contents: Uint8Array | string,
): Promise<void> {
  try {
    await files.writeAtomic(path, contents);
  } catch (error) {
    throw explainFileError(error, path, 'free some and try again');
  }
}

/** Lists and objects in one another that a text may hold; ours hold five. More would exhaust a recursive reader. */
const DEEPEST = 100;

/** The value of a JSON text. Throws UserError where it is not JSON, or nested deeper than anything that is meant. */
export function parseJson(text: string, label: string): unknown {
  if (nesting(text) > DEEPEST) {
    throw new UserError(`${label}: lists and objects lie in one another more than ${DEEPEST} deep`);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
    throw new UserError(`${label}: not valid JSON (${reason})`);
  }
}

/** How many brackets of a JSON text are open at most; counted up to the first above the limit. */
function nesting(text: string): number {
  let [open, deepest] = [0, 0];
  let inString = false;
  for (let i = 0; i < text.length && deepest <= DEEPEST; i++) {
    const char = text[i]!;
    if (inString) {
      if (char === '\\') i++;
      else inString = char !== '"';
    } else if (char === '"') inString = true;
    else if (char === '[' || char === '{') deepest = Math.max(deepest, ++open);
    else if (char === ']' || char === '}') open--;
  }
  return deepest;
}
