// Logs of JSON objects, one a line, which may be read while they are written.
import type { Files } from '../../runtime/host/platform.ts';
import { type JsonObject, parseJsonObject } from './json.ts';

/** The lines of a file, none where there is none; a last one that is not whole yet is left out. */
export async function readJsonLines(files: Files, path: string): Promise<JsonObject[]> {
  if (!(await files.exists(path))) return [];
  const lines = (await files.readText(path)).split('\n').slice(0, -1);
  return lines.map((line, i) => parseJsonObject(line, `${path}, line ${i + 1}`));
}
