// Text and JSON files that a user gives: whatever is wrong with one becomes a one-line UserError. `label` opens the
// message and names the file, e.g. "genotype file x.json".
import type { Files } from '../../runtime/host/platform.ts';
import { UserError } from '../../runtime/errors.ts';

/** The text of a file. Throws UserError where it cannot be read. */
export async function readUserFile(files: Files, path: string, label: string): Promise<string> {
  try {
    return await files.readText(path);
  } catch (error) {
    const code = (error as { code?: string }).code;
    const reason = code === 'ENOENT' ? 'no such file' : `it cannot be read (${code ?? String(error)})`;
    throw new UserError(`${label}: ${reason}`);
  }
}

/** The value of a JSON text. Throws UserError where it is not JSON. */
export function parseJson(text: string, label: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
    throw new UserError(`${label}: not valid JSON (${reason})`);
  }
}
